internal import HDF5

/// The facts about a simulation that its files state.
package struct SimulationDescription: Hashable, Codable, Sendable {
  /// The background universe.
  package var cosmology: Cosmology

  /// The side of the periodic box, comoving [Mpc/h].
  package var boxSize: Double

  /// The grid that the particles started from, and how their IDs name its sites.
  package var lattice: LagrangianLattice

  /// The origin of the initial phases; `nil` if they were taken from another code's particles.
  package var origin: Origin?

  /// The program that makes the files, with its version.
  package var creator: String

  /// The random field that the initial phases are of.
  package struct Origin: Hashable, Codable, Sendable {
    /// The seed of the initial phases.
    package var seed: UInt64

    /// The baryon density today in units of the critical one.
    package var omegaBaryon: Double

    /// The linear fluctuation in spheres of 8 Mpc/h today.
    package var sigma8: Double

    /// The tilt of the primordial spectrum.
    package var spectralIndex: Double

    /// Describes a random field.
    package init(seed: UInt64, omegaBaryon: Double, sigma8: Double, spectralIndex: Double) {
      self.seed = seed
      self.omegaBaryon = omegaBaryon
      self.sigma8 = sigma8
      self.spectralIndex = spectralIndex
    }
  }

  /// Makes a description.
  ///
  /// - Parameters:
  ///   - cosmology: The background universe.
  ///   - boxSize: The side of the periodic box, comoving [Mpc/h].
  ///   - lattice: The grid that the particles started from.
  ///   - origin: The origin of the initial phases.
  ///   - creator: The program that makes the files, with its version.
  package init(
    cosmology: Cosmology, boxSize: Double, lattice: LagrangianLattice, origin: Origin?,
    creator: String
  ) {
    self.cosmology = cosmology
    self.boxSize = boxSize
    self.lattice = lattice
    self.origin = origin
    self.creator = creator
  }

  /// The particles along one axis of the initial grid.
  package var gridSize: Int { lattice.gridSize }

  /// The number of particles.
  package var particleCount: Int { gridSize * gridSize * gridSize }

  /// The mass of a particle in the files' unit [10^10 Msun/h].
  var storedParticleMass: Double {
    cosmology.particleMass(count: particleCount, boxSize: boxSize) * cosmology.hubble / 1e10
  }
}

/// The units of what this library writes, Mpc/h, 10^10 Msun/h and km/s, in GADGET's digits.
enum StoredUnits {
  static let centimetres = 3.085678e24
  static let grams = 1.989e43
  static let centimetresPerSecond = 1e5

  /// The number of types of particles in GADGET-4's tables; dark matter is type 1.
  static let typeCount = 6

  /// Puts the value of dark matter among those of the other types, which are none.
  static func perType<Value: Numeric>(_ value: Value) -> [Value] {
    (0..<typeCount).map { $0 == 1 ? value : 0 }
  }
}

/// Parts of a file in GADGET-4's layout; every method is collective if the file is.
extension HDF5File {
  /// Writes the group `Parameters`, from which readers take cosmology and units.
  func writeParameters(of simulation: SimulationDescription) throws(HDF5Error) {
    let group = "Parameters"
    try createGroup(group)
    var numbers: [(String, Double)] = [
      ("BoxSize", simulation.boxSize),
      ("Hubble", 100),
      ("HubbleParam", simulation.cosmology.hubble),
      ("Omega0", simulation.cosmology.omegaMatter),
      ("OmegaLambda", simulation.cosmology.omegaLambda),
      ("UnitLength_in_cm", StoredUnits.centimetres),
      ("UnitMass_in_g", StoredUnits.grams),
      ("UnitVelocity_in_cm_per_s", StoredUnits.centimetresPerSecond),
    ]
    if let origin = simulation.origin {
      numbers += [
        ("OmegaBaryon", origin.omegaBaryon), ("PrimordialIndex", origin.spectralIndex),
        ("Sigma8", origin.sigma8),
      ]
      try setAttribute("Seed", to: origin.seed, of: group)
    }
    for (name, number) in numbers { try setAttribute(name, to: number, of: group) }
    try setAttribute("ComovingIntegrationOn", to: Int32(1), of: group)
    try setAttribute("GridSize", to: Int32(simulation.gridSize), of: group)
    try setAttribute("NSample", to: Int32(simulation.gridSize), of: group)
    try setAttribute("Creator", to: simulation.creator, of: group)
  }

  /// Writes what the headers of snapshots and catalogues have in common.
  func writeHeader(
    of simulation: SimulationDescription, scaleFactor: Double
  ) throws(HDF5Error) {
    let group = "Header"
    try createGroup(group)
    try setAttribute("Time", to: scaleFactor, of: group)
    try setAttribute("Redshift", to: 1 / scaleFactor - 1, of: group)
    try setAttribute("BoxSize", to: simulation.boxSize, of: group)
    // Where readers of earlier layouts look.
    try setAttribute("Omega0", to: simulation.cosmology.omegaMatter, of: group)
    try setAttribute("OmegaLambda", to: simulation.cosmology.omegaLambda, of: group)
    try setAttribute("HubbleParam", to: simulation.cosmology.hubble, of: group)
  }

  /// Says how to turn a dataset's numbers into physical units: a^A h^H and the powers of units.
  func writeScaling(
    _ dataset: String, a: Double, h: Double, length: Double = 0, mass: Double = 0,
    velocity: Double = 0, toCGS: Double
  ) throws(HDF5Error) {
    try setAttribute("a_scaling", to: a, of: dataset)
    try setAttribute("h_scaling", to: h, of: dataset)
    try setAttribute("length_scaling", to: length, of: dataset)
    try setAttribute("mass_scaling", to: mass, of: dataset)
    try setAttribute("velocity_scaling", to: velocity, of: dataset)
    try setAttribute("to_cgs", to: toCGS, of: dataset)
  }
}
