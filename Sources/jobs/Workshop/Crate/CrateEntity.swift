/// An entity of an RO-Crate: a file, a program, an action, as JSON-LD describes it.
struct CrateEntity: Hashable, Sendable {
  /// A value of a property.
  indirect enum Value: Hashable, Sendable {
    case text(String)
    /// Another entity, by its identifier.
    case entity(String)
    case list([Value])

    /// Several values; RO-Crate writes one of them without a list.
    static func of(_ values: [Value]) -> Value { values.count == 1 ? values[0] : .list(values) }
  }

  /// The identifier: for a file of the crate its path, encoded as that of an address.
  let identifier: String

  /// The properties by the names that RO-Crate's context gives them, `@type` among them.
  var properties: [String: Value]

  /// Makes an entity.
  ///
  /// - Parameters:
  ///   - identifier: The identifier.
  ///   - types: The types, of which there is one at least.
  ///   - properties: The other properties.
  init(_ identifier: String, _ types: String..., properties: [String: Value] = [:]) {
    self.identifier = identifier
    self.properties = properties
    self.properties["@type"] = .of(types.map { .text($0) })
  }
}

extension CrateEntity: Encodable {
  private struct Key: CodingKey {
    let stringValue: String
    var intValue: Int? { nil }

    init(stringValue: String) { self.stringValue = stringValue }

    init?(intValue: Int) { nil }
  }

  func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: Key.self)
    try container.encode(identifier, forKey: Key(stringValue: "@id"))
    for (name, value) in properties {
      try container.encode(value, forKey: Key(stringValue: name))
    }
  }
}

extension CrateEntity.Value: Encodable {
  func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    switch self {
    case .text(let text): try container.encode(text)
    case .entity(let identifier): try container.encode(["@id": identifier])
    case .list(let values): try container.encode(values)
    }
  }
}
