internal import DelimitedText
internal import DurableFiles
internal import Foundation

/// Some columns of a table of text with a header, such as CSV.
///
/// Fields are separated by tabs, commas or semicolons, whichever the header has first in this order. Lines
/// that are empty or begin with # are left out. Quotes around a field are taken away; they do not protect
/// a separator.
struct ColumnTable: Hashable, Sendable {
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
      data = try DurableFile.read(path)
    } catch {
      throw TableError(path, error.isMissing ? .missing : .unreadable(error))
    }
    self.path = path
    var lines = DelimitedLines(Substring(decoding: data, as: UTF8.self).utf8)
    guard let header = lines.next() else { throw TableError(path, .noHeader) }
    let separator = FieldSeparator.found(
      in: header.bytes, among: ["\t", ",", ";"], otherwise: .byte(UInt8(ascii: ",")))
    let names = Self.texts(of: header.bytes, separator)
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
      let fields = Self.texts(of: line.bytes, separator)
      guard fields.count == names.count else {
        throw TableError(
          path, .fieldCount(line: line.number, found: fields.count, expected: names.count))
      }
      for (column, place) in places.enumerated() {
        let field = fields[place]
        guard let value = Double(field), value.isFinite else {
          throw TableError(
            path, .notANumber(line: line.number, column: String(names[place]), text: String(field)))
        }
        numbers[column].append(value)
      }
      if let labelPlace {
        let label = fields[labelPlace]
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

  private static func texts(
    of line: Substring.UTF8View, _ separator: FieldSeparator
  ) -> [Substring] {
    separator.fields(of: line).map { Substring(withoutQuotes($0)) }
  }
}
