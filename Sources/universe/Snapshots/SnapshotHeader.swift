/// What a file says of its snapshot, in the file's units; the same for every format.
struct SnapshotHeader {
  /// The files of the snapshot.
  let fileCount: Int

  /// The particles of dark matter in all files.
  let count: Int

  /// Those in this file.
  let countInFile: Int

  /// The side of the periodic box, comoving.
  let boxSize: Double

  /// The redshift.
  let redshift: Double

  /// The mass of each particle; zero if masses are listed one by one.
  let mass: Double

  /// The background universe.
  let cosmology: Cosmology

  /// The units that the file states, if it does.
  let statedUnits: SnapshotUnits?

  /// Refuses numbers of which no snapshot can be made.
  func check(_ names: SnapshotNames, _ path: String) throws(SnapshotError) {
    guard redshift > -0.5, redshift.isFinite else {
      throw SnapshotError(
        .invalidValue, in: path, dataset: names.header, because: "the redshift is \(redshift)",
        remedy: "Correct the redshift or the scale factor in the header.")
    }
    guard count > 0, boxSize > 0, boxSize.isFinite, mass >= 0, mass.isFinite,
      cosmology.omegaMatter > 0, cosmology.hubble > 0
    else {
      throw SnapshotError(
        .invalidValue, in: path, dataset: names.header,
        because: "\(count) particles of type 1 and mass \(mass) in a box of \(boxSize), Omega_m "
          + "\(cosmology.omegaMatter), h \(cosmology.hubble): each must be positive",
        remedy: "Give a snapshot of a cosmological simulation in a periodic box.")
    }
  }

  /// Whether another file is of the same snapshot.
  func agrees(with other: SnapshotHeader) -> Bool {
    fileCount == other.fileCount && count == other.count && boxSize == other.boxSize
      && abs(redshift - other.redshift) <= 1e-6 * (1 + redshift)
  }

  /// The units that were given, or that the file states, or the usual ones that fit; whichever must give
  /// particles the mass that fills the box.
  func units(
    given: SnapshotUnits?, particleMass: Double, _ names: SnapshotNames, _ path: String
  ) throws(SnapshotError) -> SnapshotUnits {
    guard particleMass > 0, particleMass.isFinite else {
      throw SnapshotError(
        .invalidValue, in: path, dataset: names.masses,
        because: "the mass of a particle is \(particleMass), and the header has none",
        remedy: "Give a snapshot with the mass of its particles in the header or one by one.")
    }
    let fitting = SnapshotUnits.fitting(
      boxSize: boxSize, particleMass: particleMass, count: count, cosmology: cosmology)
    guard let units = given ?? statedUnits ?? fitting else {
      throw SnapshotError(
        .wrongUnits, in: path, dataset: names.units,
        because: "no units are stated, and neither kpc/h nor Mpc/h with 1 or 10^10 Msun/h fits "
          + "\(count) particles of mass \(particleMass) in a box of \(boxSize)",
        remedy: "State them: \(names.statingUnits).")
    }
    let ratio = units.massRatio(
      boxSize: boxSize * units.length, particleMass: particleMass * units.mass, count: count,
      cosmology)
    guard abs(ratio - 1) < 0.02 else {
      throw SnapshotError(
        .wrongUnits, in: path, dataset: given == nil ? names.units : "units of the experiment file",
        because: "\(count) particles of \(particleMass * units.mass) Msun/h in a box of "
          + "\(boxSize * units.length) Mpc/h are \(ratio) times the mean matter density",
        remedy: fitting.map {
          "Correct the units: \($0.length) Mpc/h and \($0.mass) Msun/h would fit."
        } ?? "Check box, mass, matter density and units: \(names.statingUnits).")
    }
    return units
  }

  /// The number of particles of type 1; other types are refused.
  ///
  /// - Parameters:
  ///   - counts: The particles of each type.
  ///   - names: What the format calls its parts.
  ///   - path: The file.
  /// - Returns: The particles of dark matter.
  /// - Throws: A ``SnapshotError`` of the kind `otherMatter`.
  static func darkMatter(
    _ counts: [UInt64], _ names: SnapshotNames, _ path: String
  ) throws(SnapshotError) -> Int {
    if let other = counts.indices.first(where: { $0 != 1 && counts[$0] > 0 }) {
      throw SnapshotError(
        .otherMatter, in: path, dataset: "PartType\(other)",
        because: "there are \(counts[other]) particles of type \(other)",
        remedy: "Give a simulation of dark matter alone, in particles of type 1.")
    }
    return Int(counts[1])
  }
}
