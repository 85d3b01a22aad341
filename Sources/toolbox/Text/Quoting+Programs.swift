extension Quoting {
  /// Returns a word in single quotes, in which a shell changes nothing.
  ///
  /// - Parameter word: Any text without NUL, which no word of a shell can hold and which is left out.
  /// - Returns: The word for a script.
  package static func shell(_ word: String) -> String {
    let inner = word.replacingScalars { scalar in
      switch scalar {
      case "'": "'\\''"
      case "\0": ""
      default: nil
      }
    }
    return "'\(inner)'"
  }

  /// Returns the value of an option in a line `#SBATCH --option=value`, in double quotes if it needs them.
  ///
  /// Slurm knows quotes and backslashes in directives, but not as a shell does.
  ///
  /// - Parameter word: Any text.
  /// - Returns: The value; nil for a text that is empty, not one line, or has quotes or backslashes.
  package static func batchDirective(_ word: String) -> String? {
    let scalars = word.unicodeScalars
    guard isOneLine(word), !scalars.isEmpty,
      !scalars.contains(where: { $0 == "'" || $0 == "\"" || $0 == "\\" })
    else { return nil }
    let plain = scalars.allSatisfy {
      isLetterOrDigit($0) || "-_./%+,=@".unicodeScalars.contains($0)
    }
    return plain ? word : "\"\(word)\""
  }

  /// Returns text for a figure of gnuplot as it is: no part of it is markup or ends the string.
  ///
  /// - Parameter text: Any text; control characters become blanks.
  /// - Returns: A string for a script, with its quotes.
  package static func gnuplot(_ text: String) -> String {
    gnuplotMarkup(
      text.replacingScalars { scalar in
        switch scalar {
        case "\\", "_", "^", "{", "}", "@", "&", "~": "\\\(scalar)"
        default: nil
        }
      })
  }

  /// Returns text for a figure of gnuplot that has gnuplot's markup in it.
  ///
  /// gnuplot takes two quotes for one only if they stand alone: of several in a row it ends the string. So each
  /// quote is a string of its own, which is joined to the others.
  ///
  /// - Parameter markup: Any text; control characters become blanks.
  /// - Returns: An expression of strings for a script, with its quotes.
  package static func gnuplotMarkup(_ markup: String) -> String {
    let inner = markup.replacingScalars { scalar in
      if scalar.isControl { return " " }
      return scalar == "'" ? #"'."\047".'"# : nil
    }
    return "'\(inner)'"
  }

  /// Returns the name of a file that gnuplot reads or writes, and never takes for a command or a stream.
  ///
  /// gnuplot starts what follows `<` or `|`, and has names such as `-` and `+` for data that are no file.
  ///
  /// - Parameter name: The path of a file; control characters become blanks.
  /// - Returns: A string for a script, with its quotes.
  package static func gnuplotFile(_ name: String) -> String {
    let isOrdinary = name.unicodeScalars.first.map { isLetterOrDigit($0) || $0 == "/" || $0 == "." }
    return gnuplotMarkup(isOrdinary == true ? name : "./" + name)
  }

  /// Returns a text for a comment of a script: on one line.
  ///
  /// - Parameter text: Any text; control characters become blanks.
  /// - Returns: The text without the sign of a comment.
  package static func comment(_ text: String) -> String {
    text.replacingScalars { $0.isControl ? " " : nil }
  }
}

/// Tells whether a text has no control characters; the end of a line is one.
package func isOneLine(_ text: String) -> Bool {
  text.unicodeScalars.allSatisfy { !$0.isControl }
}

/// Tells whether a scalar is a letter or a digit of ASCII.
package func isLetterOrDigit(_ scalar: Unicode.Scalar) -> Bool {
  ("0"..."9").contains(scalar) || ("a"..."z").contains(scalar) || ("A"..."Z").contains(scalar)
}

/// Tells whether a text may be the name of a file or folder of results: letters, digits, `-`, `_` and `.` of ASCII,
/// the first of them neither `.` nor `-`.
///
/// The one rule for names, whether a user gives them or they are found on the disk.
package func isFileName(_ name: String) -> Bool {
  let scalars = name.unicodeScalars
  guard let first = scalars.first, first != ".", first != "-" else { return false }
  return scalars.allSatisfy { isLetterOrDigit($0) || $0 == "-" || $0 == "_" || $0 == "." }
}
