internal import Failures

/// `fof_subhalo_tab` and `fof_tab` in HDF5, as GADGET-4 and AREPO write them, GADGET-3's with the same groups,
/// `eagle_subfind_tab` with the names of EAGLE, and GADGET-3's with the particles of groups, as of OWLS.
///
/// Without `IDs/ID` the snapshot has its particles in the order of groups; with it the members are the IDs
/// of that list.
enum GadgetHDF5Catalogue: CatalogueFile {
  static let formatDescription = "fof_subhalo_tab or fof_tab of GADGET, AREPO, EAGLE or OWLS, HDF5"
  static let prefixes =
    ["fof_subhalo_tab", "fof_tab", "groups_", "subhalo_tab", "eagle_subfind_tab"]
    // OWLS has a number behind these, where others have a word.
    + ["group_", "subhalo_"].flatMap { name in (0...9).map { "\(name)\($0)" } }

  /// The names of EAGLE's columns; its groups are counted from 1.
  private static let eagle = GroupTables.Names(
    lengths: "FOF/GroupLength", offsets: "FOF/GroupOffset", masses: "FOF/GroupMass",
    positions: "FOF/GroupCentreOfPotential", radii: "FOF/Group_R_Mean200",
    subhaloGroups: "Subhalo/GroupNumber", subhaloLengths: "Subhalo/SubLength",
    subhaloOffsets: "Subhalo/SubOffset")

  /// The names of OWLS's columns, some of them beside the particles of groups.
  private static let owls = GroupTables.Names(
    lengths: "FOF/PartType1/Length", offsets: "FOF/PartType1/Offset", masses: "FOF/Mass",
    positions: "FOF/CenterOfMass", radii: "SUBFIND/Halo_R_Mean200", subhaloGroups: "SUBFIND/GrNr",
    subhaloLengths: "FOF/PartType1/SUB_Length", subhaloOffsets: "FOF/PartType1/SUB_Offset")

  /// The names that the list of the members' IDs may have.
  private static let ids = ["IDs/ID", "IDs/ParticleID", "FOF/PartType1/ParticleIDs"]

  /// The layouts, by where the numbers of groups are and what columns are called.
  private enum Layout {
    case gadget, eagle, owls

    init(of source: SnapshotSource) throws(Failure) {
      guard try source.has("FOF") else {
        self = .gadget
        return
      }
      self = try source.counts(Header.total, of: "FOF") == nil ? .eagle : .owls
    }

    /// The group whose attributes are the numbers of files and groups.
    var header: String { self == .owls ? "FOF" : "Header" }
  }

  static func recognizes(_ candidate: CatalogueCandidate) throws(Failure) -> Bool {
    guard let source = candidate.source else { return false }
    let group = try Layout(of: source).header
    for name in Header.totals where try source.counts(name, of: group) != nil { return true }
    return try source.has("Group")
  }

  static func catalogue(
    _ first: String, of snapshot: Snapshot
  ) throws(Failure) -> GroupCatalogue {
    let header = try Header(of: SnapshotSource(first), snapshot)
    let units = header.units ?? snapshot.units
    let files = try SnapshotFiles(first, prefixes: []).all(header.fileCount)
    var tables = GroupTables()
    var listed = 0
    for path in files {
      let source = try SnapshotSource(path)
      try append(source, try Header(of: source, snapshot), to: &tables)
      listed += try list(in: source)?.count ?? 0
    }
    guard tables.lengths.count == header.groupCount,
      tables.subhaloLengths.count == header.subhaloCount ?? 0
    else {
      throw Failure(
        .inconsistentCounts, in: first, dataset: "group Header",
        because:
          "the files hold \(tables.lengths.count) groups and \(tables.subhaloLengths.count) "
          + "subhaloes, the header says \(header.groupCount) and \(header.subhaloCount ?? 0)",
        remedy: "Put all files of the catalogue together.")
    }
    let isListed = listed > 0
    return try tables.catalogue(
      .init(
        files: files, format: .gadgetHDF5, membership: isListed ? .list : .rows,
        rowCount: isListed ? listed : snapshot.particleCount,
        boxSize: header.boxSize * units.length, redshift: header.redshift, units: units,
        hasSubhalos: header.subhaloCount != nil), of: snapshot)
  }

  static func members(
    of catalogue: GroupCatalogue, in snapshot: Snapshot, share: Int, of shares: Int
  ) throws(Failure) -> ListedMembers {
    let wanted = catalogue.listShare(share, of: shares)
    var members = ListedMembers()
    var start = 0
    for path in catalogue.files {
      let source = try SnapshotSource(path)
      guard let (name, count) = try list(in: source) else { continue }
      let own = wanted.clamped(to: start..<start + count)
      if !own.isEmpty {
        let ids = try source.wholeRows(
          name, own.lowerBound - start..<own.upperBound - start, of: count)
        catalogue.add(ids, at: own.lowerBound, to: &members)
      }
      start += count
    }
    return members
  }

