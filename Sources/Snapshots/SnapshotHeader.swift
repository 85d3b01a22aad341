/// The header of one file, in the file's units.
struct SnapshotHeader {
  let fileCount: Int
  let count: Int
  let countInFile: Int
  let boxSize: Double
  let redshift: Double
  let mass: Double
  let cosmology: Cosmology

  private let statedUnits: SnapshotUnits?

  init(of source: borrowing SnapshotSource) throws(SnapshotError) {
    let groups = ["Header", "Parameters", "Cosmology"]
    fileCount = max(1, Int(try source.counts("NumFilesPerSnapshot")?.first ?? 1))
    count = try Self.darkMatter("NumPart_Total", source)
    countInFile = try Self.darkMatter("NumPart_ThisFile", source)
    boxSize = try source.required("BoxSize", of: groups)
    redshift = try Self.redshift(source)
    let masses = try source.numbers("MassTable", of: ["Header"]) ?? []
    mass = masses.count > 1 ? masses[1] : 0
    cosmology = Cosmology(
      omegaMatter: try source.required("Omega0", of: groups),
      omegaLambda: try source.required("OmegaLambda", of: groups),
      hubble: try source.required("HubbleParam", of: groups))
    guard count > 0, boxSize > 0, boxSize.isFinite, mass >= 0, mass.isFinite,
      cosmology.omegaMatter > 0, cosmology.hubble > 0
    else {
      throw SnapshotError(
        .invalidValue, in: source.path, dataset: "group Header",
        because: "\(count) particles of type 1 and mass \(mass) in a box of \(boxSize), Omega_m "
          + "\(cosmology.omegaMatter), h \(cosmology.hubble): each must be positive",
        remedy: "Give a snapshot of a cosmological simulation in a periodic box.")
    }
    statedUnits = try Self.units(source)
  }

  func agrees(with other: SnapshotHeader) -> Bool {
    fileCount == other.fileCount && count == other.count && boxSize == other.boxSize
      && abs(redshift - other.redshift) <= 1e-6 * (1 + redshift)
  }

  /// The units that the file states, or the usual ones that fit; either must give particles the
  /// mass that fills the box.
  func units(particleMass: Double, _ path: String) throws(SnapshotError) -> SnapshotUnits {
    let fitting = SnapshotUnits.fitting(
      boxSize: boxSize, particleMass: particleMass, count: count, cosmology: cosmology)
    guard let units = statedUnits ?? fitting else {
      throw SnapshotError(
        .wrongUnits, in: path, dataset: "group Parameters",
        because: "no units are stated, and neither kpc/h nor Mpc/h with 1 or 10^10 Msun/h fits "
          + "\(count) particles of mass \(particleMass) in a box of \(boxSize)",
        remedy: "Add UnitLength_in_cm, UnitMass_in_g and UnitVelocity_in_cm_per_s to Parameters.")
    }
    let ratio = units.massRatio(
      boxSize: boxSize * units.length, particleMass: particleMass * units.mass, count: count,
      cosmology)
    guard abs(ratio - 1) < 0.02 else {
      throw SnapshotError(
        .wrongUnits, in: path, dataset: "group Parameters",
        because: "\(count) particles of \(particleMass * units.mass) Msun/h in a box of "
          + "\(boxSize * units.length) Mpc/h are \(ratio) times the mean matter density",
        remedy: fitting.map {
          "Correct the units: \($0.length) Mpc/h and \($0.mass) Msun/h would fit."
        } ?? "Check BoxSize, MassTable, Omega0 and the units.")
    }
    return units
  }

  /// The number of particles of type 1; other types are refused.
  private static func darkMatter(
    _ name: String, _ source: borrowing SnapshotSource
  ) throws(SnapshotError) -> Int {
    guard let low = try source.counts(name), low.count > 1 else {
      throw SnapshotError(
        .missingContent, in: source.path, dataset: "attribute Header/\(name)",
        because: "the number of particles of each type is not there",
        remedy: "Give a snapshot in the HDF5 layout of GADGET (SnapFormat 3).")
    }
    let high = try source.counts(name + "_HighWord") ?? []
    let counts = low.indices.map { low[$0] + (high.indices.contains($0) ? high[$0] << 32 : 0) }
    if let other = counts.indices.first(where: { $0 != 1 && counts[$0] > 0 }) {
      throw SnapshotError(
        .otherMatter, in: source.path, dataset: "PartType\(other)",
        because: "there are \(counts[other]) particles of type \(other)",
        remedy: "Give a simulation of dark matter alone, in particles of type 1.")
    }
    return Int(counts[1])
  }

  /// The redshift; `Time` is asked only where `Redshift` is not, because some codes write a time.
  private static func redshift(_ source: borrowing SnapshotSource) throws(SnapshotError) -> Double {
    let stated = try source.numbers("Redshift", of: ["Header", "Cosmology"])?.first
    let redshift =
      if let stated { stated } else { 1 / (try source.required("Time", of: ["Header"])) - 1 }
    guard redshift > -0.5, redshift.isFinite else {
      throw SnapshotError(
        .invalidValue, in: source.path, dataset: "attribute Header/Redshift",
        because: "the redshift is \(redshift)", remedy: "Correct Redshift or Time in the header.")
    }
    return redshift
  }

  private static func units(
    _ source: borrowing SnapshotSource
  ) throws(SnapshotError) -> SnapshotUnits? {
    let groups = ["Header", "Parameters", "Units"]
    guard let length = try source.numbers("UnitLength_in_cm", of: groups)?.first,
      let mass = try source.numbers("UnitMass_in_g", of: groups)?.first
    else { return nil }
    let velocity = try source.numbers("UnitVelocity_in_cm_per_s", of: groups)?.first ?? 1e5
    return SnapshotUnits(centimetres: length, grams: mass, centimetresPerSecond: velocity)
  }
}
