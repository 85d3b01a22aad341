extension Quoting {
  /// Returns text for a page of HTML, also between the quotes of an attribute.
  ///
  /// - Parameter text: Any text.
  /// - Returns: The text with references for the signs that have a meaning.
  package static func html(_ text: String) -> String {
    text.replacingScalars { scalar in
      switch scalar {
      case "&": "&amp;"
      case "<": "&lt;"
      case ">": "&gt;"
      case "\"": "&quot;"
      case "'": "&#39;"
      default: nil
      }
    }
  }

  /// Returns a text as a string of JSON, with its quotes.
  ///
  /// RFC 8259, section 7.
  ///
  /// - Parameter text: Any text.
  /// - Returns: The string.
  package static func json(_ text: String) -> String {
    let inner = text.replacingScalars { scalar in
      switch scalar {
      case "\"": "\\\""
      case "\\": "\\\\"
      case "\n": "\\n"
      case "\r": "\\r"
      case "\t": "\\t"
      case "\u{8}": "\\b"
      case "\u{c}": "\\f"
      case ..<" ": "\\u" + scalar.hexadecimal(4)
      default: nil
      }
    }
    return "\"\(inner)\""
  }

  /// Returns a text as a field of comma-separated values, in quotes if it needs them.
  ///
  /// RFC 4180, section 2.
  ///
  /// - Parameter text: Any text.
  /// - Returns: The field.
  package static func csv(_ text: String) -> String {
    let needsQuotes = text.unicodeScalars.contains {
      $0 == "," || $0 == "\"" || $0 == "\n" || $0 == "\r"
    }
    guard needsQuotes else { return text }
    return "\"\(text.replacingScalars { $0 == "\"" ? "\"\"" : nil })\""
  }

  /// Returns a text as a quoted scalar of YAML on one line, which can only be read as this text.
  ///
  /// In single quotes if all of it can be seen, and else in double quotes, with escapes for what cannot.
  ///
  /// YAML 1.2, sections 7.3.1 and 7.3.2.
  ///
  /// - Parameter text: Any text.
  /// - Returns: The scalar, with its quotes.
  package static func yaml(_ text: String) -> String {
    if text.unicodeScalars.allSatisfy(\.isVisible) {
      return "'\(text.replacingScalars { $0 == "'" ? "''" : nil })'"
    }
    let inner = text.replacingScalars { scalar in
      switch scalar {
      case "\"": return "\\\""
      case "\\": return "\\\\"
      case _ where scalar.isVisible: return nil
      case _ where scalar.value <= 0xff: return "\\x" + scalar.hexadecimal(2)
      case _ where scalar.value <= 0xffff: return "\\u" + scalar.hexadecimal(4)
      default: return "\\U" + scalar.hexadecimal(8)
      }
    }
    return "\"\(inner)\""
  }

  /// Tells whether a text can stand in a list or mapping of YAML on one line without quotes, and is read there as it
  /// would be on a line of its own.
  ///
  /// YAML 1.2, section 7.3.3, inside of flow collections.
  package static func isPlainYAML(_ text: String) -> Bool {
    let scalars = Array(text.unicodeScalars)
    guard let first = scalars.first, first != " ", scalars.last != " ", scalars.last != ":" else {
      return false
    }
    let indicators = "?:,[]{}#&*!|>'\"%@`".unicodeScalars
    guard !indicators.contains(first), scalars.allSatisfy(\.isVisible),
      !(first == "-" && (scalars.count == 1 || !isLetterOrDigit(scalars[1]) && scalars[1] != "."))
    else { return false }
    return zip(scalars, scalars.dropFirst()).allSatisfy { scalar, next in
      !(scalar == ":" && (next == " " || next == "?")) && !(scalar == "?" && next == " ")
        && !(scalar == " " && next == "#")
    } && !scalars.contains { ",[]{}".unicodeScalars.contains($0) }
  }
}
