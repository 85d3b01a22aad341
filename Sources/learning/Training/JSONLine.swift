/// One line of a log in JSON, with its members in the order in which they are added.
///
/// The same members make the same bytes. Numbers have the fewest digits that read back as the same
/// number; what is not finite becomes `null`, which JSON has instead.
struct JSONLine {
  private var members: [String] = []

  mutating func add(_ name: String, _ value: Int) { members.append("\"\(name)\":\(value)") }

  mutating func add(_ name: String, _ value: Double) {
    members.append("\"\(name)\":\(value.isFinite ? "\(value)" : "null")")
  }

  mutating func add(_ name: String, _ value: Bool) { members.append("\"\(name)\":\(value)") }

  /// Adds a word of ours, which needs no escapes.
  mutating func add(_ name: String, _ value: StaticString) {
    members.append("\"\(name)\":\"\(value)\"")
  }

  /// Adds a text, with escapes where it needs them.
  mutating func add(_ name: String, text: String) {
    let escaped = text.unicodeScalars.map { scalar in
      switch scalar {
      case "\"", "\\": "\\\(scalar)"
      case _ where scalar.value < 0x20: "?"
      default: "\(scalar)"
      }
    }
    members.append("\"\(name)\":\"\(escaped.joined())\"")
  }

  mutating func add(_ name: String, _ value: JSONLine) {
    members.append("\"\(name)\":\(value.text)")
  }

  /// The line, without its end.
  var text: String { "{\(members.joined(separator: ","))}" }
}
