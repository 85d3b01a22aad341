internal import Failures
internal import Foundation

/// A binary file of P-GADGET-3's group finders: whole numbers without record marks, then columns one after
/// the other.
///
/// Neither byte order nor widths are stated: they are those with which the file's size is what its header
/// announces.
struct GadgetGroupFile {
  /// The kinds of files.
  enum Kind {
    case subhaloTab, groupTab, ids
  }

  let bytes: CatalogueBytes
  let groups: UInt32
  let groupsInAll: UInt32
  let ids: UInt32
  let idsInAll: UInt64
  let fileCount: UInt32
  let subhalos: UInt32
  let subhalosInAll: UInt32

  /// The offset of the columns [bytes].
  let body: Int

  /// The size of one group in all columns together [bytes]; 0 in files of IDs.
  let groupWidth: Int

  /// The size of one ID [bytes]; 0 in files of groups.
  let idWidth: Int

  /// Reads the header of a file; `nil` if it is not of the kind.
  init?(_ path: String, _ content: Data, _ kind: Kind) {
    for isBigEndian in [false, true] {
      let bytes = CatalogueBytes(path, content, isBigEndian: isBigEndian)
      // The number of IDs in all files is of 64 bits; of 32 bits in the first versions.
      for wide in [true, false] {
        if let found = Self(bytes, kind, hasWideTotal: wide) {
          self = found
          return
        }
      }
    }
    return nil
  }

  private init?(_ bytes: CatalogueBytes, _ kind: Kind, hasWideTotal wide: Bool) {
    func word(_ offset: Int) -> UInt32? { bytes.integer(at: offset, as: UInt32.self) }
    let end = wide ? 20 : 16
    guard let groups = word(0), let groupsInAll = word(4), let ids = word(8),
      let idsInAll = wide ? bytes.integer(at: 12, as: UInt64.self) : word(12).map(UInt64.init),
      let fileCount = word(end)
    else { return nil }
    guard groups <= groupsInAll, UInt64(ids) <= idsInAll, fileCount >= 1, fileCount <= 1_000_000,
      UInt64(groupsInAll) <= max(idsInAll, UInt64(groups)), fileCount > 1 || groups == groupsInAll
    else { return nil }
    self.bytes = bytes
    self.groups = groups
    self.groupsInAll = groupsInAll
    self.ids = ids
    self.idsInAll = idsInAll
    self.fileCount = fileCount
    let size = bytes.content.count
    switch kind {
    case .ids:
      let widths = [(8, 4), (8, 8), (4, 4), (4, 8)].map { (end + $0.0, $0.1) }
      guard let (body, width) = widths.first(where: { $0.0 + Int(ids) * $0.1 == size }) else {
        return nil
      }
      (self.body, idWidth, groupWidth, subhalos, subhalosInAll) = (body, width, 0, 0, 0)
    case .groupTab:
      // Lengths, offsets, masses, positions, velocities, six lengths and masses; star formation rates, types.
      let (start, widths) = (end + 4, [84, 88, 92])
      guard let width = widths.first(where: { start + Int(groups) * $0 == size }) else {
        return nil
      }
      body = start
      (groupWidth, idWidth, subhalos, subhalosInAll) = (width, 0, 0, 0)
    case .subhaloTab:
      guard let subhalos = word(end + 4), let inAll = word(end + 8), subhalos <= inAll else {
        return nil
      }
      body = end + 12
      let counts = (groups: Int(groups), subhalos: Int(subhalos))
      guard let width = Self.groupWidth(bytes, body, counts) else { return nil }
      (groupWidth, idWidth, self.subhalos, subhalosInAll) = (width, 0, subhalos, inAll)
    }
  }

  /// Finds the size of a group [bytes] in a table with subhaloes, with or without three velocity
  /// dispersions: that with which the subhaloes of groups add up to those of the file.
  private static func groupWidth(
    _ bytes: CatalogueBytes, _ body: Int, _ counts: (groups: Int, subhalos: Int)
  ) -> Int? {
    [64, 76].first { width in
      let rest = bytes.content.count - body - counts.groups * width
      // A subhalo has at least its length and offset, and numbers of four bytes.
      guard counts.subhalos > 0 ? rest % (4 * counts.subhalos) == 0 : rest == 0,
        rest >= 8 * counts.subhalos
      else { return false }
      let numbers = try? bytes.integers(
        at: body + counts.groups * (width - 8), count: counts.groups, as: UInt32.self, "")
      return numbers?.reduce(into: 0) { $0 += Int($1) } == counts.subhalos
    }
  }

