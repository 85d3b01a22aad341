internal import Failures

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

  let formatDescription: String
  let source: SnapshotSource
  let header: SnapshotHeader

  init(_ path: String, _ supplement: SnapshotSupplement) throws(Failure) {
    source = try SnapshotSource(path)
    let groups = ["Header", "Parameters", "Cosmology"]
    let types = try source.types("NumPart_Total", supplement)
    let redshift = try Self.redshift(source)
    let cosmology = try source.cosmology(
      ["Omega0", "OmegaLambda", "HubbleParam"], of: groups, supplement)
    var units = try source.gadgetUnits()
    // Initial conditions for SWIFT have its units, and else GADGET's layout.
    let isForSWIFT = units == nil ? try source.has("Units") : false
    if isForSWIFT {
      units = try source.swiftUnits(hubble: cosmology.hubble, redshift: redshift)
    }
    formatDescription = isForSWIFT ? "HDF5 for SWIFT" : "HDF5 of GADGET or AREPO"
    header = SnapshotHeader(
      fileCount: try source.fileCount(), types: types,
      typesInFile: try source.types("NumPart_ThisFile", supplement),
      boxSize: try source.boxSize(of: groups), redshift: redshift,
      massTable: try source.numbers("MassTable", of: ["Header"]) ?? [], cosmology: cosmology,
      statedUnits: units)
    try header.check(Self.names, path)
  }

  func haloLabels(_ rows: Range<Int>) throws(Failure) -> [Int64]? { nil }

  /// The redshift; `Time` is asked only where `Redshift` is not, because some codes write a time.
  private static func redshift(_ source: SnapshotSource) throws(Failure) -> Double {
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
  /// The name of GADGET-4's positions in whole numbers, in units of the box / 2^32 or / 2^64.
  private static var wholePositions: String { "PartType1/IntCoordinates" }

  func checkRows() throws(Failure) {
    let count = header.countInFile
    try source.check(Self.names.ids, rows: count)
    try source.check(
      try hasWholePositions() ? Self.wholePositions : Self.names.positions, rows: count,
      columns: 0..<3)
    try source.check(Self.names.velocities, rows: count, columns: 0..<3)
    if header.mass == 0 { try source.check(Self.names.masses, rows: count) }
  }

  func firstMass(ofType type: Int) throws(Failure) -> Double {
    guard let count = header.typesInFile.ignored[type], count > 0,
      try source.has("PartType\(type)/Masses")
    else { return 0 }
    let dataset = "PartType\(type)/Masses"
    let mass = try source.rows(dataset, 0..<1, of: count, as: Double.self)[0]
    return try StatedNumber(path: source.path, place: dataset).real(mass, in: 0...1e60)
  }

  func ids(_ rows: Range<Int>) throws(Failure) -> [UInt64] {
    try source.wholeRows(Self.names.ids, rows, of: header.countInFile)
  }

  func positions(_ rows: Range<Int>) throws(Failure) -> [Double] {
    let count = header.countInFile
    guard try hasWholePositions() else {
      return try source.rows(
        Self.names.positions, rows, of: count, columns: 0..<3, as: Double.self)
    }
    let bits = 8 * (try source.byteCount(of: Self.wholePositions))
    let unit = header.boxSize / (bits <= 32 ? 0x1p32 : 0x1p64)
    return try source.wholeRows(Self.wholePositions, rows, of: count, columns: 0..<3).map {
      Double($0) * unit
    }
  }

  func velocities(_ rows: Range<Int>) throws(Failure) -> [Float] {
    try source.rows(
      Self.names.velocities, rows, of: header.countInFile, columns: 0..<3, as: Float.self)
  }

  func masses(_ rows: Range<Int>) throws(Failure) -> [Double] {
    try source.rows(Self.names.masses, rows, of: header.countInFile, as: Double.self)
  }

  func idByteCount() throws(Failure) -> Int { try source.byteCount(of: Self.names.ids) }

  private func hasWholePositions() throws(Failure) -> Bool {
    guard try !source.has(Self.names.positions) else { return false }
    return try source.has(Self.wholePositions)
  }
}
