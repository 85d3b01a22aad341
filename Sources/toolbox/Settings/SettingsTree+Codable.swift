internal import Text

extension SettingsTree: Codable {
  /// Takes the part of a file as it is, without a type.
  package init(from decoder: any Decoder) throws {
    guard let decoder = decoder as? SettingsDecoder else {
      throw DecodingError.dataCorrupted(
        .init(codingPath: decoder.codingPath, debugDescription: "not from an experiment file"))
    }
    self = decoder.tree
  }

  /// Writes the tree as it is.
  package func encode(to encoder: any Encoder) throws {
    guard let encoder = encoder as? SettingsEncoder else {
      throw EncodingError.invalidValue(
        self, .init(codingPath: encoder.codingPath, debugDescription: "not to an experiment file"))
    }
    encoder.encode(self)
  }

  /// The value in YAML on one line, which reads back as the same.
  package var inlineYAML: String {
    switch content {
    case .null: "null"
    case .scalar(let text, let isQuoted):
      isQuoted || !Quoting.isPlainYAML(text) ? Quoting.yaml(text) : text
    case .sequence(let elements): "[\(elements.map(\.inlineYAML).joined(separator: ", "))]"
    case .mapping(let entries):
      "{"
        + entries.map { "\(Quoting.yaml($0.key)): \($0.value.inlineYAML)" }.joined(separator: ", ")
        + "}"
    }
  }
}
