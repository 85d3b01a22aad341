internal import Failures

/// Friends-of-friends groups of P-GADGET-3, as of the Quijote simulations: tables in `group_tab_NNN.0` and
/// so on, and the members in their order in `group_ids_NNN.0`.
///
/// A table has for each group its length, offset, mass, position, velocity, lengths and masses by type, and
/// perhaps a star formation rate and a type. Radii and bound particles are not known; box, time and units are
/// those of the snapshot.
enum GroupTabCatalogue: CatalogueFile {
  static let formatDescription = "group_tab and group_ids of P-GADGET-3, binary"
  static let prefixes = ["group_tab"]

  static let names = GroupTables.Names(
    lengths: "column GroupLen", offsets: "column GroupOffset", masses: "column GroupMass",
    positions: "column GroupPos")

  static func recognizes(_ candidate: CatalogueCandidate) throws(Failure) -> Bool {
    candidate.isGadgetTable(.groupTab, named: "group_tab")
  }

  static func catalogue(
    _ first: String, of snapshot: Snapshot
  ) throws(Failure) -> GroupCatalogue {
    let (files, ids) = try GadgetGroupFile.set(first, .groupTab, of: snapshot)
    var tables = GroupTables(names: names)
    for file in files { try tables.appendGroups(of: file) }
    tables.radii = tables.masses.map { _ in .nan }
    return try tables.catalogue(
      .init(
        files: files.map(\.bytes.path) + ids, format: .groupTab, membership: .list,
        rowCount: Int(files[0].idsInAll), boxSize: snapshot.boxSize, redshift: snapshot.redshift,
        units: snapshot.units, hasSubhalos: false), of: snapshot)
  }

  static func members(
    of catalogue: GroupCatalogue, in snapshot: Snapshot, share: Int, of shares: Int
  ) throws(Failure) -> ListedMembers {
    try GadgetGroupFile.members(
      of: catalogue, ids: Array(catalogue.files.suffix(catalogue.files.count / 2)), share: share,
      of: shares)
  }
}