  /// A column of whole numbers for each group, `place` bytes of each group into the columns.
  func words(_ place: Int, _ dataset: String) throws(Failure) -> [UInt32] {
    try bytes.integers(
      at: body + place * Int(groups), count: Int(groups), as: UInt32.self, dataset)
  }

  /// A column of `width` numbers for each group.
  func numbers(_ place: Int, width: Int = 1, _ dataset: String) throws(Failure) -> [Double] {
    try bytes.singles(at: body + place * Int(groups), count: width * Int(groups), dataset)
  }

  /// Opens all tables of a set, and finds the file of IDs beside each.
  ///
  /// - Parameters:
  ///   - first: The first table.
  ///   - kind: The kind of the tables.
  ///   - snapshot: The snapshot, which has as many particles as there can be IDs.
  /// - Returns: The tables, whose numbers add up to the header's, and the paths of their IDs.
  /// - Throws: A `Failure`.
  static func set(
    _ first: String, _ kind: Kind, of snapshot: Snapshot
  ) throws(Failure) -> (tables: [GadgetGroupFile], ids: [String]) {
    let header = try opened(first, kind)
    let count = try snapshot.count(header.fileCount, "header", first)
    let paths = try SnapshotFiles(first, prefixes: []).all(count)
    let tables = try paths.map { (path) throws(Failure) in try opened(path, kind) }
    let ids = paths.map { $0.replacingLast("_tab_", by: "_ids_") }
    for path in ids where !FileManager.default.fileExists(atPath: path) {
      throw Failure(
        .missingFile, in: path,
        because: "it has the IDs of the members of the groups in \(first), and is not there",
        remedy: "Copy the files of IDs (\(kind == .groupTab ? "group" : "subhalo")_ids) beside the "
          + "tables, with the same numbers.")
    }
    let sums: [(String, Int, UInt64)] = [
      ("groups", tables.reduce(0) { $0 + Int($1.groups) }, UInt64(header.groupsInAll)),
      ("subhaloes", tables.reduce(0) { $0 + Int($1.subhalos) }, UInt64(header.subhalosInAll)),
      ("IDs", tables.reduce(0) { $0 + Int($1.ids) }, header.idsInAll),
    ]
    for (what, sum, total) in sums {
      guard try snapshot.count(total, "header", first) == sum else {
        throw Failure(
          .inconsistentCounts, in: first, dataset: "header",
          because: "the files hold \(sum) \(what), the header says \(total)",
          remedy: "Put all files of the catalogue together.")
      }
    }
    return (tables, ids)
  }

  private static func opened(
    _ path: String, _ kind: Kind
  ) throws(Failure) -> GadgetGroupFile {
    guard let file = GadgetGroupFile(path, try FileContent.mapped(path), kind) else {
      throw Failure(
        .inconsistentCounts, in: path, dataset: "header",
        because: "the file's size is not what its numbers announce, in either byte order",
        remedy: "Copy the file again if it is cut off. If it was written before P-GADGET-3, give "
          + "the halos as a table of `labels` by particle ID.")
    }
    return file
  }

  /// Reads one of equal shares of the members.
  static func members(
    of catalogue: GroupCatalogue, ids paths: [String], share: Int, of shares: Int
  ) throws(Failure) -> ListedMembers {
    let wanted = catalogue.listShare(share, of: shares)
    var members = ListedMembers()
    var start = 0
    for path in paths {
      let file = try opened(path, .ids)
      let own = wanted.clamped(to: start..<start + Int(file.ids))
      if !own.isEmpty {
        let ids = try file.bytes.ids(
          at: file.body + (own.lowerBound - start) * file.idWidth, count: own.count,
          width: file.idWidth, "IDs")
        catalogue.add(ids, at: own.lowerBound, to: &members)
      }
      start += Int(file.ids)
    }
    guard start == catalogue.listCount else {
      throw Failure(
        .inconsistentCounts, in: paths[0], dataset: "header",
        because: "the files hold \(start) IDs, the tables say \(catalogue.listCount)",
        remedy: "Put the tables and the IDs of one catalogue together.")
    }
    return members
  }
}
