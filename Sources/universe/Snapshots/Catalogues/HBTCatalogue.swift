internal import Failures
internal import HDF5

/// Halos of HBT+ and HBT-HERONS: `SubSnap` with records of subhaloes and lists of the particles that are bound to them,
/// or `OrderedSubSnap`, which has a column for each property and one list.
///
/// A halo is all subhaloes of one host, or one subhalo without a host; its mass is that of the particles bound to
/// them, for others are not listed. Subhaloes of fewer than two particles are not halos: they are followed after they
/// have dissolved. Han et al. (2018), doi:10.1093/mnras/stx2792.
enum HBTCatalogue: CatalogueFile {
  static let formatDescription = "SubSnap of HBT+ or HBT-HERONS, HDF5"
  static let prefixes = ["SubSnap", "OrderedSubSnap"]
  static let names = GroupTables.Names(
    lengths: "Subhalos, Nbound", masses: "Subhalos, Mbound",
    positions: "Subhalos, ComovingMostBoundPosition", radii: "Subhalos, R200MeanComoving",
    subhaloGroups: "Subhalos, HostHaloId")

  private static let subhalos = "Subhalos"
  private static let lists = "SubhaloParticles"
  private static let ids = "Particles/ParticleIDs"
  private static let total = "NumberOfSubhalosInAllFiles"

  static func recognizes(_ candidate: CatalogueCandidate) throws(Failure) -> Bool {
    guard let source = candidate.source else { return false }
    for name in [lists, total] where try source.has(name) { return try source.has(subhalos) }
    return false
  }

  static func catalogue(
    _ first: String, of snapshot: Snapshot
  ) throws(Failure) -> GroupCatalogue {
    let source = try SnapshotSource(first)
    let files = try SnapshotFiles(first, prefixes: []).all(
      StatedNumber(path: first, place: "NumberOfFiles").fileCount(source.single("NumberOfFiles")))
    for path in files {
      let source = try SnapshotSource(path)
      if try !source.has(lists), try !source.has(ids) {
        throw Failure(
          .missingContent, in: path, dataset: lists,
          because: "it does not list the particles of its subhaloes",
          remedy: "Give the files SubSnap that HBT wrote, or sort them with their particles "
            + "(SortCatalogues.py --with-particles).")
      }
    }
    let objects = try Objects(files, snapshot)
    let count = try source.single(total)
    guard UInt64(objects.lengths.count) == count else {
      throw Failure(
        .inconsistentCounts, in: first, dataset: total,
        because: "the files hold \(objects.lengths.count) subhaloes, the first says \(count)",
        remedy: "Put all files of the catalogue together.")
    }
    return try objects.halos.catalogue(
      files, .hbt, lengthUnit: objects.lengthUnit, isBound: true, of: snapshot,
      nested: objects.nested)
  }

  static func members(
    of catalogue: GroupCatalogue, in snapshot: Snapshot, share: Int, of shares: Int
  ) throws(Failure) -> ListedMembers {
    var members = ListedMembers()
    var start = 0
    for path in catalogue.files {
      let source = try SnapshotSource(path)
      let lengths = try Objects.lengths(in: source, snapshot)
      let count = lengths.count
      let own = share * count / shares..<(share + 1) * count / shares
      if !own.isEmpty {
        for (object, list) in zip(own, try lists(of: own, source, lengths)) {
          members.add(
            list, halo: lengths[object] > 1 ? catalogue.place(ofObject: start + object) : -1,
            isBound: true)
        }
      }
      start += count
    }
    return members
  }

