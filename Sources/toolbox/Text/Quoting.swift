/// Writes texts so that a program reads them as they are, and never as a part of its language.
///
/// A text may come from anywhere: a file, the name of a folder, a command line. All functions look at Unicode
/// scalars, as the programs that read them do. Swift's characters are not scalars: a quote before which stands
/// U+0600 is a part of another character, and a search for the character `'` does not find it.
package enum Quoting {}

extension Unicode.Scalar {
  /// Whether the scalar ends a line or steers a device: C0, DEL, C1, and the two separators of lines.
  var isControl: Bool {
    value < 0x20 || (0x7f...0x9f).contains(value) || value == 0x2028 || value == 0x2029
  }

  /// Whether the scalar is seen as itself: neither a control character, nor one that changes how its neighbours
  /// are shown (bidirectional overrides, joiners, tags), nor none at all.
  var isVisible: Bool {
    if (0x20...0x7e).contains(value) { return true }
    switch properties.generalCategory {
    case .control, .format, .lineSeparator, .paragraphSeparator, .surrogate: return false
    default: return !properties.isNoncharacterCodePoint
    }
  }

  /// The value in hexadecimal digits, with zeros before them up to a number of digits.
  func hexadecimal(_ digits: Int = 1) -> String {
    let text = String(value, radix: 16)
    return String(repeating: "0", count: max(0, digits - text.utf8.count)) + text
  }
}

extension String {
  /// Replaces scalars by texts; `nil` leaves one as it is.
  func replacingScalars(_ replacement: (Unicode.Scalar) -> String?) -> String {
    var result = String.UnicodeScalarView()
    for scalar in unicodeScalars {
      if let text = replacement(scalar) {
        result.append(contentsOf: text.unicodeScalars)
      } else {
        result.append(scalar)
      }
    }
    return String(result)
  }
}
