internal import Failures
internal import Foundation

/// Halos of ROCKSTAR in ASCII: `halos_0.0.ascii`, a line for each, and `halos_0.0.particles`, a line for each
/// particle of each halo around it (`FULL_PARTICLE_CHUNKS`).
///
/// Masses are the first mass column (Mvir unless another definition was chosen) in Msun/h, positions are in Mpc/h.
/// A particle is in the most massive halo around it. Which are bound, and r200m, is not written.
/// Behroozi, Wechsler & Wu (2013), doi:10.1088/0004-637X/762/2/109.
enum RockstarCatalogue: CatalogueFile {
  static let formatDescription = "halos_N.0.ascii and halos_N.0.particles of ROCKSTAR"
  static let endings = [".0.ascii"]
  static let names = GroupTables.Names(
    lengths: "column id", masses: "column 3, the mass", positions: "columns x, y, z")

  static func recognizes(_ candidate: CatalogueCandidate) throws(Failure) -> Bool {
    try candidate.columns().starts(with: ["id", "num_p"])
  }

  static func catalogue(
    _ first: String, of snapshot: Snapshot
  ) throws(Failure) -> GroupCatalogue {
    var tables: [String] = []
    if first.hasSuffix(".0.ascii") {
      let stem = first.dropLast(".0.ascii".count)
      while FileManager.default.fileExists(atPath: "\(stem).\(tables.count).ascii") {
        tables.append("\(stem).\(tables.count).ascii")
      }
    } else {
      tables = [first]
    }
    let lists = try tables.map { (path) throws(Failure) in
      let list = path.replacingLast(".ascii", by: ".particles")
      guard list != path, FileManager.default.fileExists(atPath: list) else {
        throw Failure(
          .missingFile, in: path,
          because: "the file with the particles of its halos (.particles) is not beside it",
          remedy: "Run ROCKSTAR with FULL_PARTICLE_CHUNKS = NUM_WRITERS, and give the files "
            + "halos_N.0.ascii and halos_N.0.particles and so on; or give a table of `labels`.")
      }
      return list
    }
    return try halos(in: tables, snapshot).catalogue(
      tables + lists, .rockstar, lengthUnit: 1, isBound: false, of: snapshot)
  }

  static func members(
    of catalogue: GroupCatalogue, in snapshot: Snapshot, share: Int, of shares: Int
  ) throws(Failure) -> ListedMembers {
    let count = catalogue.files.count / 2
    let places = try halos(in: Array(catalogue.files.prefix(count)), nil)
      .places(catalogue.path, names.lengths)
    var members = ListedMembers()
    for (index, path) in catalogue.files.suffix(count).enumerated() where index % shares == share {
      try append(TextTable(path), places, to: &members)
    }
    return members
  }

  private static func halos(
    in tables: [String], _ snapshot: Snapshot?
  ) throws(Failure) -> ListedHalos {
    var halos = ListedHalos()
    for path in tables {
      let table = try TextTable(path)
      guard let x = try table.columns().firstIndex(of: "x") else {
        throw Failure(
          .missingContent, in: path, dataset: "column x",
          because: "the first line names no such column",
          remedy: "Give a table of ROCKSTAR with its first line.")
      }
      try table.forEachLine { (number, line) throws(Failure) in
        if TextTable.isComment(line) {
          if let snapshot { try check(line, path, snapshot) }
          return true
        }
        let fields = TextTable.fields(line)
        let id = try table.whole(fields, 0, number, "id", as: Int64.self)
        let mass = try table.number(fields, 2, number, "mass")
        // Halos too small for the mass definition have none.
        if mass == 0 { return true }
        halos.append(
          id, mass: mass,
          position: try (x..<x + 3).map { (place) throws(Failure) in
            try table.number(fields, place, number, "x")
          })
        return true
      }
      if let snapshot { _ = try snapshot.count(halos.numbers.count, "the number of halos", path) }
    }
    return halos
  }

  /// Compares what the head of a table says with the snapshot: `#a = 1.0` and `#Box size: 25.0 Mpc/h`.
  private static func check(
    _ line: TextTable.Line, _ path: String, _ snapshot: Snapshot
  ) throws(Failure) {
    let text = String(decoding: line.prefix(80), as: UTF8.self)
    func number(_ match: Regex<(Substring, Substring)>.Match?) -> Double? {
      match.flatMap { Double($0.1) }
    }
    try snapshot.check(
      boxSize: number(text.firstMatch(of: /^#\s*Box size:\s*([0-9.eE+-]+)/)),
      scaleFactor: number(text.firstMatch(of: /^#\s*a\s*=\s*([0-9.eE+-]+)/)), of: path)
  }

  private static func append(
    _ list: TextTable, _ places: [Int64: Int32], to members: inout ListedMembers
  ) throws(Failure) {
    let columns = try list.columns()
    guard let id = columns.firstIndex(of: "particle_id"),
      let halo = columns.firstIndex(of: "external_haloid")
    else {
      throw Failure(
        .missingContent, in: list.path, dataset: "columns particle_id and external_haloid",
        because: "the first line names no such columns",
        remedy: "Give the particles of ROCKSTAR with their first line.")
    }
    try list.forEachLine { (number, line) throws(Failure) in
      if TextTable.isComment(line) { return true }
      let fields = TextTable.fields(line)
      let particle = try list.whole(fields, id, number, "particle_id", as: UInt64.self)
      let around = try list.whole(fields, halo, number, "external_haloid", as: Int64.self)
      // Halos that were not printed, being too small, have the number -1.
      guard around >= 0, let place = places[around] else { return true }
      members.ids.append(particle)
      members.halos.append(place)
      members.isBound.append(false)
      return true
    }
  }
}
