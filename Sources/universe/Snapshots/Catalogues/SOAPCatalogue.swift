internal import Failures
internal import Foundation

/// Halos of SOAP: `membership`, which says of each row of the snapshot which object it is in, and `halo_properties`
/// with the objects.
///
/// A halo is a central object with its satellites (`SOAP/HostHaloIndex`); its mass is that of all particles that are
/// bound to them, or, where membership has them (`GroupNr_all`), of all that belong to them. Objects that SOAP left out
/// are no halos. Positions and masses are in the units of SWIFT. McGibbon et al. (2025), doi:10.21105/joss.08252.
enum SOAPCatalogue: CatalogueFile {
  static let formatDescription = "halo_properties and membership of SOAP, HDF5"
  static let prefixes = ["halo_properties"]
  static let names = GroupTables.Names(
    lengths: "InputHalos/HaloCatalogueIndex", masses: "BoundSubhalo/TotalMass",
    positions: "InputHalos/HaloCentre", radii: "SO/200_mean/SORadius",
    subhaloGroups: "SOAP/HostHaloIndex")

  private static let bound = "PartType1/GroupNr_bound"
  private static let all = "PartType1/GroupNr_all"
  private static let whole = "FOFSubhalo/TotalMass"

  static func recognizes(_ candidate: CatalogueCandidate) throws(Failure) -> Bool {
    guard let source = candidate.source else { return false }
    for name in [names.lengths, bound] where try source.has(name) { return true }
    return false
  }

  static func catalogue(
    _ first: String, of snapshot: Snapshot
  ) throws(Failure) -> GroupCatalogue {
    let isMembership = try SnapshotSource(first).has(bound)
    let properties = isMembership ? try found(beside: first, .properties)[0] : first
    let membership = try found(beside: first, .membership)
    var count = 0
    for path in membership {
      let source = try SnapshotSource(path)
      count += try snapshot.count(source.rowCount(of: bound), bound, path)
    }
    guard count == snapshot.particleCount else {
      throw Failure(
        .mismatch, in: membership[0], dataset: bound,
        because: "the files hold \(count) particles, the snapshot has \(snapshot.particleCount)",
        remedy: "Put all files of the membership together, and give the snapshot that it is of.")
    }
    let objects = try Objects(
      properties, snapshot, areAll: SnapshotSource(membership[0]).has(all))
    return try objects.halos.catalogue(
      [properties] + membership, .soap, lengthUnit: objects.lengthUnit, isBound: true,
      of: snapshot, membership: .labels, nested: objects.nested)
  }

  static func labels(
    of catalogue: GroupCatalogue, in rows: Range<Int>, of snapshot: Snapshot
  ) throws(Failure) -> RowLabels {
    let files = catalogue.files.dropFirst()
    let areAll = try SnapshotSource(catalogue.files[1]).has(all)
    let objectOfNumber = try Self.objectOfNumber(in: SnapshotSource(catalogue.path), snapshot)
    func place(_ number: Int64) -> Int32 {
      number < 0 ? -1 : objectOfNumber[number].map { catalogue.place(ofObject: $0) } ?? -1
    }
    var labels = RowLabels()
    var start = 0
    for path in files {
      let source = try SnapshotSource(path)
      let count = try source.rowCount(of: bound)
      let shared = rows.clamped(to: start..<start + count)
      defer { start += count }
      if shared.isEmpty { continue }
      let own = shared.lowerBound - start..<shared.upperBound - start
      let boundTo = try source.rows(bound, own, of: count, as: Int64.self)
      let within = areAll ? try source.rows(all, own, of: count, as: Int64.self) : boundTo
      for (number, boundNumber) in zip(within, boundTo) {
        let halo = place(number)
        labels.halos.append(halo)
        labels.isBound.append(halo >= 0 && place(boundNumber) == halo)
      }
    }
    return labels
  }

