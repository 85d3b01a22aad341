/// Decodes typed settings from a ``SettingsTree``, and refuses keys that no type asked for.
///
/// The keys that a type asks for while it decodes, optional ones included, are the keys that its
/// section knows; whatever else is written there is an error with its place and the nearest known
/// key. Types need nothing but synthesized `Codable` conformances.
package struct SettingsDecoder: Decoder {
  let tree: SettingsTree
  let path: SettingsPath
  let visit: SectionVisit
  package var codingPath: [any CodingKey] { [] }
  package var userInfo: [CodingUserInfoKey: Any] { [:] }

  /// Decodes a value of `type` from `tree`.
  ///
  /// - Throws: `SettingsError` for an unknown or missing key, or a value of the wrong type.
  package static func decode<Value: Decodable>(
    _ type: Value.Type, from tree: SettingsTree, at path: SettingsPath = .root
  ) throws(SettingsError) -> Value {
    if let scalar = type as? any SettingScalar.Type {
      guard let value = try decodeScalar(scalar, from: tree, at: path) as? Value else {
        preconditionFailure("a \(type) decoded as another type")
      }
      return value
    }
    let decoder = SettingsDecoder(tree: tree, path: path, visit: SectionVisit())
    let value: Value
    do {
      value = try Value(from: decoder)
    } catch let error as SettingsError {
      throw error
    } catch is DecodingError {
      throw tree.mismatch(expected: expectation(of: type), at: path)
    } catch {
      throw SettingsError(
        path: path.description, origin: tree.origin,
        problem: .invalid(reason: "\(error)", remedy: "change the value"))
    }
    if let known = decoder.visit.knownKeys,
      let unknown = tree.entries.first(where: { !known.contains($0.key) })
    {
      throw SettingsError(
        path: path.appending(key: unknown.key).description, origin: unknown.keyOrigin,
        problem: .unknownKey(known: known.sorted()))
    }
    return value
  }

  package func container<Key: CodingKey>(keyedBy type: Key.Type) throws -> KeyedDecodingContainer<
    Key
  > {
    guard case .mapping = tree.content else {
      throw tree.mismatch(expected: "a section with keys", at: path)
    }
    visit.open()
    return KeyedDecodingContainer(SectionContainer(tree: tree, path: path, visit: visit))
  }

  package func unkeyedContainer() throws -> any UnkeyedDecodingContainer {
    guard case .sequence(let elements) = tree.content else {
      throw tree.mismatch(expected: "a list", at: path)
    }
    return ListContainer(elements: elements, path: path, origin: tree.origin)
  }

  package func singleValueContainer() throws -> any SingleValueDecodingContainer {
    ValueContainer(tree: tree, path: path, visit: visit)
  }

  private static func decodeScalar<Value: SettingScalar>(
    _ type: Value.Type, from tree: SettingsTree, at path: SettingsPath
  ) throws(SettingsError) -> Value {
    guard case .scalar(let text, let isQuoted) = tree.content,
      let value = Value(settingText: text, isQuoted: isQuoted)
    else { throw tree.mismatch(expected: Value.expectation, at: path) }
    return value
  }

  /// Returns the form of a value of `type`: the cases of an enumeration, if it can list them.
  private static func expectation<Value>(of type: Value.Type) -> String {
    guard let cases = (type as? any CaseIterable.Type)?.caseNames else {
      return "a valid \(type)"
    }
    return "one of \(cases.joined(separator: ", "))"
  }
}

extension CaseIterable {
  /// The names of the cases as they are written in a file.
  fileprivate static var caseNames: [String] {
    allCases.map { ($0 as? any RawRepresentable).map { "\($0.rawValue)" } ?? "\($0)" }
  }
}

extension SettingsTree {
  /// The error that this node is not what `path` expects.
  fileprivate func mismatch(expected: String, at path: SettingsPath) -> SettingsError {
    let value =
      switch content {
      case .null: "empty"
      case .scalar(let text, _): "`\(text)`"
      case .sequence: "a list"
      case .mapping: "a section with keys"
      }
    return SettingsError(
      path: path.description, origin: origin, problem: .wrongType(value: value, expected: expected))
  }
}

/// The keys that a type asked for while it decoded a section.
final class SectionVisit {
  private(set) var knownKeys: Set<String>?

  func open() { knownKeys = knownKeys ?? [] }

  func ask(for key: some CodingKey) { knownKeys?.insert(key.stringValue) }
}

