internal import Foundation

/// Some columns of a table of text with a header, such as CSV.
///
/// Fields are separated by tabs, commas or semicolons, whichever the header has first in this order. Lines
/// that are empty or begin with # are left out. Quotes around a field are taken away; they do not protect
/// a separator.
package struct ColumnTable: Hashable, Sendable {
  /// The path of the file.
  package let path: String

  /// The numbers of the columns that were asked for, [column, row].
  package let numbers: [[Double]]

  /// The labels of the column that was asked for, numbered from 0 in the order of their appearance, [row].
  package let labels: [Int32]?

  /// Reads columns of a file.
  ///
  /// - Parameters:
  ///   - path: The file.
  ///   - columns: The names of columns of numbers.
  ///   - labelColumn: The name of a column of labels, such as identifiers of halos.
  /// - Throws: ``TableError`` that names the line and what is wrong in it.
  package init(
    contentsOf path: String, columns: [String], labels labelColumn: String? = nil
  ) throws(TableError) {
    let data: Data
    do {
      data = try Data(contentsOf: URL(filePath: path))
    } catch {
      let isMissing = !FileManager.default.fileExists(atPath: path)
      throw TableError(path, isMissing ? .missing : .unreadable(error.localizedDescription))
    }
    self.path = path
    var lines = Lines(text: String(decoding: data, as: UTF8.self))
    guard let header = lines.next() else { throw TableError(path, .noHeader) }
    let separator = ["\t", ",", ";"].first { header.text.utf8.contains($0.utf8.first ?? 0) } ?? ","
    let names = Self.fields(of: header.text, separator).map(Self.unquoted)
    let places = try columns.map { name throws(TableError) in
      try Self.place(of: name, in: names, path)
    }
    let labelPlace = try labelColumn.map { name throws(TableError) in
      try Self.place(of: name, in: names, path)
    }
    var numbers = [[Double]](repeating: [], count: columns.count)
    var labels: [Int32] = []
    var known: [Substring: Int32] = [:]
    while let line = lines.next() {
      let fields = Self.fields(of: line.text, separator)
      guard fields.count == names.count else {
        throw TableError(
          path, .fieldCount(line: line.number, found: fields.count, expected: names.count))
      }
      for (column, place) in places.enumerated() {
        let field = Self.unquoted(fields[place])
        guard let value = Double(field), value.isFinite else {
          throw TableError(
            path, .notANumber(line: line.number, column: String(names[place]), text: String(field)))
        }
        numbers[column].append(value)
      }
      if let labelPlace {
        let label = Self.unquoted(fields[labelPlace])
        labels.append(known[label] ?? Int32(known.count))
        if known[label] == nil { known[label] = Int32(known.count) }
      }
    }
    self.numbers = numbers
    self.labels = labelColumn == nil ? nil : labels
  }

  private static func place(
    of name: String, in names: [Substring], _ path: String
  ) throws(TableError) -> Int {
    let places = names.indices.filter { names[$0] == name }
    guard let place = places.first else {
      throw TableError(path, .noColumn(name, known: names.map(String.init)))
    }
    guard places.count == 1 else { throw TableError(path, .repeatedColumn(name)) }
    return place
  }

  private static func fields(of line: Substring, _ separator: String) -> [Substring] {
    let byte = separator.utf8.first ?? 0
    return line.utf8.split(separator: byte, omittingEmptySubsequences: false).map { Substring($0) }
  }

  private static func unquoted(_ field: Substring) -> Substring {
    var field = field
    while field.first == " " { field.removeFirst() }
    while field.last == " " { field.removeLast() }
    guard field.count > 1, field.first == "\"", field.last == "\"" else { return field }
    return field.dropFirst().dropLast()
  }

  /// The lines that are neither empty nor comments, with their numbers from 1.
  private struct Lines {
    private var rest: Substring.UTF8View
    private var number = 0

    init(text: String) {
      let mark = "\u{FEFF}"
      rest = (text.hasPrefix(mark) ? Substring(text.dropFirst()) : Substring(text)).utf8
    }

    mutating func next() -> (number: Int, text: Substring)? {
      while !rest.isEmpty {
        number += 1
        let end = rest.firstIndex(of: UInt8(ascii: "\n")) ?? rest.endIndex
        var line = rest[..<end]
        rest = end == rest.endIndex ? rest[end...] : rest[rest.index(after: end)...]
        if line.last == UInt8(ascii: "\r") { line = line.dropLast() }
        if line.isEmpty || line.first == UInt8(ascii: "#") { continue }
        return (number, Substring(line))
      }
      return nil
    }
  }
}
