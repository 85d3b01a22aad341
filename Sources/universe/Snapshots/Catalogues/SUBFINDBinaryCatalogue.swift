internal import Failures

/// Binary SUBFIND of P-GADGET-3: tables of groups and subhaloes in `subhalo_tab_NNN.0` and so on, and the
/// members in their order in `subhalo_ids_NNN.0`.
///
/// A table has for each group its length, offset, mass, position, M and R of 200 times the mean and the
/// critical density and of the top-hat overdensity, (three velocity dispersions,) number and mass of
/// contaminating particles, number of subhaloes and first subhalo; for each subhalo its length, its offset
/// and more. Box, time and units are those of the snapshot. Springel et al. (2001), doi:10.1046/j.1365-8711.2001.04912.x.
enum SUBFINDBinaryCatalogue: CatalogueFile {
  static let formatDescription = "subhalo_tab and subhalo_ids of P-GADGET-3, binary"
  static let prefixes = ["subhalo_tab"]

  static let names = GroupTables.Names(
    lengths: "column GroupLen", offsets: "column GroupOffset", masses: "column GroupMass",
    positions: "column GroupPos", radii: "column Group_R_Mean200",
    subhaloGroups: "column GroupNsubs", subhaloOffsets: "column SubOffset")

  static func recognizes(_ candidate: CatalogueCandidate) throws(Failure) -> Bool {
    candidate.isGadgetTable(.subhaloTab, named: "subhalo_tab")
  }

  static func catalogue(
    _ first: String, of snapshot: Snapshot
  ) throws(Failure) -> GroupCatalogue {
    let (files, ids) = try GadgetGroupFile.set(first, .subhaloTab, of: snapshot)
    var tables = GroupTables(names: names)
    for file in files { try append(file, to: &tables) }
    return try tables.catalogue(
      .init(
        files: files.map(\.bytes.path) + ids, format: .subfindBinary, membership: .list,
        rowCount: Int(files[0].idsInAll), boxSize: snapshot.boxSize, redshift: snapshot.redshift,
        units: snapshot.units, hasSubhalos: true), of: snapshot)
  }

  private static func append(
    _ file: GadgetGroupFile, to tables: inout GroupTables
  ) throws(Failure) {
    let firstGroup = tables.lengths.count
    try tables.appendGroups(of: file)
    tables.radii += try file.numbers(28, names.radii)
    let numbers = try file.words(file.groupWidth - 8, names.subhaloGroups)
    for (group, number) in numbers.enumerated() {
      // They add up to the subhaloes of the file, of which there are no more than particles.
      tables.subhaloGroups += [Int64](
        repeating: Int64(firstGroup + group), count: Int(number))
    }
    let count = Int(file.subhalos)
    let start = file.body + file.groupWidth * Int(file.groups)
    let lengths = try file.bytes.integers(
      at: start, count: count, as: UInt32.self, "column SubLen")
    let offsets = try file.bytes.integers(
      at: start + 4 * count, count: count, as: UInt32.self, names.subhaloOffsets)
    for (index, offset) in offsets.enumerated() {
      let group = Int(tables.subhaloGroups[tables.subhaloLengths.count])
      // Offsets have lost their bits above 32, those of groups have not.
      let distance = offset &- UInt32(truncatingIfNeeded: tables.offsets[group])
      tables.subhaloOffsets.append(tables.offsets[group] + Int64(distance))
      tables.subhaloLengths.append(Int64(lengths[index]))
    }
  }

  static func members(
    of catalogue: GroupCatalogue, in snapshot: Snapshot, share: Int, of shares: Int
  ) throws(Failure) -> ListedMembers {
    try GadgetGroupFile.members(
      of: catalogue, ids: Array(catalogue.files.suffix(catalogue.files.count / 2)), share: share,
      of: shares)
  }
}

extension GroupTables {
  /// Adds the columns that tables with and without subhaloes begin with.
  mutating func appendGroups(of file: GadgetGroupFile) throws(Failure) {
    var end = (offsets.last ?? 0) + (lengths.last ?? 0)
    let firstRow = end
    let stored = try file.words(4, names.offsets)
    for (index, length) in try file.words(0, names.lengths).enumerated() {
      // Offsets count from the first group of all, or of the file, and have lost their bits above 32.
      let places = [UInt32(truncatingIfNeeded: end), UInt32(truncatingIfNeeded: end - firstRow)]
      guard length == 0 || places.contains(stored[index]) else {
        throw Failure(
          .inconsistentCounts, in: file.bytes.path, dataset: names.offsets,
          because: "group \(lengths.count) begins at \(stored[index]) instead of \(end)",
          remedy: "Put the files of one catalogue together; this one may be damaged.")
      }
      offsets.append(end)
      lengths.append(Int64(length))
      end += Int64(length)
    }
    masses += try file.numbers(8, names.masses)
    positions += try file.numbers(12, width: 3, names.positions)
  }
}
