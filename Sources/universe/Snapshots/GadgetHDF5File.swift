/// A file in the HDF5 layout of GADGET: groups `Header`, `PartType1`, and `Parameters` since GADGET-4.
///
/// Numbers of particles are of 64 bits, or of 32 with their high words beside them; cosmology and units
/// are in `Header` or `Parameters`; masses in the header's `MassTable` or one by one.
final class GadgetHDF5File: HDF5SnapshotFile {
  static let names = SnapshotNames(
    header: "group Header", counts: "attribute Header/NumPart_Total",
    ids: "PartType1/ParticleIDs", positions: "PartType1/Coordinates",
    velocities: "PartType1/Velocities", masses: "PartType1/Masses", units: "group Parameters",
    statingUnits:
      "add UnitLength_in_cm, UnitMass_in_g and UnitVelocity_in_cm_per_s to Parameters, or "
      + "give `units` to the simulation in the experiment file")

  let formatDescription = "HDF5 of GADGET or AREPO"
  let source: SnapshotSource
  let header: SnapshotHeader

  init(_ path: String) throws(SnapshotError) {
    source = try SnapshotSource(path)
    let groups = ["Header", "Parameters", "Cosmology"]
    let masses = try source.numbers("MassTable", of: ["Header"]) ?? []
    header = SnapshotHeader(
      fileCount: max(1, Int(try source.counts("NumFilesPerSnapshot")?.first ?? 1)),
      count: try source.darkMatter("NumPart_Total", Self.names),
      countInFile: try source.darkMatter("NumPart_ThisFile", Self.names),
      boxSize: try source.required("BoxSize", of: groups),
      redshift: try Self.redshift(source), mass: masses.count > 1 ? masses[1] : 0,
      cosmology: Cosmology(
        omegaMatter: try source.required("Omega0", of: groups),
        omegaLambda: try source.required("OmegaLambda", of: groups),
        hubble: try source.required("HubbleParam", of: groups)),
      statedUnits: try source.gadgetUnits())
    try header.check(Self.names, path)
  }

  func haloLabels(_ rows: Range<Int>) throws(SnapshotError) -> [Int64]? { nil }

  /// The redshift; `Time` is asked only where `Redshift` is not, because some codes write a time.
  private static func redshift(_ source: SnapshotSource) throws(SnapshotError) -> Double {
    if let stated = try source.numbers("Redshift", of: ["Header", "Cosmology"])?.first {
      return stated
    }
    return 1 / (try source.required("Time", of: ["Header"])) - 1
  }
}

/// A snapshot file whose particles are datasets of the group `PartType1`.
protocol HDF5SnapshotFile: SnapshotFile {
  var source: SnapshotSource { get }
}

extension HDF5SnapshotFile {
  func ids(_ rows: Range<Int>) throws(SnapshotError) -> [UInt64] {
    try source.rows(Self.names.ids, rows, of: header.countInFile, as: UInt64.self)
  }

  func positions(_ rows: Range<Int>) throws(SnapshotError) -> [Double] {
    try source.rows(
      Self.names.positions, rows, of: header.countInFile, columns: 0..<3, as: Double.self)
  }

  func velocities(_ rows: Range<Int>) throws(SnapshotError) -> [Float] {
    try source.rows(
      Self.names.velocities, rows, of: header.countInFile, columns: 0..<3, as: Float.self)
  }

  func masses(_ rows: Range<Int>) throws(SnapshotError) -> [Double] {
    try source.rows(Self.names.masses, rows, of: header.countInFile, as: Double.self)
  }

  func idByteCount() throws(SnapshotError) -> Int { try source.byteCount(of: Self.names.ids) }
}

extension SnapshotSource {
  /// The number of particles of type 1 that an attribute of the header gives; other types are refused.
  func darkMatter(_ name: String, _ names: SnapshotNames) throws(SnapshotError) -> Int {
    guard let low = try counts(name), low.count > 1 else {
      throw SnapshotError(
        .missingContent, in: path, dataset: "attribute Header/\(name)",
        because: "the number of particles of each type is not there",
        remedy: "Give a snapshot of GADGET (SnapFormat 1, 2 or 3), AREPO or SWIFT.")
    }
    let high = try counts(name + "_HighWord") ?? []
    let counts = low.indices.map { low[$0] + (high.indices.contains($0) ? high[$0] << 32 : 0) }
    return try SnapshotHeader.darkMatter(counts, names, path)
  }

  /// The units that GADGET's attributes state, if they do.
  func gadgetUnits() throws(SnapshotError) -> SnapshotUnits? {
    let groups = ["Header", "Parameters", "Units"]
    guard let length = try numbers("UnitLength_in_cm", of: groups)?.first,
      let mass = try numbers("UnitMass_in_g", of: groups)?.first
    else { return nil }
    let velocity = try numbers("UnitVelocity_in_cm_per_s", of: groups)?.first ?? 1e5
    return SnapshotUnits(centimetres: length, grams: mass, centimetresPerSecond: velocity)
  }
}
