internal import Foundation

extension GroupCatalogue {
  /// Reads a catalogue.
  ///
  /// - Parameters:
  ///   - path: A file, the first of several, what they have in common, or their folder.
  ///   - snapshot: The snapshot of the same time; it has the units where the catalogue has none.
  /// - Returns: The catalogue, whose membership is yet to be compared with the snapshot's rows.
  /// - Throws: A ``SnapshotError``.
  package static func open(
    _ path: String, of snapshot: Snapshot
  ) throws(SnapshotError) -> GroupCatalogue {
    let files = try SnapshotFiles(path, prefixes: ["fof_subhalo_tab", "fof_tab", "groups_"])
    let header = try CatalogueHeader(of: SnapshotSource(files.first))
    let units = header.units ?? snapshot.units
    let paths = try files.all(header.fileCount)
    var tables = CatalogueTables()
    for path in paths {
      let source = try SnapshotSource(path)
      try tables.append(source, try CatalogueHeader(of: source))
    }
    try tables.check(against: header, files.first)
    let (rows, subhaloRows) = try tables.rows(files.first)
    let toMsun = units.mass / snapshot.cosmology.hubble
    let boxSize = header.boxSize * units.length
    return GroupCatalogue(
      path: files.first, files: paths, boxSize: boxSize, redshift: header.redshift, rows: rows,
      masses: tables.masses.map { $0 * toMsun },
      positions: try tables.positions.map { (stored) throws(SnapshotError) in
        let position = stored * units.length
        guard position >= -1e-3 * boxSize, position <= 1.001 * boxSize else {
          throw SnapshotError(
            .invalidValue, in: files.first, dataset: "Group/GroupPos",
            because: "a coordinate is \(position) Mpc/h, the box \(boxSize) Mpc/h",
            remedy: "Check BoxSize and the units; the catalogue may be damaged.")
        }
        let inside = position < 0 ? position + boxSize : position
        return inside >= boxSize ? inside - boxSize : inside
      },
      radii: tables.radii.map { $0 > 0 ? $0 * units.length : .nan }, subhaloRows: subhaloRows,
      hasSubhalos: header.subhaloCount != nil)
  }
}

/// The header of one catalogue file, in the file's units.
private struct CatalogueHeader {
  let fileCount: Int
  let groupCount: Int
  let groupsInFile: Int
  let subhaloCount: Int?
  let subhalosInFile: Int
  let boxSize: Double
  let redshift: Double
  let units: SnapshotUnits?

  init(of source: SnapshotSource) throws(SnapshotError) {
    fileCount = max(1, Int(try Self.first(["NumFiles"], source) ?? 1))
    guard let groups = try Self.first(["Ngroups_Total"], source),
      let inFile = try Self.first(["Ngroups_ThisFile"], source)
    else {
      throw SnapshotError(
        .missingContent, in: source.path, dataset: "attribute Header/Ngroups_Total",
        because: "the numbers of groups are not there",
        remedy: "Give a catalogue (fof_subhalo_tab or fof_tab), not a snapshot.")
    }
    groupCount = Int(groups)
    groupsInFile = Int(inFile)
    subhaloCount = try Self.first(["Nsubhalos_Total", "Nsubgroups_Total"], source).map { Int($0) }
    subhalosInFile = Int(
      try Self.first(["Nsubhalos_ThisFile", "Nsubgroups_ThisFile"], source) ?? 0)
    boxSize = try source.required("BoxSize", of: ["Header", "Parameters"])
    redshift = try source.required("Redshift", of: ["Header"])
    units = try source.gadgetUnits()
  }

  private static func first(
    _ names: [String], _ source: SnapshotSource
  ) throws(SnapshotError) -> UInt64? {
    for name in names {
      if let value = try source.counts(name)?.first { return value }
    }
    return nil
  }
}

/// The tables of all files, one after the other, in the files' units.
private struct CatalogueTables {
  var masses: [Double] = []
  var positions: [Double] = []
  var radii: [Double] = []
  private var lengths: [Int64] = []
  private var offsets: [Int64] = []
  private var subhaloGroups: [Int64] = []
  private var subhaloLengths: [Int64] = []
  private var subhaloOffsets: [Int64] = []

