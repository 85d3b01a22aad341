/// A file of SWIFT: `PartType1` as in GADGET's layout, with units without h in `Units`, the background
/// in `Cosmology`, and friends-of-friends numbers of particles in `PartType1/FOFGroupIDs`.
///
/// Velocities are peculiar ones, a dx/dt; `Time` is a time, and the box has three sides.
final class SWIFTFile: HDF5SnapshotFile {
  static let names = SnapshotNames(
    header: "group Header", counts: "attribute Header/NumPart_Total",
    ids: "PartType1/ParticleIDs", positions: "PartType1/Coordinates",
    velocities: "PartType1/Velocities", masses: "PartType1/Masses", units: "group Units",
    statingUnits: "restore the group Units of the file, or give `units` to the simulation in the "
      + "experiment file")

  /// The number of particles in no group, unless the run's parameter says otherwise.
  private static let ungrouped: Int64 = 2_147_483_647

  private static let labels = "PartType1/FOFGroupIDs"

  let formatDescription = "HDF5 of SWIFT"
  let source: SnapshotSource
  let header: SnapshotHeader

  init(_ path: String) throws(SnapshotError) {
    source = try SnapshotSource(path)
    let groups = ["Cosmology"]
    let redshift = try source.required("Redshift", of: ["Cosmology", "Header"])
    let hubble = try source.required("h", of: groups)
    let masses = try source.numbers("MassTable", of: ["Header"]) ?? []
    header = SnapshotHeader(
      fileCount: max(1, Int(try source.counts("NumFilesPerSnapshot")?.first ?? 1)),
      count: try source.darkMatter("NumPart_Total", Self.names),
      countInFile: try source.darkMatter("NumPart_ThisFile", Self.names),
      boxSize: try Self.boxSize(source), redshift: redshift,
      mass: masses.count > 1 ? masses[1] : 0,
      cosmology: Cosmology(
        omegaMatter: try source.required("Omega_m", of: groups),
        omegaLambda: try source.required("Omega_lambda", of: groups), hubble: hubble),
      statedUnits: try Self.units(source, hubble: hubble, redshift: redshift))
    try header.check(Self.names, path)
  }

  /// Whether an HDF5 file is one of SWIFT.
  static func recognizes(_ source: SnapshotSource) throws(SnapshotError) -> Bool {
    try source.text("Code", of: "Header") == "SWIFT"
  }

  func haloLabels(_ rows: Range<Int>) throws(SnapshotError) -> [Int64]? {
    guard try source.has(Self.labels) else { return nil }
    let stated = try source.text("FOF:group_id_default", of: "Parameters").flatMap { Int64($0) }
    let ungrouped = stated ?? Self.ungrouped
    return try source.rows(Self.labels, rows, of: header.countInFile, as: Int64.self).map {
      $0 == ungrouped ? -1 : $0
    }
  }

  private static func boxSize(_ source: SnapshotSource) throws(SnapshotError) -> Double {
    let first = try source.required("BoxSize", of: ["Header"])
    let sides = try source.numbers("BoxSize", of: ["Header"]) ?? []
    guard sides.allSatisfy({ $0 == first }) else {
      throw SnapshotError(
        .invalidValue, in: source.path, dataset: "attribute Header/BoxSize",
        because: "the sides of the box are \(sides), not equal",
        remedy: "Give a simulation in a cubic box.")
    }
    return first
  }

  /// The file's units without h in this library's with it.
  ///
  /// A length of 1 Mpc is h Mpc/h. Velocities become sqrt(a) dx/dt.
  private static func units(
    _ source: SnapshotSource, hubble: Double, redshift: Double
  ) throws(SnapshotError) -> SnapshotUnits? {
    let group = ["Units"]
    guard let length = try source.numbers("Unit length in cgs (U_L)", of: group)?.first,
      let mass = try source.numbers("Unit mass in cgs (U_M)", of: group)?.first,
      let time = try source.numbers("Unit time in cgs (U_t)", of: group)?.first
    else { return nil }
    let plain = SnapshotUnits(
      centimetres: length, grams: mass, centimetresPerSecond: length / time)
    return SnapshotUnits(
      length: plain.length * hubble, mass: plain.mass * hubble,
      velocity: plain.velocity * (1 + redshift).squareRoot())
  }
}
