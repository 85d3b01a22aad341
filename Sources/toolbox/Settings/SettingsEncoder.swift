/// Encodes typed settings to a ``SettingsTree`` in which unset optionals are written as null, so
/// that the file as used shows every key there is.
package struct SettingsEncoder: Encoder {
  private let target: Target
  package var codingPath: [any CodingKey] { [] }
  package var userInfo: [CodingUserInfoKey: Any] { [:] }

  /// Returns the tree of `value`.
  package static func tree<Value: Encodable>(of value: Value) throws(SettingsError) -> SettingsTree
  {
    do {
      return try target(of: value).tree
    } catch {
      throw SettingsError(
        path: "", origin: .defaults,
        problem: .invalid(reason: "\(error)", remedy: "the settings cannot be written"))
    }
  }

  package func container<Key: CodingKey>(keyedBy type: Key.Type) -> KeyedEncodingContainer<Key> {
    target.becomeSection()
    return KeyedEncodingContainer(SectionContainer(target: target))
  }

  package func unkeyedContainer() -> any UnkeyedEncodingContainer {
    target.becomeList()
    return ListContainer(target: target)
  }

  package func singleValueContainer() -> any SingleValueEncodingContainer {
    ValueContainer(target: target)
  }

  /// Takes a tree as it is.
  func encode(_ tree: SettingsTree) { target.content = .tree(tree) }

  private static func target<Value: Encodable>(of value: Value) throws -> Target {
    let target = Target()
    try encode(value, to: target)
    return target
  }

  private static func encode<Value: Encodable>(_ value: Value, to target: Target) throws {
    if let scalar = value as? any SettingScalar {
      target.content = .scalar(scalar.settingText, isQuoted: scalar is String)
    } else {
      try value.encode(to: SettingsEncoder(target: target))
    }
  }

  /// A node under construction.
  private final class Target {
    enum Content {
      case null
      case scalar(String, isQuoted: Bool)
      case list([Target])
      case section([(key: String, value: Target)])
      case tree(SettingsTree)
    }

    var content = Content.null

    var tree: SettingsTree {
      let content: SettingsTree.Content =
        switch content {
        case .tree(let tree): tree.content
        case .null: .null
        case .scalar(let text, let isQuoted): .scalar(text, isQuoted: isQuoted)
        case .list(let elements): .sequence(elements.map(\.tree))
        case .section(let entries):
          .mapping(
            entries.map {
              SettingsTree.Entry(key: $0.key, keyOrigin: .defaults, value: $0.value.tree)
            })
        }
      return SettingsTree(content: content, origin: .defaults)
    }

    func becomeSection() {
      if case .section = content { return }
      content = .section([])
    }

    func becomeList() {
      if case .list = content { return }
      content = .list([])
    }

    func set(_ value: Target, for key: some CodingKey) {
      guard case .section(let entries) = content else { return }
      content = .section(entries + [(key.stringValue, value)])
    }

    var elements: [Target] {
      get { if case .list(let elements) = content { elements } else { [] } }
      set { content = .list(newValue) }
    }
  }

  private struct SectionContainer<Key: CodingKey>: KeyedEncodingContainerProtocol {
    let target: Target
    var codingPath: [any CodingKey] { [] }

    func encodeNil(forKey key: Key) { target.set(Target(), for: key) }

    func encode<Value: Encodable>(_ value: Value, forKey key: Key) throws {
      target.set(try SettingsEncoder.target(of: value), for: key)
    }

    // The default methods of the protocol, one per type, would leave unset keys out.
    func encodeIfPresent(_ value: Bool?, forKey key: Key) throws {
      try encodeOptional(value, forKey: key)
    }
    func encodeIfPresent(_ value: String?, forKey key: Key) throws {
      try encodeOptional(value, forKey: key)
    }
    func encodeIfPresent(_ value: Double?, forKey key: Key) throws {
      try encodeOptional(value, forKey: key)
    }
    func encodeIfPresent(_ value: Float?, forKey key: Key) throws {
      try encodeOptional(value, forKey: key)
    }
    func encodeIfPresent(_ value: Int?, forKey key: Key) throws {
      try encodeOptional(value, forKey: key)
    }
    func encodeIfPresent(_ value: Int8?, forKey key: Key) throws {
      try encodeOptional(value, forKey: key)
    }
    func encodeIfPresent(_ value: Int16?, forKey key: Key) throws {
      try encodeOptional(value, forKey: key)
    }
    func encodeIfPresent(_ value: Int32?, forKey key: Key) throws {
      try encodeOptional(value, forKey: key)
    }
    func encodeIfPresent(_ value: Int64?, forKey key: Key) throws {
      try encodeOptional(value, forKey: key)
    }
    func encodeIfPresent(_ value: UInt?, forKey key: Key) throws {
      try encodeOptional(value, forKey: key)
    }
    func encodeIfPresent(_ value: UInt8?, forKey key: Key) throws {
      try encodeOptional(value, forKey: key)
    }
    func encodeIfPresent(_ value: UInt16?, forKey key: Key) throws {
      try encodeOptional(value, forKey: key)
    }
    func encodeIfPresent(_ value: UInt32?, forKey key: Key) throws {
      try encodeOptional(value, forKey: key)
    }
    func encodeIfPresent(_ value: UInt64?, forKey key: Key) throws {
      try encodeOptional(value, forKey: key)
    }
    func encodeIfPresent<Value: Encodable>(_ value: Value?, forKey key: Key) throws {
      try encodeOptional(value, forKey: key)
    }

    private func encodeOptional<Value: Encodable>(_ value: Value?, forKey key: Key) throws {
      if let value { try encode(value, forKey: key) } else { encodeNil(forKey: key) }
    }

    func nestedContainer<NestedKey: CodingKey>(
      keyedBy type: NestedKey.Type, forKey key: Key
    ) -> KeyedEncodingContainer<NestedKey> {
      nested(key).container(keyedBy: type)
    }

    func nestedUnkeyedContainer(forKey key: Key) -> any UnkeyedEncodingContainer {
      nested(key).unkeyedContainer()
    }

    func superEncoder() -> any Encoder { SettingsEncoder(target: target) }

    func superEncoder(forKey key: Key) -> any Encoder { nested(key) }

    private func nested(_ key: Key) -> SettingsEncoder {
      let value = Target()
      target.set(value, for: key)
      return SettingsEncoder(target: value)
    }
  }

  private struct ListContainer: UnkeyedEncodingContainer {
    let target: Target
    var codingPath: [any CodingKey] { [] }
    var count: Int { target.elements.count }

    func encodeNil() { target.elements.append(Target()) }

    func encode<Value: Encodable>(_ value: Value) throws {
      target.elements.append(try SettingsEncoder.target(of: value))
    }

    func nestedContainer<NestedKey: CodingKey>(
      keyedBy type: NestedKey.Type
    ) -> KeyedEncodingContainer<NestedKey> {
      nested().container(keyedBy: type)
    }

    func nestedUnkeyedContainer() -> any UnkeyedEncodingContainer { nested().unkeyedContainer() }

    func superEncoder() -> any Encoder { nested() }

    private func nested() -> SettingsEncoder {
      let element = Target()
      target.elements.append(element)
      return SettingsEncoder(target: element)
    }
  }

  private struct ValueContainer: SingleValueEncodingContainer {
    let target: Target
    var codingPath: [any CodingKey] { [] }

    func encodeNil() { target.content = .null }

    func encode<Value: Encodable>(_ value: Value) throws {
      try SettingsEncoder.encode(value, to: target)
    }
  }
}
