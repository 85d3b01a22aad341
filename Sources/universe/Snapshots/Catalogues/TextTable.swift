internal import Failures
internal import Foundation

/// The lines of a table of numbers with spaces between them, such as those of AHF and ROCKSTAR.
struct TextTable {
  let path: String
  private let content: Data

  init(_ path: String) throws(Failure) {
    self.init(path, try FileContent.mapped(path))
  }

  init(_ path: String, _ content: Data) {
    self.path = path
    self.content = content
  }

  /// The bytes of a line, without its end.
  typealias Line = Data.SubSequence

  /// Calls `body` with the number of each line that is not empty, from 1, and the line.
  func forEachLine(
    _ body: (Int, Line) throws(Failure) -> Bool
  ) throws(Failure) {
    var start = content.startIndex
    var number = 0
    while start < content.endIndex {
      let end = content[start...].firstIndex(of: UInt8(ascii: "\n")) ?? content.endIndex
      number += 1
      if start < end, try !body(number, content[start..<end]) { return }
      start = end + 1
    }
  }

  /// The names of columns in the first line, which begins with `#`, without their numbers in brackets.
  func columns() throws(Failure) -> [String] {
    var names: [String] = []
    try forEachLine { (_, line) throws(Failure) in
      guard Self.isComment(line) else { return false }
      names = Self.fields(line.dropFirst()).map { field in
        let name = Self.text(field)
        return String(name.prefix { $0 != "(" })
      }
      return false
    }
    return names
  }

  /// The fields of a line.
  static func fields(_ line: Line) -> [Line] {
    line.split { $0 == 32 || $0 == 9 || $0 == 13 }
  }

  static func isComment(_ line: Line) -> Bool { line.first == UInt8(ascii: "#") }

  /// A field as text that may be printed.
  static func text(_ field: Line) -> String {
    String(decoding: field.prefix(40), as: UTF8.self)
      .replacing(/[^\x20-\x7e]/, with: "?")
  }

  /// A field that is a whole number.
  func whole<Number: FixedWidthInteger>(
    _ fields: [Line], _ place: Int, _ line: Int, _ column: String, as type: Number.Type
  ) throws(Failure) -> Number {
    guard fields.indices.contains(place),
      let number = Number(String(decoding: fields[place], as: UTF8.self))
    else { throw invalid(fields, place, line, column, "whole number") }
    return number
  }

  /// A field that is a finite number.
  func number(
    _ fields: [Line], _ place: Int, _ line: Int, _ column: String
  ) throws(Failure) -> Double {
    guard fields.indices.contains(place),
      let number = Double(String(decoding: fields[place], as: UTF8.self)), number.isFinite
    else { throw invalid(fields, place, line, column, "number") }
    return number
  }

  private func invalid(
    _ fields: [Line], _ place: Int, _ line: Int, _ column: String, _ what: String
  ) -> Failure {
    Failure(
      .invalidValue, in: path, dataset: "line \(line), column \(column)",
      because: fields.indices.contains(place)
        ? "\"\(Self.text(fields[place]))\" is no \(what)" : "the line has \(fields.count) fields",
      remedy: "Copy the file again; it may be cut off or damaged.")
  }
}

/// Halos of tables in which a particle may be in several, the most massive first.
struct ListedHalos {
  /// The number that the files give each halo [halo].
  var numbers: [Int64] = []

  /// [halo], [Msun/h].
  var masses: [Double] = []

  /// [halo, 3], in the files' unit.
  var positions: [Double] = []

  /// The radii r200m [halo], [Mpc/h]; NaN where they are not known.
  var radii: [Double] = []

  mutating func append(
    _ number: Int64, mass: Double, position: [Double], radius: Double = .nan
  ) {
    numbers.append(number)
    masses.append(mass)
    positions += position
    radii.append(radius)
  }

  /// The order of halos by mass, of equals that with the lower number first.
  var order: [Int] {
    masses.indices.sorted { (masses[$1], numbers[$0]) < (masses[$0], numbers[$1]) }
  }

  /// The place in the catalogue of each number, which must occur once.
  func places(_ path: String, _ column: String) throws(Failure) -> [Int64: Int32] {
    var places: [Int64: Int32] = [:]
    for (place, halo) in order.enumerated() {
      guard places.updateValue(Int32(place), forKey: numbers[halo]) == nil else {
        throw Failure(
          .invalidValue, in: path, dataset: column,
          because: "two halos have the number \(numbers[halo])",
          remedy: "Give the files of one catalogue.")
      }
    }
    return places
  }

  /// Makes the catalogue.
  ///
  /// - Parameters:
  ///   - files: Its files.
  ///   - format: Their format.
  ///   - lengthUnit: The unit of positions [Mpc/h].
  ///   - isBound: Whether it is known which members are bound.
  ///   - snapshot: The snapshot.
  ///   - membership: The way in which the members are named.
  ///   - nested: The objects of the files, if the halos are the outermost of these.
  /// - Returns: The catalogue, whose halos are in the order of their masses.
  /// - Throws: A `Failure` for a mass, position or number that cannot be.
  func catalogue(
    _ files: [String], _ format: CatalogueFormat, lengthUnit: Double, isBound: Bool,
    of snapshot: Snapshot, membership: GroupCatalogue.Membership = .particles,
    nested: NestedHalos? = nil
  ) throws(Failure) -> GroupCatalogue {
    let names = format.file.names
    _ = try places(files[0], names.lengths)
    if let wrong = masses.firstIndex(where: { !($0 > 0 && $0 < 1e30) }) {
      throw Failure(
        .invalidValue, in: files[0], dataset: names.masses,
        because: "halo \(numbers[wrong]) has \(masses[wrong]) Msun/h",
        remedy: "Copy the file again; it may be damaged.")
    }
    let box = snapshot.boxSize
    let positions = try GroupTables.wrapped(
      positions, lengthUnit, box, names.positions, files[0])
    let radii = try GroupTables.checked(radii, box, names.radii, files[0])
    let order = order
    return GroupCatalogue(
      path: files[0], files: files, format: format, membership: membership, boxSize: box,
      redshift: snapshot.redshift, rows: [],
      masses: order.map { masses[$0] / snapshot.cosmology.hubble },
      positions: order.flatMap { positions[3 * $0..<3 * $0 + 3] }, radii: order.map { radii[$0] },
      subhaloRows: [], hasSubhalos: isBound,
      places: try nested.map { (nested) throws(Failure) in
        try nested.places(self, files[0])
      } ?? [])
  }
}
