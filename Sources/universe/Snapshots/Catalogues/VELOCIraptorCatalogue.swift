internal import Failures

/// Halos of VELOCIraptor in HDF5: of each part `catalog_groups`, `properties`, `catalog_particles` and
/// `catalog_particles.unbound`, which list a substructure's particles apart from its halo's.
///
/// A halo is a field halo with all that is within it; its mass is that of its friends of friends. Units are stated:
/// comoving ones per h, or physical ones without h. Elahi et al. (2019), doi:10.1017/pasa.2019.12.
enum VELOCIraptorCatalogue: CatalogueFile {
  static let formatDescription =
    "catalog_groups, catalog_particles and properties of VELOCIraptor, HDF5"
  static let endings = [kinds[0], kinds[0] + ".0"]
  static let names = GroupTables.Names(
    lengths: "Group_Size", offsets: "Offset", masses: "Mass_FOF",
    positions: "Xcmbp, Ycmbp, Zcmbp", radii: "R_200mean")

  /// The kinds of files, as their names say: the ones of groups come first.
  private static let kinds = [
    ".catalog_groups", ".properties", ".catalog_particles", ".catalog_particles.unbound",
  ]

  static func recognizes(_ candidate: CatalogueCandidate) throws(Failure) -> Bool {
    guard let source = candidate.source else { return false }
    for name in ["Offset_unbound", "hostHaloID", "Particle_IDs"] where try source.has(name) {
      return true
    }
    return false
  }

  static func catalogue(
    _ first: String, of snapshot: Snapshot
  ) throws(Failure) -> GroupCatalogue {
    let files = try files(first)
    let objects = try Objects(files, snapshot)
    return try objects.halos.catalogue(
      files.flatMap { $0 }, .velociraptor, lengthUnit: objects.lengthUnit, isBound: true,
      of: snapshot)
  }

  static func members(
    of catalogue: GroupCatalogue, in snapshot: Snapshot, share: Int, of shares: Int
  ) throws(Failure) -> ListedMembers {
    let count = catalogue.files.count / kinds.count
    let files = kinds.indices.map { Array(catalogue.files[$0 * count..<($0 + 1) * count]) }
    let objects = try Objects(files, snapshot)
    let places = try objects.nested.places(objects.halos, catalogue.path)
    var members = ListedMembers()
    for list in objects.lists {
      let own = share * list.count / shares..<(share + 1) * list.count / shares
      if own.isEmpty { continue }
      let ids = try SnapshotSource(list.path).wholeRows(Objects.ids, own, of: list.count)
      for (index, rows) in list.rows.enumerated() {
        let rows = rows.clamped(to: own)
        members.add(
          rows.lazy.map { ids[$0 - own.lowerBound] }, halo: places[list.firstObject + index],
          isBound: list.isBound)
      }
    }
    return members
  }

  /// Finds the files of all parts [kind][part].
  private static func files(_ first: String) throws(Failure) -> [[String]] {
    let name = first.split(separator: "/").last.map(String.init) ?? first
    guard let kind = kinds.reversed().first(where: name.contains) else {
      throw Failure(
        .missingFile, in: first,
        because: "its name does not have \(kinds.joined(separator: " or ")), by which the other "
          + "files of the catalogue could be found beside it",
        remedy: "Give the files of VELOCIraptor the names that it wrote them under.")
    }
    let groups = try SnapshotFiles(first.replacingLast(kind, by: kinds[0]), prefixes: [])
    let source = try SnapshotSource(groups.first)
    let count = try source.single("Num_of_files")
    let parts = try groups.all(
      StatedNumber(path: source.path, place: "Num_of_files").fileCount(count))
    return try kinds.map { (kind) throws(Failure) in
      try parts.map { (part) throws(Failure) in
        try SnapshotFiles(part.replacingLast(kinds[0], by: kind), prefixes: []).first
      }
    }
  }

  /// The objects of all files.
  private struct Objects {
    static let ids = "Particle_IDs"

    /// A list of particles, and which rows of it are of which object.
    struct List {
      let path: String
      let count: Int
      let firstObject: Int
      let rows: [Range<Int>]
      let isBound: Bool
    }

    var lists: [List] = []
    let nested: NestedHalos
    let halos: ListedHalos

    /// [Mpc/h].
    let lengthUnit: Double

    /// Reads all objects, whose number cannot be larger than that of particles.
    init(_ files: [[String]], _ snapshot: Snapshot) throws(Failure) {
      var (numbers, hosts): ([Int64], [Int64]) = ([], [])
      var (masses, own, positions, radii): ([Double], [Double], [Double], [Double]) =
        ([], [], [], [])
      let units = try Units(SnapshotSource(files[1][0]), snapshot)
      let total = try SnapshotSource(files[0][0]).single("Total_num_of_groups")
      for part in files[0].indices {
        let groups = try SnapshotSource(files[0][part])
        let properties = try SnapshotSource(files[1][part])
        let count = try groups.single("Num_of_groups") == 0 ? 0 : groups.rowCount(of: names.lengths)
        _ = try snapshot.count(count, names.lengths, groups.path)
        if count == 0 { continue }
        func column(_ name: String) throws(Failure) -> [Double] {
          try properties.rows(name, 0..<count, of: count, as: Double.self)
        }
        lists += try Self.lists(
          groups, count, firstObject: numbers.count, files[2][part], files[3][part])
        numbers += try properties.rows("ID", 0..<count, of: count, as: Int64.self)
        hosts += try properties.rows("hostHaloID", 0..<count, of: count, as: Int64.self)
        masses += try column(names.masses)
        own += try properties.has("Mass_tot") ? column("Mass_tot") : column(names.masses)
        let axes = try ["Xcmbp", "Ycmbp", "Zcmbp"].map(column)
        for object in 0..<count { positions += axes.map { $0[object] } }
        radii +=
          try properties.has(names.radii)
          ? column(names.radii) : [Double](repeating: .nan, count: count)
      }
      guard UInt64(numbers.count) == total else {
        throw Failure(
          .inconsistentCounts, in: files[0][0], dataset: "Total_num_of_groups",
          because: "the files hold \(numbers.count) groups, the first says \(total)",
          remedy: "Put all files of the catalogue together.")
      }
      nested = try Self.nested(numbers, hosts, files[1][0])
      // Where the mass of friends of friends is not there, it is that of all objects.
      let sums = nested.sums(own)
      lengthUnit = units.length
      halos = nested.halos(
        masses: masses.indices.map { units.mass * (masses[$0] == 0 ? sums[$0] : masses[$0]) },
        positions: positions, radii: radii.map { $0 * units.length })
    }