  /// Reads the IDs of the particles of some subhaloes in a file [subhalo].
  private static func lists(
    of objects: Range<Int>, _ source: SnapshotSource, _ lengths: [Int]
  ) throws(Failure) -> [[UInt64]] {
    guard try source.has(lists) else {
      let before = lengths[..<objects.lowerBound].reduce(0, +)
      let count = try source.rowCount(of: ids)
      let own = lengths[objects]
      guard lengths.reduce(0, +) == count else {
        throw Failure(
          .inconsistentCounts, in: source.path, dataset: ids,
          because: "it lists \(count) particles, the subhaloes have \(lengths.reduce(0, +))",
          remedy: "Copy the file again; it may be damaged.")
      }
      let all = try source.wholeRows(ids, before..<before + own.reduce(0, +), of: count)
      var end = 0
      return own.map { length in
        end += length
        return Array(all[end - length..<end])
      }
    }
    let stored = try source.reading(lists) { () throws(HDF5Error) in
      try source.file.dataset(lists).read(lists: objects)
    }
    return try zip(objects, stored).map { (object, list) throws(Failure) in
      guard list.count >= lengths[object] else {
        throw Failure(
          .inconsistentCounts, in: source.path, dataset: lists,
          because: "subhalo \(object) has \(lengths[object]) particles, and lists "
            + "\(list.count)",
          remedy: "Copy the file again; it may be damaged.")
      }
      return Array(list.prefix(lengths[object]))
    }
  }

  /// The properties of the subhaloes of one file: fields of records, or columns.
  private struct SubhaloTable {
    let source: SnapshotSource
    let count: Int

    func has(_ name: String) throws(Failure) -> Bool {
      if try source.has("\(subhalos)/\(name)") { return true }
      if try source.has("\(subhalos)/Nbound") { return false }
      return try source.reading(subhalos) { () throws(HDF5Error) in
        try source.file.dataset(subhalos).hasField(name)
      }
    }

    /// Refuses a file that lacks a property.
    func require(_ names: [String]) throws(Failure) {
      for name in names where try !has(name) {
        throw Failure(
          .missingContent, in: source.path, dataset: "\(subhalos), \(name)",
          because: "this property of HBT's subhaloes is not there",
          remedy: "Give SubSnap as HBT wrote it, or give the halos as a table of `labels`.")
      }
    }

    func column<Element: HDF5Element>(
      _ name: String, width: Int = 1, as type: Element.Type
    ) throws(Failure) -> [Element] {
      if try source.has("\(subhalos)/\(name)") {
        return try source.rows(
          "\(subhalos)/\(name)", 0..<count, of: count, columns: width == 1 ? nil : 0..<width,
          as: type)
      }
      return try source.reading("\(subhalos), \(name)") { () throws(HDF5Error) in
        try source.file.dataset(subhalos).read(field: name, width: width, as: type)
      }
    }
  }

  /// The subhaloes of all files.
  private struct Objects {
    /// The numbers of bound particles [subhalo].
    var lengths: [Int] = []
    let nested: NestedHalos
    let halos: ListedHalos

    /// [Mpc/h].
    let lengthUnit: Double

    private static func count(in source: SnapshotSource) throws(Failure) -> Int {
      try source.rowCount(
        of: source.has("\(subhalos)/Nbound") ? "\(subhalos)/Nbound" : subhalos)
    }

    /// Reads the numbers of bound particles of the subhaloes of a file, which together are no more than any file can
    /// hold.
    static func lengths(
      in source: SnapshotSource, _ snapshot: Snapshot
    ) throws(Failure) -> [Int] {
      let count = try snapshot.count(count(in: source), names.lengths, source.path)
      if count == 0 { return [] }
      let table = SubhaloTable(source: source, count: count)
      try table.require(["Nbound"])
      var total = 0
      return try table.column("Nbound", as: Int64.self).map { (length) throws(Failure) in
        let isCount = (0...Int64(snapshot.particleCount)).contains(length)
        total += isCount ? Int(length) : StatedNumber.most
        guard total < StatedNumber.most else {
          throw Failure(
            .invalidValue, in: source.path, dataset: names.lengths,
            because: "a subhalo has \(length) particles",
            remedy: "Give the catalogue that was made from this snapshot; it may be damaged.")
        }
        return Int(length)
      }
    }

