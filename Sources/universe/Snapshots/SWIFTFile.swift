internal import Failures

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

  /// The dataset of the numbers of particles' groups.
  static let labels = "PartType1/FOFGroupIDs"

  let formatDescription = "HDF5 of SWIFT"
  let source: SnapshotSource
  let header: SnapshotHeader

  init(_ path: String, _ supplement: SnapshotSupplement) throws(Failure) {
    source = try SnapshotSource(path)
    let redshift = try source.required("Redshift", of: ["Cosmology", "Header"])
    let cosmology = try source.cosmology(
      ["Omega_m", "Omega_lambda", "h"], of: ["Cosmology"], supplement)
    header = SnapshotHeader(
      fileCount: try source.fileCount(), types: try source.types("NumPart_Total", supplement),
      typesInFile: try source.types("NumPart_ThisFile", supplement),
      boxSize: try source.boxSize(of: ["Header"]), redshift: redshift,
      massTable: try source.numbers("MassTable", of: ["Header"]) ?? [], cosmology: cosmology,
      statedUnits: try source.swiftUnits(hubble: cosmology.hubble, redshift: redshift))
    try header.check(Self.names, path)
  }

  /// Whether an HDF5 file is one of SWIFT.
  static func recognizes(_ source: SnapshotSource) throws(Failure) -> Bool {
    try source.text("Code", of: "Header") == "SWIFT"
  }

  func haloLabels(_ rows: Range<Int>) throws(Failure) -> [Int64]? {
    guard try source.has(Self.labels) else { return nil }
    let stated = try source.text("FOF:group_id_default", of: "Parameters").flatMap { Int64($0) }
    let ungrouped = stated ?? Self.ungrouped
    return try source.rows(Self.labels, rows, of: header.countInFile, as: Int64.self).map {
      $0 == ungrouped ? -1 : $0
    }
  }
}