    private static func nested(
      _ numbers: [Int64], _ hosts: [Int64], _ path: String
    ) throws(Failure) -> NestedHalos {
      var places: [Int64: Int] = [:]
      for (place, number) in numbers.enumerated() { places[number] = place }
      let parents = try hosts.map { (host) throws(Failure) in
        if host <= 0 { return -1 }
        guard let place = places[host] else {
          throw Failure(
            .invalidValue, in: path, dataset: "hostHaloID",
            because: "an object is within halo \(host), which is not there",
            remedy: "Put all files of the catalogue together.")
        }
        return place
      }
      return try NestedHalos(parents: parents, path, "hostHaloID")
    }

    /// The lists of bound and of other particles of one part.
    private static func lists(
      _ groups: SnapshotSource, _ count: Int, firstObject: Int, _ bound: String, _ unbound: String
    ) throws(Failure) -> [List] {
      let sizes = try groups.rows(names.lengths, 0..<count, of: count, as: Int64.self)
      let lists = try [(bound, names.offsets, true), (unbound, "Offset_unbound", false)].map {
        (path, dataset, isBound) throws(Failure) in
        let particles = try SnapshotSource(path)
        let length =
          try particles.single("Num_of_particles_in_groups") == 0 ? 0 : particles.rowCount(of: ids)
        let starts = try groups.rows(dataset, 0..<count, of: count, as: Int64.self)
        var rows: [Range<Int>] = []
        for (index, start) in starts.enumerated() {
          let end = index + 1 < count ? starts[index + 1] : Int64(length)
          guard start >= (rows.last.map { Int64($0.upperBound) } ?? 0), start <= end,
            end <= Int64(length)
          else {
            throw Failure(
              .inconsistentCounts, in: groups.path, dataset: dataset,
              because: "group \(index) has rows \(start) to \(end), of \(length) in \(path)",
              remedy: "Put the files of one catalogue together; this one may be damaged.")
          }
          rows.append(Int(start)..<Int(end))
        }
        return List(
          path: path, count: length, firstObject: firstObject, rows: rows, isBound: isBound)
      }
      if let wrong = (0..<count).first(where: {
        Int64(lists[0].rows[$0].count + lists[1].rows[$0].count) != sizes[$0]
      }) {
        throw Failure(
          .inconsistentCounts, in: groups.path, dataset: names.lengths,
          because: "group \(wrong) has \(sizes[wrong]) particles, but the offsets leave it "
            + "\(lists[0].rows[wrong].count) bound and \(lists[1].rows[wrong].count) others",
          remedy: "Put the files of one catalogue together; this one may be damaged.")
      }
      return lists
    }
  }

  /// The units of the properties.
  private struct Units {
    /// [Mpc/h].
    let length: Double

    /// [Msun/h].
    let mass: Double

    /// Reads the units, and compares box and time with the snapshot.
    init(_ source: SnapshotSource, _ snapshot: Snapshot) throws(Failure) {
      func number(_ name: String, of group: String) throws(Failure) -> Double {
        let place = "attribute \(group)/\(name)"
        guard let value = try source.spelledNumber(name, of: group) else {
          throw Failure(
            .missingContent, in: source.path, dataset: place,
            because: "it is not there, or no number",
            remedy: "Give the files `properties` as VELOCIraptor wrote them.")
        }
        return value
      }
      func positive(_ name: String, of group: String) throws(Failure) -> Double {
        try StatedNumber(path: source.path, place: "attribute \(group)/\(name)").positive(
          number(name, of: group))
      }
      let isComoving = try number("Comoving_or_Physical", of: "UnitInfo") != 0
      let hubble = try positive("h_val", of: "SimulationInfo")
      let scaleFactor = try positive("ScaleFactor", of: "SimulationInfo")
      let megaparsecs = try positive("Length_unit_to_kpc", of: "UnitInfo") / 1000
      let solarMasses = try positive("Mass_unit_to_solarmass", of: "UnitInfo")
      length = isComoving ? megaparsecs : megaparsecs * hubble / scaleFactor
      mass = isComoving ? solarMasses : solarMasses * hubble
      try snapshot.check(
        boxSize: try source.spelledNumber("Period", of: "SimulationInfo").map { $0 * length },
        scaleFactor: scaleFactor, of: source.path)
    }
  }
}

extension SnapshotSource {
  /// A whole number that is not negative, in a dataset of its own.
  func single(_ dataset: String) throws(Failure) -> UInt64 {
    try wholeRows(dataset, 0..<1, of: 1)[0]
  }

  /// A number of a group that is stored as such, or spelled as a text; `nil` if it is neither.
  func spelledNumber(_ name: String, of group: String) throws(Failure) -> Double? {
    if let text = try? text(name, of: group) { return Double(text) }
    return try numbers(name, of: [group])?.first
  }
}