  mutating func append(
    _ source: SnapshotSource, _ header: CatalogueHeader
  ) throws(SnapshotError) {
    if header.groupsInFile > 0 {
      let all = 0..<header.groupsInFile
      let count = header.groupsInFile
      lengths += try source.rows(
        "Group/GroupLenType", all, of: count, columns: 1..<2, as: Int64.self)
      masses += try source.rows("Group/GroupMass", all, of: count, as: Double.self)
      positions += try source.rows(
        "Group/GroupPos", all, of: count, columns: 0..<3, as: Double.self)
      if try source.has("Group/GroupOffsetType") {
        offsets += try source.rows(
          "Group/GroupOffsetType", all, of: count, columns: 1..<2, as: Int64.self)
      }
      radii +=
        try source.has("Group/Group_R_Mean200")
        ? source.rows("Group/Group_R_Mean200", all, of: count, as: Double.self)
        : [Double](repeating: .nan, count: count)
    }
    if header.subhalosInFile > 0 {
      let all = 0..<header.subhalosInFile
      let count = header.subhalosInFile
      subhaloLengths += try source.rows(
        "Subhalo/SubhaloLenType", all, of: count, columns: 1..<2, as: Int64.self)
      let number =
        try source.has("Subhalo/SubhaloGroupNr")
        ? "Subhalo/SubhaloGroupNr" : "Subhalo/SubhaloGrNr"
      subhaloGroups += try source.rows(number, all, of: count, as: Int64.self)
      if try source.has("Subhalo/SubhaloOffsetType") {
        subhaloOffsets += try source.rows(
          "Subhalo/SubhaloOffsetType", all, of: count, columns: 1..<2, as: Int64.self)
      }
    }
  }

  func check(against header: CatalogueHeader, _ path: String) throws(SnapshotError) {
    guard lengths.count == header.groupCount, subhaloLengths.count == header.subhaloCount ?? 0
    else {
      throw SnapshotError(
        .inconsistentCounts, in: path, dataset: "group Header",
        because: "the files hold \(lengths.count) groups and \(subhaloLengths.count) subhaloes, "
          + "the header says \(header.groupCount) and \(header.subhaloCount ?? 0)",
        remedy: "Put all files of the catalogue together.")
    }
  }

  /// The rows of groups and subhaloes: from the offsets, or else from running sums, which go on
  /// from file to file.
  func rows(_ path: String) throws(SnapshotError) -> ([Range<Int>], [Range<Int>]) {
    func refuse(_ dataset: String, _ reason: String) -> SnapshotError {
      SnapshotError(
        .inconsistentCounts, in: path, dataset: dataset, because: reason,
        remedy: "Write the catalogue again; its rows do not follow each other.")
    }
    var groups: [Range<Int>] = []
    var end = 0
    for (index, length) in lengths.enumerated() {
      let start = offsets.count == lengths.count ? Int(offsets[index]) : end
      guard start >= end, length >= 0 else {
        throw refuse("Group/GroupOffsetType", "group \(index) begins at row \(start) before \(end)")
      }
      end = start + Int(length)
      groups.append(start..<end)
    }
    var subhalos: [Range<Int>] = []
    end = 0
    for (index, length) in subhaloLengths.enumerated() {
      guard groups.indices.contains(Int(subhaloGroups[index])) else {
        throw refuse("Subhalo/SubhaloGroupNr", "subhalo \(index) is in no group")
      }
      let group = groups[Int(subhaloGroups[index])]
      let start =
        subhaloOffsets.count == subhaloLengths.count
        ? Int(subhaloOffsets[index]) : max(end, group.lowerBound)
      guard start >= end, length >= 0, start >= group.lowerBound,
        start + Int(length) <= group.upperBound
      else {
        throw refuse(
          "Subhalo/SubhaloOffsetType", "the rows of subhalo \(index) are not within its group's")
      }
      end = start + Int(length)
      subhalos.append(start..<end)
    }
    return (groups, subhalos)
  }
}
