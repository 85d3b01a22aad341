package import Failures
internal import FourierTransforms
internal import LinearTheory
package import MPI
internal import ParticleMesh
internal import Particles
internal import Snapshots
internal import Text

/// The initial particles of any code, whose phases a simulation takes over.
///
/// Their displacements are undone to the linear modes that made them, in the Zel'dovich approximation
/// or in second order: whichever gives the particles' velocities better, which the search does not use.
package struct InitialSnapshot {
  let snapshot: Snapshot

  /// The grid that the particles started from, and how their IDs name its sites.
  let lattice: LagrangianLattice

  /// The file with the checksum of its bytes.
  let source: SourceFiles

  /// The largest rms difference of velocities from those of linear modes, as a part of theirs.
  private static let tolerance = 0.02

  /// Reads what a snapshot says of itself, and finds its lattice.
  ///
  /// Collective.
  ///
  /// - Throws: An `AgreedFailure` of a `Failure` with the remedy: no such file, fields missing, not a
  ///   lattice.
  package init(_ path: String, on ranks: borrowing Communicator) throws {
    let snapshot = try ranks.agree { () throws(Failure) in try Snapshot.open(path) }
    let gridSize = try ranks.agree { () throws(Failure) in try snapshot.gridSize() }
    let rows = Self.rows(snapshot, on: ranks)
    let particles = try ranks.agree { () throws(Failure) in
      try snapshot.particles(in: rows, velocities: true)
    }
    let found = try LagrangianLattice.found(
      in: particles, of: snapshot, gridSize: gridSize, on: ranks)
    lattice = try ranks.agree { () throws(Failure) in
      if let found { return found.lattice }
      throw Failure(
        .noLattice, in: path, dataset: snapshot.format.names.ids,
        because: "the IDs do not number the sites of a cubic grid that the particles started from",
        remedy: "Give initial conditions from a grid, not a glass, whose IDs run from 0 or 1 along "
          + "it, with GADGET's velocities, at a redshift at which displacements are linear.")
    }
    source = try SourceFiles(path: path, files: snapshot.parts.map(\.path), on: ranks)
    self.snapshot = snapshot
  }

  /// The distance of its sites from their cells' corners along each axis, in units of positions.
  var offset: UInt32 {
    UInt32((lattice.placement.offset * 0x1p32 / Double(lattice.gridSize)).rounded())
  }

  /// The settings of a universe with this snapshot's box, particles and background.
  package func universe(_ settings: UniverseSettings) -> UniverseSettings {
    var universe = settings
    universe.boxSize = snapshot.boxSize
    universe.gridSize = lattice.gridSize
    universe.cosmology.omegaMatter = snapshot.cosmology.omegaMatter
    universe.cosmology.omegaLambda = snapshot.cosmology.omegaLambda
    universe.cosmology.hubble = snapshot.cosmology.hubble
    universe.initialRedshift = snapshot.redshift
    return universe
  }

  /// Refuses settings that say otherwise than the snapshot; defaults say nothing.
  package func check(_ settings: UniverseSettings) throws(Failure) {
    let unsaid = UniverseSettings()
    let quantities: [(String, (UniverseSettings) -> Double)] = [
      ("boxSize", { $0.boxSize }), ("gridSize", { Double($0.gridSize) }),
      ("cosmology.omegaMatter", { $0.cosmology.omegaMatter }),
      ("cosmology.omegaLambda", { $0.cosmology.omegaLambda }),
      ("cosmology.hubble", { $0.cosmology.hubble }),
    ]
    let found = universe(settings)
    for (key, value) in quantities where value(settings) != value(unsaid) {
      guard abs(value(settings) - value(found)) <= 1e-4 * value(found) else {
        throw Failure(
          .badData, "simulating from \(snapshot.path)",
          because: "universe.\(key) is set to \(digits(value(settings))), but it is "
            + "\(digits(value(found))) in the snapshot, whose box, particles and cosmology are taken",
          remedy: "leave the setting out, or give the snapshot that it is of")
      }
    }
  }

  /// The motion that displaced the particles, of the order that fits their velocities better.
  ///
  /// Collective; the same bits for any number of ranks.
  ///
  /// - Throws: An `AgreedFailure` of a `Failure` if no linear modes have made the velocities, as
  ///   with another cosmology than the header's, or of a late snapshot.
  func motion(
    _ transform: FourierTransform, growth: LinearGrowth, on ranks: borrowing Communicator
  ) throws -> RecoveredMotion {
    let particles = try sorted(transform.decomposition, on: ranks)
    let box = PeriodicBox(width: snapshot.boxSize)
    let displacements = particles.displacements(
      fromPlanes: transform.decomposition.planes, width: lattice.gridSize, in: box)
    func recovered(_ order: LagrangianPerturbation.Order) throws -> RecoveredMotion {
      let motion = LagrangianPerturbation(
        modes: try LagrangianPerturbation.linearModes(
          undoing: displacements, at: snapshot.scaleFactor, order: order, transform: transform,
          growth: growth, in: box, on: ranks), transform: transform, growth: growth, in: box)
      let moved = try motion.particles(at: snapshot.scaleFactor, order: order, on: ranks)
      let error = try difference(moved.momenta, particles.momenta, on: ranks)
      return RecoveredMotion(motion: motion, order: order, velocityError: error)
    }
    let first = try recovered(.first)
    let second = try recovered(.second)
    let error = min(first.velocityError, second.velocityError)
    try ranks.agree { () throws(Failure) in
      if error <= Self.tolerance { return }
      throw Failure(
        .mismatch, in: snapshot.path, dataset: snapshot.format.names.velocities,
        because: "they differ by \(digits(100 * error)) % from those of linear modes with the "
          + "particles' displacements at z = \(digits(snapshot.redshift))",
        remedy: "Give an initial snapshot whose header has the cosmology that it was made with, "
          + "and of a redshift at which displacements are linear, such as 99.")
    }
    return second.velocityError < first.velocityError ? second : first
  }

  private static func rows(
    _ snapshot: Snapshot, on ranks: borrowing Communicator
  ) -> Range<Int> {
    let count = snapshot.particleCount
    return ranks.rank * count / ranks.size..<(ranks.rank + 1) * count / ranks.size
  }

  /// The particles of this rank's planes of the lattice in the order of sites, moved so that the sites are
  /// at corners.
  private func sorted(
    _ decomposition: MeshDecomposition, on ranks: borrowing Communicator
  ) throws -> Particles {
    let rows = Self.rows(snapshot, on: ranks)
    let read = try ranks.agree { () throws(Failure) in
      try snapshot.particles(in: rows, velocities: true)
    }
    let sites = try ranks.agree { () throws(Failure) in
      try read.ids.map { (id) throws(Failure) in
        if let site = lattice.site(ofID: id) { return Int64(site) }
        throw Failure(
          .wrongIDs, in: snapshot.path, dataset: snapshot.format.names.ids,
          because: "ID \(id) names no site of the grid", remedy: "Do not change the file meanwhile."
        )
      }
    }
    let plane = lattice.gridSize * lattice.gridSize
    let routing = Routing(
      sites.map { Int32(decomposition.owner(of: Int($0) / plane)) }, ranks: ranks.size)
    let box = PeriodicBox(width: snapshot.boxSize)
    let a = snapshot.scaleFactor
    // u = sqrt(a) dx/dt is written, p = a^2 dx/dt wanted in units of 100 km/s.
    let unit = a * a.squareRoot() / 100
    let arrived = try routing.send(sites, on: ranks)
    let positions = try routing.send(
      read.positions.map { box.position($0) &- offset }, width: 3, on: ranks)
    let momenta = try routing.send(
      read.velocities.map { Float(Double($0) * unit) }, width: 3, on: ranks)
    let order = arrived.indices.sorted { arrived[$0] < arrived[$1] }
    let particles = Particles(
      sites: order.map { arrived[$0] },
      positions: order.flatMap { positions[3 * $0..<3 * $0 + 3] },
      momenta: order.flatMap { momenta[3 * $0..<3 * $0 + 3] })
    try ranks.agree { () throws(Failure) in
      let pairs = zip(particles.sites, particles.sites.dropFirst())
      if let twin = pairs.first(where: { $0 == $1 }) {
        throw duplicate(lattice.id(ofSite: Int(twin.0)))
      }
    }
    return particles
  }

  private func duplicate(_ id: UInt64) -> Failure {
    Failure(
      .wrongIDs, in: snapshot.path, dataset: snapshot.format.names.ids,
      because: "ID \(id) occurs more than once",
      remedy: "Give a snapshot with an ID of its own for each particle (GADGET's 64-bit IDs).")
  }

  /// The rms difference of momenta as a part of their rms, added plane by plane.
  private func difference(
    _ found: [Float], _ expected: [Float], on ranks: borrowing Communicator
  ) throws -> Double {
    let plane = 3 * lattice.gridSize * lattice.gridSize
    var sums: [Double] = []
    for start in stride(from: 0, to: expected.count, by: plane) {
      var (difference, square) = (0.0, 0.0)
      for index in start..<start + plane {
        let (was, isNow) = (Double(expected[index]), Double(found[index]))
        difference += (isNow - was) * (isNow - was)
        square += was * was
      }
      sums += [difference, square]
    }
    let all = try ranks.allGatherVarying(sums).elements
    var (difference, square) = (0.0, 0.0)
    for index in stride(from: 0, to: all.count, by: 2) {
      difference += all[index]
      square += all[index + 1]
    }
    return (difference / square).squareRoot()
  }
}

/// The motion that made the displacements of another code's particles.
struct RecoveredMotion: ~Copyable {
  /// The linear modes, and how they move particles.
  let motion: LagrangianPerturbation

  /// The order of the displacements.
  let order: LagrangianPerturbation.Order

  /// The rms difference of its velocities from the particles', as a part of theirs.
  let velocityError: Double
}