  /// The list of members' IDs in a file, and how many there are.
  private static func list(
    in source: SnapshotSource
  ) throws(Failure) -> (name: String, count: Int)? {
    for name in ids where try source.has(name) { return (name, try source.rowCount(of: name)) }
    return nil
  }

  private static func append(
    _ source: SnapshotSource, _ header: Header, to tables: inout GroupTables
  ) throws(Failure) {
    let names =
      switch header.layout {
      case .gadget: try names(in: source)
      case .eagle: eagle
      case .owls: owls
      }
    tables.names = names
    let count = header.groupsInFile
    if count > 0 {
      tables.lengths += try source.column(names.lengths, count)
      tables.masses += try source.rows(names.masses, 0..<count, of: count, as: Double.self)
      tables.positions += try source.rows(
        names.positions, 0..<count, of: count, columns: 0..<3, as: Double.self)
      if try source.has(names.offsets) { tables.offsets += try source.column(names.offsets, count) }
      tables.radii +=
        try source.has(names.radii)
        ? source.rows(names.radii, 0..<count, of: count, as: Double.self)
        : [Double](repeating: .nan, count: count)
    }
    let subhalos = header.subhalosInFile
    guard subhalos > 0 else { return }
    tables.subhaloLengths += try source.column(names.subhaloLengths, subhalos)
    let first: Int64 = header.layout == .eagle ? 1 : 0
    tables.subhaloGroups += try source.column(names.subhaloGroups, subhalos).map { $0 &- first }
    if try source.has(names.subhaloOffsets) {
      tables.subhaloOffsets += try source.column(names.subhaloOffsets, subhalos)
    }
  }

  /// The names of a file's columns: those by types, or beside a list of IDs those of all particles, which are
  /// dark matter.
  private static func names(
    in source: SnapshotSource
  ) throws(Failure) -> GroupTables.Names {
    func known(_ name: String, _ other: String) throws(Failure) -> String {
      if try source.has(name) { return name }
      return try source.has(other) ? other : name
    }
    var names = GroupTables.Names()
    guard try list(in: source) != nil else {
      if try !source.has(names.subhaloGroups) { names.subhaloGroups = "Subhalo/SubhaloGrNr" }
      return names
    }
    names.lengths = try known(names.lengths, "Group/GroupLen")
    names.offsets = try known(names.offsets, "Group/GroupOffset")
    names.subhaloLengths = try known(names.subhaloLengths, "Subhalo/SubhaloLen")
    names.subhaloOffsets = try known(names.subhaloOffsets, "Subhalo/SubhaloOffset")
    names.subhaloGroups = try known(names.subhaloGroups, "Subhalo/SubhaloGrNr")
    return names
  }

  /// The header of one file, in the file's units.
  private struct Header {
    let fileCount: Int
    let groupCount: Int
    let groupsInFile: Int
    let subhaloCount: Int?
    let subhalosInFile: Int
    let boxSize: Double
    let redshift: Double
    let units: SnapshotUnits?

    let layout: Layout

    /// OWLS's name of the number of all groups.
    static let total = "Total_Number_of_groups"

    /// The names of the number of all groups.
    static let totals = ["Ngroups_Total", "TotNgroups", total]

    init(of source: SnapshotSource, _ snapshot: Snapshot) throws(Failure) {
      let layout = try Layout(of: source)
      func first(_ names: [String]) throws(Failure) -> Int? {
        for name in names {
          guard let stored = try source.counts(name, of: layout.header)?.first else { continue }
          return try snapshot.count(stored, "attribute \(layout.header)/\(name)", source.path)
        }
        return nil
      }
      self.layout = layout
      fileCount = max(1, try first(["NumFiles", "NTask"]) ?? 1)
      guard let groups = try first(Self.totals),
        let inFile = try first(["Ngroups_ThisFile", "Ngroups", "Number_of_groups"])
      else {
        throw Failure(
          .missingContent, in: source.path,
          dataset: layout == .owls
            ? "attribute FOF/Number_of_groups" : "attribute Header/Ngroups_Total",
          because: "the numbers of groups are not there",
          remedy: "Give a catalogue (fof_subhalo_tab or fof_tab), not a snapshot.")
      }
      groupCount = groups
      groupsInFile = inFile
      subhaloCount = try first([
        "Nsubhalos_Total", "Nsubgroups_Total", "TotNsubgroups", "Total_Number_of_subgroups",
      ])
      subhalosInFile =
        try first([
          "Nsubhalos_ThisFile", "Nsubgroups_ThisFile", "Nsubgroups", "Number_of_subgroups",
        ]) ?? 0
      boxSize = try source.required("BoxSize", of: ["Header", "Parameters"])
      redshift = try source.required("Redshift", of: ["Header"])
      units = try source.gadgetUnits()
    }
  }
}

extension SnapshotSource {
  /// A column of whole numbers: of a table by types that of dark matter.
  fileprivate func column(_ name: String, _ count: Int) throws(Failure) -> [Int64] {
    try rows(
      name, 0..<count, of: count, columns: name.hasSuffix("Type") ? 1..<2 : nil, as: Int64.self)
  }
}
