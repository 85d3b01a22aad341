internal import Failures
internal import Foundation

/// A table of labels whose columns are datasets.
struct HDF5LabelFile: LabelFile {
  private let source: SnapshotSource
  private let table: LabelTable
  private let count: Int

  init(_ table: LabelTable) throws(Failure) {
    source = try SnapshotSource(table.file)
    self.table = table
    count = try source.rowCount(of: table.id)
    guard count > 0 else { throw table.withoutRows }
    for column in table.columns where try source.rowCount(of: column) != count {
      throw Failure(
        .inconsistentCounts, in: table.file, dataset: column,
        because: "it has \(try source.rowCount(of: column)) rows, \(table.id) has \(count)",
        remedy: "Write the table again, with a row for each particle in every column.")
    }
    for column in table.columns { try source.check(column, rows: count) }
    try table.checkUnit(
      [table.mass.split(separator: "/").last.map(String.init) ?? table.mass],
      source.texts(of: table.mass))
  }

  func rows(share: Int, of shares: Int) throws(Failure) -> LabelRows {
    let rows = share * count / shares..<(share + 1) * count / shares
    guard !rows.isEmpty else { return LabelRows() }
    return LabelRows(
      ids: try source.wholeRows(table.id, rows, of: count),
      masses: try source.rows(table.mass, rows, of: count, as: Double.self),
      halos: try table.halo.map { (column) throws(Failure) in
        try source.rows(column, rows, of: count, as: Int64.self)
      } ?? [])
  }
}

extension LabelTable {
  /// The names of columns, in small letters, by which programs call masses in Msun/h or 10^10 Msun/h or that are beside
  /// them: ROCKSTAR and consistent-trees, AHF, SUBFIND.
  private static let columnsOfPrograms: Set = [
    "external_haloid", "internal_haloid", "mvir", "mbound_vir", "mvir_all", "m200b", "m200c",
    "m500c", "m2500c", "mhalo", "groupmass", "subhalomass", "group_m_mean200", "group_m_crit200",
    "group_m_tophat200",
  ]

  /// Refuses the tables of programs that write masses in Msun/h, if no unit is given.
  ///
  /// - Parameters:
  ///   - columns: The names of columns, with or without their numbers in brackets behind them.
  ///   - remarks: The texts about the table in its file.
  /// - Throws: A `Failure` of the kind `wrongUnits`.
  fileprivate func checkUnit(_ columns: [String], _ remarks: [String]) throws(Failure) {
    guard massUnit == nil else { return }
    let isStated = remarks.contains { $0.contains(/(?i)M_?(sun|sol)\s*\/\s*h|h\^?-1\s*M/) }
    let known = columns.first { column in
      Self.columnsOfPrograms.contains(column.prefix { $0 != "(" }.lowercased())
    }
    guard let sign = isStated ? "Msun/h" : known.map(TextLabelFile.printable) else { return }
    throw Failure(
      .wrongUnits, in: file, dataset: "column \(mass)",
      because: "no unit of masses is given, and the names of its columns or its comments have "
        + "\(sign), as of programs whose masses are in Msun/h",
      remedy: "Give `labels.massUnit`: Msun/h or 1e10 Msun/h, or Msun if that is what they are in.")
  }

  /// The error for a table that has no rows.
  var withoutRows: Failure {
    Failure(
      .missingContent, in: file, because: "it has no rows, so that no particle is in a halo",
      remedy: "Write the table again, with a row for each particle in a halo.")
  }
}

/// A table of labels that is text.
struct TextLabelFile: LabelFile {
  private let table: LabelTable
  private let content: Data

  /// The offset of the first line after the names [bytes].
  private let body: Int

  /// The byte between fields; `nil` for any spaces.
  private let separator: UInt8?

  private let columnCount: Int

  /// The places of the columns that are read.
  private let places: [Int]