  /// The objects by their numbers in the membership.
  private static func objectOfNumber(
    in source: SnapshotSource, _ snapshot: Snapshot
  ) throws(Failure) -> [Int64: Int] {
    let count = try snapshot.count(
      source.rowCount(of: names.lengths), names.lengths, source.path)
    let numbers = try source.rows(names.lengths, 0..<count, of: count, as: Int64.self)
    var objects: [Int64: Int] = [:]
    for (object, number) in numbers.enumerated() {
      guard objects.updateValue(object, forKey: number) == nil else {
        throw Failure(
          .invalidValue, in: source.path, dataset: names.lengths,
          because: "two objects have the number \(number)",
          remedy: "Copy the file again; it may be damaged.")
      }
    }
    return objects
  }

  /// The kinds of files.
  private enum Kind: String {
    case properties = "halo_properties"
    case membership
  }

  /// Finds the files of a kind with the same number beside a file.
  private static func found(
    beside path: String, _ kind: Kind
  ) throws(Failure) -> [String] {
    let name = path.split(separator: "/").last.map(String.init) ?? path
    let folder = String(path.dropLast(name.count))
    let number = name.firstMatch(of: /_(\d+)/).map { "_\($0.1)" } ?? ""
    let stem = kind.rawValue + number
    let stems = [folder + stem, "\(folder)\(stem)/\(stem)", "\(folder)../\(stem)"]
    for stem in stems {
      if FileManager.default.fileExists(atPath: stem + ".hdf5") { return [stem + ".hdf5"] }
      var parts: [String] = []
      while FileManager.default.fileExists(atPath: "\(stem).\(parts.count).hdf5") {
        parts.append("\(stem).\(parts.count).hdf5")
      }
      if !parts.isEmpty { return parts }
    }
    throw Failure(
      .missingFile, in: path,
      because: "no \(stem).hdf5 nor \(stem).0.hdf5 is beside it, nor in \(stem)",
      remedy: "Put SOAP's \(kind.rawValue) beside it, with the number of the snapshot in its name.")
  }

  /// The objects of `halo_properties`.
  private struct Objects {
    let nested: NestedHalos
    let halos: ListedHalos

    /// [Mpc/h].
    let lengthUnit: Double

    init(_ path: String, _ snapshot: Snapshot, areAll: Bool) throws(Failure) {
      let source = try SnapshotSource(path)
      guard try source.has(names.lengths) else {
        throw Failure(
          .unreadable, in: path, because: "it is \(UnreadCatalogues.firstSOAP)",
          remedy: UnreadCatalogues.labels)
      }
      let stated = try source.swiftUnits(
        hubble: snapshot.cosmology.hubble, redshift: snapshot.redshift)
      let units = stated ?? snapshot.units
      try source.check(units, of: snapshot)
      lengthUnit = units.length
      let count = try snapshot.count(source.rowCount(of: names.lengths), names.lengths, path)
      func column(_ name: String) throws(Failure) -> [Double] {
        try source.rows(name, 0..<count, of: count, as: Double.self)
      }
      /// Lengths in the comoving unit; some versions store physical ones, and say so.
      func lengths(_ name: String, _ columns: Range<Int>?) throws(Failure) -> [Double] {
        let isPhysical = try source.numbers("Value stored as physical", of: [name])?.first ?? 0 != 0
        let factor = isPhysical ? 1 / snapshot.scaleFactor : 1
        return try source.rows(name, 0..<count, of: count, columns: columns, as: Double.self)
          .map { $0 * factor }
      }
      _ = try objectOfNumber(in: source, snapshot)
      let hosts = try source.rows(names.subhaloGroups, 0..<count, of: count, as: Int64.self)
      let parents = try hosts.indices.map { (object) throws(Failure) in
        let host = hosts[object]
        guard host < count else {
          throw Failure(
            .invalidValue, in: path, dataset: names.subhaloGroups,
            because: "object \(object) is within object \(host), of \(count)",
            remedy: "Copy the file again; it may be damaged.")
        }
        return host == object || host < 0 ? -1 : Int(host)
      }
      nested = try NestedHalos(parents: parents, path, names.subhaloGroups)
      let hasWhole = try source.has(whole)
      let masses = try column(areAll && hasWhole ? whole : names.masses)
      halos = nested.halos(
        masses: nested.sums(masses.map { $0 * units.mass }),
        positions: try lengths(names.positions, 0..<3),
        radii: try source.has(names.radii)
          ? lengths(names.radii, nil).map { $0 * units.length }
          : [Double](repeating: .nan, count: count))
    }
  }
}
