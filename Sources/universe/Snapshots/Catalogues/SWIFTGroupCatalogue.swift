internal import Failures

/// The groups of SWIFT's `fof_output`, whose members are the particles with their numbers in the snapshot
/// (`FOFGroupIDs`).
///
/// It says nothing that the snapshot's labels do not, but the groups' own masses and centers: where it is given,
/// these are used, and must be those of the particles.
enum SWIFTGroupCatalogue: CatalogueFile {
  static let formatDescription = "fof_output of SWIFT beside a snapshot with FOFGroupIDs"
  static let prefixes = ["fof_output"]
  static let names = GroupTables.Names(
    lengths: "Groups/GroupIDs", masses: "Groups/Masses", positions: "Groups/Centres")
  static let hasMassesOfMembers = true

  static func recognizes(_ candidate: CatalogueCandidate) throws(Failure) -> Bool {
    guard let source = candidate.source else { return false }
    return try source.has(names.lengths)
  }

  static func catalogue(
    _ first: String, of snapshot: Snapshot
  ) throws(Failure) -> GroupCatalogue {
    guard snapshot.hasHaloLabels else {
      throw Failure(
        .missingContent, in: snapshot.path, dataset: SWIFTFile.labels,
        because: "it does not say which groups of \(first) its particles are in",
        remedy: "Let SWIFT search for groups when it writes the snapshot (--fof, and invoke_fof: 1 "
          + "under Snapshots), or give a table of `labels`.")
    }
    let source = try SnapshotSource(first)
    // A virtual file has the groups of all others.
    let isWhole = try source.numbers("Virtual", of: ["Header"])?.first ?? 0 != 0
    let files = try SnapshotFiles(first, prefixes: []).all(isWhole ? 1 : source.fileCount())
    let units = try units(of: source, snapshot)
    let halos = try halos(files, massUnit: units.mass, snapshot)
    if let total = try source.counts("NumGroups_Total")?.first,
      try snapshot.count(total, "attribute Header/NumGroups_Total", first) != halos.numbers.count
    {
      throw Failure(
        .inconsistentCounts, in: first, dataset: "attribute Header/NumGroups_Total",
        because: "the files hold \(halos.numbers.count) groups, the header says \(total)",
        remedy: "Put all files of the catalogue together.")
    }
    return try halos.catalogue(
      files, .swiftGroups, lengthUnit: units.length, isBound: false, of: snapshot,
      membership: .labels)
  }

  static func labels(
    of catalogue: GroupCatalogue, in rows: Range<Int>, of snapshot: Snapshot
  ) throws(Failure) -> RowLabels {
    let units = try units(of: SnapshotSource(catalogue.path), snapshot)
    let places = try halos(catalogue.files, massUnit: units.mass, snapshot)
      .places(catalogue.path, names.lengths)
    let labels = try snapshot.haloLabels(in: rows)
    let halos = try labels.map { (label) throws(Failure) in
      if label < 0 { return Int32(-1) }
      guard let place = places[label] else {
        throw Failure(
          .mismatch, in: catalogue.path, dataset: names.lengths,
          because: "it has no group \(label), which particles of \(snapshot.path) are in",
          remedy: "Give the catalogue that was written with this snapshot.")
      }
      return place
    }
    return RowLabels(halos: halos, isBound: [Bool](repeating: false, count: halos.count))
  }

  private static func halos(
    _ files: [String], massUnit: Double, _ snapshot: Snapshot
  ) throws(Failure) -> ListedHalos {
    var halos = ListedHalos()
    for path in files {
      let source = try SnapshotSource(path)
      let count = try snapshot.count(source.rowCount(of: names.lengths), names.lengths, path)
      if count == 0 { continue }
      halos.numbers += try source.rows(names.lengths, 0..<count, of: count, as: Int64.self)
      halos.masses += try source.rows(names.masses, 0..<count, of: count, as: Double.self)
        .map { $0 * massUnit }
      halos.positions += try source.rows(
        names.positions, 0..<count, of: count, columns: 0..<3, as: Double.self)
      halos.radii += [Double](repeating: .nan, count: count)
    }
    return halos
  }

  private static func units(
    of source: SnapshotSource, _ snapshot: Snapshot
  ) throws(Failure) -> SnapshotUnits {
    let units =
      try source.swiftUnits(hubble: snapshot.cosmology.hubble, redshift: snapshot.redshift)
      ?? snapshot.units
    try source.check(units, of: snapshot)
    return units
  }
}

extension SnapshotSource {
  /// Compares box and time of a file of SWIFT's kind with the snapshot, as far as it states them.
  func check(_ units: SnapshotUnits, of snapshot: Snapshot) throws(Failure) {
    try snapshot.check(
      boxSize: numbers("BoxSize", of: ["Header"])?.first.map { $0 * units.length },
      scaleFactor: numbers("Redshift", of: ["Cosmology", "Header"])?.first.map { 1 / (1 + $0) },
      of: path)
  }
}