    /// Reads all subhaloes, whose masses must be those of their particles.
    init(_ files: [String], _ snapshot: Snapshot) throws(Failure) {
      var (hosts, ranks): ([Int64], [Int64]) = ([], [])
      var (masses, positions, radii): ([Double], [Double], [Double]) = ([], [], [])
      for path in files {
        let source = try SnapshotSource(path)
        let own = try Self.lengths(in: source, snapshot)
        if own.isEmpty { continue }
        lengths += own
        let table = SubhaloTable(source: source, count: own.count)
        try table.require(["HostHaloId", "Mbound", "ComovingMostBoundPosition"])
        hosts += try table.column("HostHaloId", as: Int64.self)
        // Without ranks the most massive subhalo of a host is the central one.
        ranks +=
          try table.has("Rank")
          ? table.column("Rank", as: Int64.self) : [Int64](repeating: 0, count: own.count)
        masses += try table.column("Mbound", as: Double.self)
        positions += try table.column("ComovingMostBoundPosition", width: 3, as: Double.self)
        radii +=
          try table.has("R200MeanComoving")
          ? table.column("R200MeanComoving", as: Double.self)
          : [Double](repeating: .nan, count: own.count)
      }
      let units = try Self.units(SnapshotSource(files[0]), snapshot)
      lengthUnit = units.length
      for object in masses.indices {
        masses[object] = lengths[object] > 1 ? masses[object] * units.mass : 0
        guard lengths[object] > 1 else { continue }
        let expected = Double(lengths[object]) * snapshot.particleMass * snapshot.cosmology.hubble
        guard abs(masses[object] - expected) <= 2e-3 * expected else {
          throw Failure(
            .mismatch, in: files[0], dataset: names.masses,
            because: "a subhalo has \(masses[object]) Msun/h, but its \(lengths[object]) particles "
              + "have \(expected)",
            remedy: "Give the catalogue that was made from \(snapshot.path).")
        }
      }
      nested = try NestedHalos(
        parents: Self.parents(hosts, ranks, masses), files[0], names.subhaloGroups)
      halos = nested.halos(
        masses: nested.sums(masses), positions: positions, radii: radii.map { $0 * units.length })
    }

    /// The central subhalo of the host of each other one: that of rank 0, of several the most massive.
    private static func parents(
      _ hosts: [Int64], _ ranks: [Int64], _ masses: [Double]
    ) -> [Int] {
      func precedes(_ one: Int, _ other: Int) -> Bool {
        (ranks[one] == 0 ? 0 : 1, -masses[one]) < (ranks[other] == 0 ? 0 : 1, -masses[other])
      }
      var centrals: [Int64: Int] = [:]
      for (object, host) in hosts.enumerated() where host >= 0 {
        if let known = centrals[host], !precedes(object, known) { continue }
        centrals[host] = object
      }
      return hosts.enumerated().map { object, host in
        centrals[host].flatMap { host >= 0 && $0 != object ? $0 : nil } ?? -1
      }
    }

    /// The units that the file states, or else the snapshot's; box and time are compared with it.
    private static func units(
      _ source: SnapshotSource, _ snapshot: Snapshot
    ) throws(Failure) -> SnapshotUnits {
      func number(_ name: String) throws(Failure) -> Double? {
        guard try source.has(name) else { return nil }
        return try StatedNumber(path: source.path, place: name).positive(
          source.rows(name, 0..<1, of: 1, as: Double.self)[0])
      }
      try snapshot.check(scaleFactor: number("Cosmology/ScaleFactor"), of: source.path)
      // Older files state none; masses show whether they are the snapshot's.
      return SnapshotUnits(
        length: try number("Units/LengthInMpch") ?? snapshot.units.length,
        mass: try number("Units/MassInMsunh") ?? snapshot.units.mass, velocity: 1)
    }
  }
}
