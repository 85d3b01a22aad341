internal import Failures

/// The facts about its snapshot that a file states, in the file's units; the same for every format.
struct SnapshotHeader {
  /// The files of the snapshot.
  let fileCount: Int

  /// The particles of all files.
  let types: ParticleTypes

  /// Those in this file.
  let typesInFile: ParticleTypes

  /// The side of the periodic box, comoving.
  let boxSize: Double

  /// The redshift.
  let redshift: Double

  /// The mass of a particle of each type; zero or nothing where masses are listed one by one.
  let massTable: [Double]

  /// The background universe.
  let cosmology: Cosmology

  /// The units that the file states, if it does.
  let statedUnits: SnapshotUnits?

  /// The remarks on what was passed over in the header, as sentences.
  var remarks: [String] = []

  /// The particles of dark matter in all files.
  var count: Int { types.darkMatter }

  /// Those in this file.
  var countInFile: Int { typesInFile.darkMatter }

  /// The mass of each particle; zero if masses are listed one by one.
  var mass: Double { massTable.count > 1 ? massTable[1] : 0 }

  /// Refuses numbers that describe no snapshot.
  func check(_ names: SnapshotNames, _ path: String) throws(Failure) {
    guard redshift > -0.5, redshift < 1e6 else {
      throw Failure(
        .invalidValue, in: path, dataset: names.header, because: "the redshift is \(redshift)",
        remedy: "Correct the redshift or the scale factor in the header.")
    }
    guard count > 0, boxSize > 0, boxSize < 1e60, massTable.allSatisfy({ $0 >= 0 && $0 < 1e60 }),
      cosmology.omegaMatter > 0, cosmology.hubble > 0
    else {
      throw Failure(
        .invalidValue, in: path, dataset: names.header,
        because: "\(count) particles of type 1 and mass \(mass) in a box of \(boxSize), Omega_m "
          + "\(cosmology.omegaMatter), h \(cosmology.hubble): each must be positive",
        remedy: "Give a snapshot of a cosmological simulation in a periodic box.")
    }
    guard (1e-4...10).contains(cosmology.omegaMatter), abs(cosmology.omegaLambda) <= 10,
      (0.01...10).contains(cosmology.hubble),
      cosmology.expansionRate(at: 1 / (1 + redshift)) > 1e-3
    else {
      throw Failure(
        .invalidValue, in: path, dataset: names.header,
        because: "Omega_m is \(cosmology.omegaMatter), Omega_Lambda \(cosmology.omegaLambda) and h "
          + "\(cosmology.hubble): no universe that expands",
        remedy: "Correct the header, or give `cosmology` to the simulation in the experiment file.")
    }
  }

  /// Whether another file is of the same snapshot.
  func agrees(with other: SnapshotHeader) -> Bool {
    fileCount == other.fileCount && count == other.count && boxSize == other.boxSize
      && abs(redshift - other.redshift) <= 1e-6 * (1 + redshift)
  }

  /// The units that were given, or that the file states, or the usual ones that fit; whichever must give
  /// particles the mass that fills the box, together with those that are ignored.
  ///
  /// - Parameters:
  ///   - given: The units that were given.
  ///   - particleMass: The mass of a particle of dark matter.
  ///   - ignoredMass: The mass of all ignored particles.
  ///   - names: The names of the format's parts.
  ///   - path: The file.
  /// - Returns: The units.
  /// - Throws: A `Failure` of the kind `wrongUnits` if none fits.
  func units(
    given: SnapshotUnits?, particleMass: Double, ignoredMass: Double = 0, _ names: SnapshotNames,
    _ path: String
  ) throws(Failure) -> SnapshotUnits {
    guard particleMass > 0, particleMass.isFinite else {
      throw Failure(
        .invalidValue, in: path, dataset: names.masses,
        because: "the mass of a particle is \(particleMass), and the header has none",
        remedy: "Give a snapshot with the mass of its particles in the header or one by one.")
    }
    // The mass that a particle would have if all matter were in those of dark matter.
    let share = particleMass + ignoredMass / Double(count)
    let fitting = SnapshotUnits.fitting(
      boxSize: boxSize, particleMass: share, count: count, cosmology: cosmology)
    guard let units = given ?? statedUnits ?? fitting else {
      throw Failure(
        .wrongUnits, in: path, dataset: names.units,
        because: "no units are stated, and neither kpc/h nor Mpc/h with 1 or 10^10 Msun/h fits "
          + "\(count) particles of mass \(particleMass) in a box of \(boxSize)",
        remedy: "State them: \(names.statingUnits).")
    }
    let ratio = units.massRatio(
      boxSize: boxSize * units.length, particleMass: share * units.mass, count: count, cosmology)
    guard abs(ratio - 1) < 0.02 else {
      throw Failure(
        .wrongUnits, in: path, dataset: given == nil ? names.units : "units of the experiment file",
        because: "\(count) particles of \(particleMass * units.mass) Msun/h in a box of "
          + "\(boxSize * units.length) Mpc/h are \(ratio) times the mean matter density",
        remedy: fitting.map {
          "Correct the units: \($0.length) Mpc/h and \($0.mass) Msun/h would fit."
        } ?? "Check box, mass, matter density and units: \(names.statingUnits).")
    }
    return units
  }
}
