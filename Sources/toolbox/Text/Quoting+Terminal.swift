extension Quoting {
  /// Returns a text that a terminal shows and does not obey.
  ///
  /// Control characters (ESC starts commands for the terminal) and characters that change how their
  /// neighbors are shown, such as bidirectional overrides, are shown as `\u{1b}`. Everything else stays.
  ///
  /// - Parameters:
  ///   - text: Any text, such as a name from a file of somebody else.
  ///   - keepingLines: Whether ends of lines stay too, as in a text of several lines.
  /// - Returns: The text for people.
  package static func terminal(_ text: String, keepingLines: Bool = false) -> String {
    // Nearly all texts are plain, which is quickly seen by their bytes.
    if text.utf8.allSatisfy({ (0x20...0x7e).contains($0) || keepingLines && $0 == 0x0a }) {
      return text
    }
    return text.replacingScalars { scalar in
      if scalar.isVisible || keepingLines && scalar == "\n" { return nil }
      return "\\u{\(scalar.hexadecimal())}"
    }
  }
}
