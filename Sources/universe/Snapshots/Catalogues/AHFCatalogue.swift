internal import Failures
internal import Foundation

/// Halos of AHF: `AHF_halos`, a line for each, and `AHF_particles`, the IDs of each halo's particles.
///
/// Masses are in Msun/h and positions in kpc/h. A halo within another lists its particles again; each counts
/// for the most massive halo that has it. All are bound, as AHF removes others. What overdensity the radius has is not
/// written, so that r200m is not known. Knollmann & Knebe (2009), doi:10.1088/0067-0049/182/2/608.
enum AHFCatalogue: CatalogueFile {
  static let formatDescription = "AHF_halos and AHF_particles of AHF"
  static let endings = [".AHF_halos"]
  static let names = GroupTables.Names(
    lengths: "column ID", masses: "column Mhalo", positions: "columns Xc, Yc, Zc")

  static func recognizes(_ candidate: CatalogueCandidate) throws(Failure) -> Bool {
    try candidate.columns().starts(with: ["ID", "hostHalo", "numSubStruct"])
  }

  static func catalogue(
    _ first: String, of snapshot: Snapshot
  ) throws(Failure) -> GroupCatalogue {
    let tables = try files(first)
    let lists = try tables.map { (path) throws(Failure) in
      let list = path.replacingLast(".AHF_halos", by: ".AHF_particles")
      guard path.hasSuffix(".AHF_halos"), FileManager.default.fileExists(atPath: list) else {
        throw Failure(
          .missingFile, in: path,
          because: "the file AHF_particles with the IDs of its halos' particles is not beside it",
          remedy: "Copy AHF_particles beside it with the same beginning of its name.")
      }
      return list
    }
    return try halos(in: tables, snapshot).catalogue(
      tables + lists, .ahf, lengthUnit: 1e-3, isBound: true, of: snapshot)
  }

  static func members(
    of catalogue: GroupCatalogue, in snapshot: Snapshot, share: Int, of shares: Int
  ) throws(Failure) -> ListedMembers {
    let count = catalogue.files.count / 2
    let places = try halos(in: Array(catalogue.files.prefix(count)), nil)
      .places(catalogue.path, "column ID")
    var members = ListedMembers()
    // Lists are read by one rank each.
    for (index, path) in catalogue.files.suffix(count).enumerated() where index % shares == share {
      try append(TextTable(path), places, to: &members)
    }
    return members
  }

  /// The tables of all tasks: `x.0000.z0.000.AHF_halos` and so on, or the one that there is.
  private static func files(_ first: String) throws(Failure) -> [String] {
    let name = first.split(separator: "/").last.map(String.init) ?? first
    guard let match = name.firstMatch(of: /^(.*)\.0000\.(z.*\.AHF_halos)$/) else { return [first] }
    let folder = String(first.dropLast(name.count))
    var paths: [String] = []
    while paths.count < 10_000 {
      let digits = String(paths.count)
      let number = String(repeating: "0", count: 4 - digits.count) + digits
      let path = "\(folder)\(match.1).\(number).\(match.2)"
      guard FileManager.default.fileExists(atPath: path) else { break }
      paths.append(path)
    }
    return paths
  }

  private static func halos(
    in tables: [String], _ snapshot: Snapshot?
  ) throws(Failure) -> ListedHalos {
    var halos = ListedHalos()
    for path in tables {
      let table = try TextTable(path)
      let columns = try table.columns()
      let places = try [["ID"], ["Mhalo", "Mvir"], ["Xc"]].map { (names) throws(Failure) in
        guard let place = columns.firstIndex(where: names.contains) else {
          throw Failure(
            .missingContent, in: path, dataset: "column \(names[0])",
            because: "the first line names no such column",
            remedy: "Give a table of AHF with its first line.")
        }
        return place
      }
      try table.forEachLine { (number, line) throws(Failure) in
        if TextTable.isComment(line) { return true }
        let fields = TextTable.fields(line)
        halos.append(
          // IDs are written with or without a sign.
          Int64(
            bitPattern: try table.whole(fields, places[0], number, "ID", as: UInt64.self)),
          mass: try table.number(fields, places[1], number, "Mhalo"),
          position: try (0..<3).map { (axis) throws(Failure) in
            try table.number(fields, places[2] + axis, number, "Xc")
          })
        return true
      }
      if let snapshot { _ = try snapshot.count(halos.numbers.count, "the number of halos", path) }
    }
    return halos
  }

  /// Reads a list: the number of halos, then for each its number of particles and its ID, and a line for
  /// each particle with its ID and type.
  private static func append(
    _ list: TextTable, _ places: [Int64: Int32], to members: inout ListedMembers
  ) throws(Failure) {
    var halosLeft: Int?
    var particlesLeft = 0
    var halo: Int32?
    try list.forEachLine { (number, line) throws(Failure) in
      if TextTable.isComment(line) { return true }
      let fields = TextTable.fields(line)
      if particlesLeft > 0 {
        particlesLeft -= 1
        let id = try list.whole(fields, 0, number, "particle ID", as: UInt64.self)
        // Halos that the table leaves out have their particles here nevertheless.
        guard let halo else { return true }
        members.ids.append(id)
        members.halos.append(halo)
        members.isBound.append(true)
      } else if halosLeft == nil {
        halosLeft = try list.whole(fields, 0, number, "number of halos", as: Int.self)
      } else {
        particlesLeft = try list.whole(fields, 0, number, "number of particles", as: Int.self)
        halo =
          places[
            Int64(bitPattern: try list.whole(fields, 1, number, "halo ID", as: UInt64.self))]
        guard particlesLeft > 0 else { throw cut(list, "halo without particles, line \(number)") }
        halosLeft = halosLeft.map { $0 &- 1 }
      }
      return true
    }
    guard halosLeft == 0, particlesLeft == 0 else {
      throw cut(
        list, "it ends \(particlesLeft) particles and \(halosLeft ?? 0) halos before it says")
    }
  }

  private static func cut(_ list: TextTable, _ reason: String) -> Failure {
    Failure(
      .inconsistentCounts, in: list.path, because: reason,
      remedy: "Copy the file again; it may be cut off or damaged.")
  }
}

extension String {
  /// The text with the last occurrence of another replaced.
  func replacingLast(_ text: String, by other: String) -> String {
    guard let range = range(of: text, options: .backwards) else { return self }
    return replacingCharacters(in: range, with: other)
  }
}