/// A section: the mapping from which a structure decodes.
private struct SectionContainer<Key: CodingKey>: KeyedDecodingContainerProtocol {
  let tree: SettingsTree
  let path: SettingsPath
  let visit: SectionVisit
  var codingPath: [any CodingKey] { [] }
  var allKeys: [Key] { tree.entries.compactMap { Key(stringValue: $0.key) } }

  func contains(_ key: Key) -> Bool {
    visit.ask(for: key)
    return tree[key.stringValue] != nil
  }

  func decodeNil(forKey key: Key) throws -> Bool {
    try value(of: key).content == .null
  }

  func decode<Value: Decodable>(_ type: Value.Type, forKey key: Key) throws -> Value {
    try SettingsDecoder.decode(
      type, from: value(of: key), at: path.appending(key: key.stringValue))
  }

  func nestedContainer<NestedKey: CodingKey>(
    keyedBy type: NestedKey.Type, forKey key: Key
  ) throws -> KeyedDecodingContainer<NestedKey> {
    try decoder(of: key).container(keyedBy: type)
  }

  func nestedUnkeyedContainer(forKey key: Key) throws -> any UnkeyedDecodingContainer {
    try decoder(of: key).unkeyedContainer()
  }

  func superDecoder() throws -> any Decoder {
    SettingsDecoder(tree: tree, path: path, visit: visit)
  }

  func superDecoder(forKey key: Key) throws -> any Decoder { try decoder(of: key) }

  private func decoder(of key: Key) throws(SettingsError) -> SettingsDecoder {
    SettingsDecoder(
      tree: try value(of: key), path: path.appending(key: key.stringValue), visit: SectionVisit())
  }

  private func value(of key: Key) throws(SettingsError) -> SettingsTree {
    visit.ask(for: key)
    guard let value = tree[key.stringValue] else {
      let asked = visit.knownKeys ?? []
      throw SettingsError(
        path: path.appending(key: key.stringValue).description, origin: tree.origin,
        problem: .missingKey(present: tree.entries.map(\.key).filter { !asked.contains($0) }))
    }
    return value
  }
}

/// A list, read from its first element to its last.
private struct ListContainer: UnkeyedDecodingContainer {
  let elements: [SettingsTree]
  let path: SettingsPath
  let origin: SettingsOrigin
  private(set) var currentIndex = 0
  var codingPath: [any CodingKey] { [] }
  var count: Int? { elements.count }
  var isAtEnd: Bool { currentIndex == elements.count }

  init(elements: [SettingsTree], path: SettingsPath, origin: SettingsOrigin) {
    self.elements = elements
    self.path = path
    self.origin = origin
  }

  mutating func decodeNil() throws -> Bool {
    guard !isAtEnd, elements[currentIndex].content == .null else { return false }
    currentIndex += 1
    return true
  }

  mutating func decode<Value: Decodable>(_ type: Value.Type) throws -> Value {
    let decoder = try nextDecoder()
    return try SettingsDecoder.decode(type, from: decoder.tree, at: decoder.path)
  }

  mutating func nestedContainer<NestedKey: CodingKey>(
    keyedBy type: NestedKey.Type
  ) throws -> KeyedDecodingContainer<NestedKey> {
    try nextDecoder().container(keyedBy: type)
  }

  mutating func nestedUnkeyedContainer() throws -> any UnkeyedDecodingContainer {
    try nextDecoder().unkeyedContainer()
  }

  mutating func superDecoder() throws -> any Decoder { try nextDecoder() }

  private mutating func nextDecoder() throws(SettingsError) -> SettingsDecoder {
    guard !isAtEnd else {
      throw SettingsError(
        path: path.appending(index: currentIndex).description, origin: origin,
        problem: .missingKey(present: []))
    }
    defer { currentIndex += 1 }
    return SettingsDecoder(
      tree: elements[currentIndex], path: path.appending(index: currentIndex), visit: SectionVisit()
    )
  }
}

/// A node that decodes as one value: a scalar, an optional, or a type that is written as another.
private struct ValueContainer: SingleValueDecodingContainer {
  let tree: SettingsTree
  let path: SettingsPath
  let visit: SectionVisit
  var codingPath: [any CodingKey] { [] }

  func decodeNil() -> Bool { tree.content == .null }

  func decode<Value: Decodable>(_ type: Value.Type) throws -> Value {
    try SettingsDecoder.decode(type, from: tree, at: path)
  }
}