  init(_ table: LabelTable) throws(Failure) {
    self.table = table
    content = try FileContent.mapped(table.file)
    guard !content.isEmpty else {
      throw Failure(
        .unreadable, in: table.file, because: "the file is empty",
        remedy: "Write the table again, with a row for each particle in a halo.")
    }
    // A byte-order mark is no part of the first name.
    let mark: [UInt8] = [0xEF, 0xBB, 0xBF]
    let start = content.startIndex + (content.starts(with: mark) ? mark.count : 0)
    let end = content.firstIndex(of: Self.newline) ?? content.endIndex
    var names = content[start..<end]
    guard !content.prefix(4096).contains(0) else {
      throw Failure(
        .unreadable, in: table.file, because: "it is neither HDF5 nor text, having zero bytes",
        remedy: "Give a table of text in UTF-8, or HDF5.")
    }
    if names.last == UInt8(ascii: "\r") { names = names.dropLast() }
    guard !names.contains(UInt8(ascii: "\r")) else {
      throw Failure(
        .unreadable, in: table.file,
        because: "its lines end with carriage returns and without line feeds",
        remedy: "Write it with line feeds: tr '\\r' '\\n' < FILE > NEW.")
    }
    if names.first == UInt8(ascii: "#") { names = names.dropFirst() }
    separator = [UInt8(ascii: ","), UInt8(ascii: ";"), UInt8(ascii: "\t")].first(
      where: names.contains)
    let columns = Self.fields(names, separator)
    columnCount = columns.count
    body = min(end + 1, content.endIndex)
    places = try table.columns.map { (name) throws(Failure) in
      guard let place = columns.firstIndex(of: name) else {
        throw Failure(
          .missingContent, in: table.file, dataset: "column \(name)",
          because: "the first line names the columns "
            + columns.prefix(20).map(Self.printable).joined(separator: ", "),
          remedy: "Give the names of its columns as `labels.id`, `labels.mass` and `labels.halo`.")
      }
      return place
    }
    try checkRows()
    let head = String(decoding: content.prefix(8192), as: UTF8.self)
    try table.checkUnit(
      columns, head.split(separator: "\n").filter { $0.hasPrefix("#") }.map(String.init))
  }

  /// Refuses a table of names alone.
  private func checkRows() throws(Failure) {
    var start = body
    while start < content.endIndex {
      let end = content[start...].firstIndex(of: Self.newline) ?? content.endIndex
      if end > start, content[start] != UInt8(ascii: "#"), content[start] != 13 { return }
      start = end + 1
    }
    throw table.withoutRows
  }

  /// Text of a file as it may be printed: at most 60 characters, others than ASCII's replaced.
  static func printable(_ text: String) -> String {
    String(text.prefix(60)).replacing(/[^\x20-\x7e]/, with: "?")
  }

  func rows(share: Int, of shares: Int) throws(Failure) -> LabelRows {
    let size = content.endIndex - body
    let end = body + (share + 1) * size / shares
    var start = body + share * size / shares
    // A line is of the share that it begins in.
    while start > body, start < content.endIndex, content[start - 1] != Self.newline { start += 1 }
    var rows = LabelRows()
    while start < end {
      let lineEnd = content[start...].firstIndex(of: Self.newline) ?? content.endIndex
      var line = content[start..<lineEnd]
      if line.last == UInt8(ascii: "\r") { line = line.dropLast() }
      if !line.isEmpty, line.first != UInt8(ascii: "#") { try append(line, to: &rows) }
      start = lineEnd + 1
    }
    return rows
  }

  private func append(_ line: Data, to rows: inout LabelRows) throws(Failure) {
    let fields = Self.fields(line, separator)
    guard fields.count == columnCount else {
      throw invalid(
        line, because: "it has \(fields.count) fields, the first line \(columnCount)")
    }
    guard let id = UInt64(fields[places[0]]) else {
      throw invalid(
        line, because: "\(Self.printable(fields[places[0]])) is no ID", column: table.id)
    }
    guard let mass = Double(fields[places[1]]) else {
      throw invalid(
        line, because: "\(Self.printable(fields[places[1]])) is no number", column: table.mass)
    }
    rows.ids.append(id)
    rows.masses.append(mass)
    guard let column = table.halo else { return }
    guard let halo = Int64(fields[places[2]]) else {
      throw invalid(
        line, because: "\(Self.printable(fields[places[2]])) is no whole number", column: column)
    }
    rows.halos.append(halo)
  }

  private func invalid(
    _ line: Data, because reason: String, column: String? = nil
  ) -> Failure {
    let number = content[content.startIndex..<line.startIndex].count { $0 == Self.newline } + 1
    return Failure(
      .invalidValue, in: table.file,
      dataset: "line \(number)" + (column.map { ", column \($0)" } ?? ""), because: reason,
      remedy: "Correct the line; IDs and halos are whole numbers without a point.")
  }

  private static let newline = UInt8(ascii: "\n")

  private static func fields(_ line: Data, _ separator: UInt8?) -> [String] {
    let space = UInt8(ascii: " ")
    guard let separator else {
      return line.split { $0 == space || $0 == UInt8(ascii: "\t") }.map {
        String(decoding: $0, as: UTF8.self)
      }
    }
    return line.split(separator: separator, omittingEmptySubsequences: false).map { field in
      var field = field
      while field.first == space { field = field.dropFirst() }
      while field.last == space { field = field.dropLast() }
      // Names and numbers may stand between quotation marks.
      let quote = UInt8(ascii: "\"")
      if field.count > 1, field.first == quote, field.last == quote {
        field = field.dropFirst().dropLast()
      }
      return String(decoding: field, as: UTF8.self)
    }
  }
}
