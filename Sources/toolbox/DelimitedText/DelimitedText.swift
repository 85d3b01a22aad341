/// The lines of a table of text that are neither empty nor comments, with their numbers from 1.
///
/// A line ends with a line feed, or a carriage return and a line feed; comments begin with `#`. The bytes may be those
/// of a string (`Substring.UTF8View`) or of a file (`Data`).
package struct DelimitedLines<Bytes: BidirectionalCollection>: IteratorProtocol, Sequence
where Bytes.Element == UInt8, Bytes.SubSequence == Bytes {
  private var rest: Bytes
  private var number = 0

  /// Makes the lines of a text in UTF-8; a mark of the order of bytes before it is left out.
  package init(_ bytes: Bytes) {
    rest = bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? bytes.dropFirst(3) : bytes
  }

  /// Returns the next line without its end, `nil` after the last.
  package mutating func next() -> (number: Int, bytes: Bytes)? {
    while !rest.isEmpty {
      number += 1
      let end = rest.firstIndex(of: UInt8(ascii: "\n")) ?? rest.endIndex
      var line = rest[..<end]
      rest = end == rest.endIndex ? rest[end...] : rest[rest.index(after: end)...]
      if line.last == UInt8(ascii: "\r") { line = line.dropLast() }
      if line.isEmpty || line.first == UInt8(ascii: "#") { continue }
      return (number, line)
    }
    return nil
  }
}

/// The separator between the fields of a line.
package enum FieldSeparator: Hashable, Sendable {
  /// One byte; fields may be empty, and spaces around them do not count.
  case byte(UInt8)

  /// Any number of spaces and tabs.
  case blanks

  /// Finds the separator of the fields of a header.
  ///
  /// - Parameters:
  ///   - header: The line with the names of the columns.
  ///   - characters: Characters of one byte.
  ///   - otherwise: The separator for a header that has none of them.
  /// - Returns: The first of the characters that the header has, or `otherwise`.
  package static func found(
    in header: some Collection<UInt8>, among characters: [Unicode.Scalar],
    otherwise: FieldSeparator
  ) -> FieldSeparator {
    characters.lazy.map { UInt8(ascii: $0) }.first { header.contains($0) }.map { .byte($0) }
      ?? otherwise
  }

  /// Cuts a line into its fields.
  package func fields<Line: BidirectionalCollection>(of line: Line) -> [Line]
  where Line.Element == UInt8, Line.SubSequence == Line {
    switch self {
    case .byte(let separator):
      line.split(separator: separator, omittingEmptySubsequences: false).map(trimmed)
    case .blanks: line.split { $0 == UInt8(ascii: " ") || $0 == UInt8(ascii: "\t") }
    }
  }

  /// Takes spaces from both ends of a field.
  private func trimmed<Field: BidirectionalCollection>(_ field: Field) -> Field
  where Field.Element == UInt8, Field.SubSequence == Field {
    var field = field
    while field.first == UInt8(ascii: " ") { field = field.dropFirst() }
    while field.last == UInt8(ascii: " ") { field = field.dropLast() }
    return field
  }
}

/// Takes the quotation marks from a field that begins and ends with one; they do not protect a separator.
package func withoutQuotes<Field: BidirectionalCollection>(_ field: Field) -> Field
where Field.Element == UInt8, Field.SubSequence == Field {
  let mark = UInt8(ascii: "\"")
  guard field.count > 1, field.first == mark, field.last == mark else { return field }
  return field.dropFirst().dropLast()
}
