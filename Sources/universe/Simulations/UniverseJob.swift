package import DurableFiles
internal import Failures
internal import Foundation
internal import FourierTransforms
internal import Halos
internal import LinearTheory
package import MPI
package import ParticleMesh
internal import Particles
internal import Snapshots
internal import Stopping
internal import Text
internal import Threads

/// Simulates one realization: initial particles, evolution, halos.
///
/// Everything it writes has the same bytes for any number of ranks and threads, and wherever it was
/// stopped and resumed.
package struct UniverseJob {
  package let universe: UniverseSettings
  let phases: InitialPhases
  let folder: SimulationFolder

  /// Makes the value of its parts.
  package init(universe: UniverseSettings, phases: InitialPhases, folder: SimulationFolder) {
    self.universe = universe
    self.phases = phases
    self.folder = folder
  }

  /// An event in the course of a job, told on every rank.
  package enum Event {
    case phase(String)
    case step(SimulationProgress)
    case resumed(step: Int)
  }

  /// The result of a job, on every rank.
  package struct Result {
    let halos: Int
    let halosParticles: Int
    let largest: Int
    let particleMass: Double
    let seconds: Double
  }

  /// Simulates, from the newest checkpoint if there is one.
  ///
  /// Collective.
  ///
  /// - Throws: `AgreedFailure` for files that cannot be written or settings of another universe; a `Failure`
  ///   with the exit code 75 after a signal; `MPIError`.
  package func run(on ranks: borrowing Communicator, tell: (Event) -> Void) throws -> Result {
    let start = ContinuousClock.now
    try ranks.agree { if ranks.isRoot { try recordSettings() } }
    let growth = try ranks.agree { try LinearGrowth(universe.cosmology) }
    var final = try evolve(growth, on: ranks, tell)
    if case .snapshot(let initial) = phases { final.translate(by: initial.offset) }
    tell(.phase("finding halos"))
    let a = universe.mesh.steps.end
    let epoch = HaloEpoch(
      scaleFactor: a, expansionRate: universe.cosmology.expansionRate(at: a),
      omegaMatter: universe.cosmology.omegaMatter)
    let grouped = try HaloFinder(box: box, epoch: epoch, settings: universe.halos)
      .find(final, threads: universe.mesh.threads, on: ranks)
    tell(.phase("writing"))
    try Snapshot.write(
      [
        SnapshotRows(grouped.members, from: grouped.memberRows.lowerBound),
        SnapshotRows(grouped.others, from: grouped.otherRows.lowerBound),
      ], of: description, scaleFactor: a, to: folder.final, on: ranks)
    // The catalogue comes last: where it is, the simulation is complete.
    try GroupCatalogue.write(
      GroupTable(grouped.catalogue), of: description, scaleFactor: a, to: folder.catalogue,
      on: ranks)
    try ranks.agree {
      if ranks.isRoot { try? FileManager.default.removeItem(atPath: folder.checkpoint) }
    }
    return Result(
      halos: grouped.catalogue.count, halosParticles: grouped.catalogue.memberCount,
      largest: grouped.catalogue.sizes.first ?? 0,
      particleMass: universe.cosmology.particleMass(
        boxSize: universe.boxSize, particlesPerAxis: universe.gridSize)
        / universe.cosmology.hubble,
      seconds: start.duration(to: .now) / .seconds(1))
  }

  /// Whether the simulation is there already, complete and made with these settings.
  ///
  /// - Throws: `Failure` if it was made with others; `FileError`.
  package func isComplete() throws -> Bool {
    var outputs = [folder.final, folder.catalogue]
    if case .seed = phases { outputs.append(folder.initial) }
    guard outputs.allSatisfy({ FileManager.default.fileExists(atPath: $0) }) else { return false }
    try checkSettings()
    return true
  }

  /// Whether the simulation was made or begun with other settings of the universe, or another seed.
  ///
  /// - Throws: `FileError` if it cannot be read.
  package func hasOtherSettings() throws(FileError) -> Bool {
    guard FileManager.default.fileExists(atPath: folder.settings) else { return false }
    let written: Data = try DurableFile.read(folder.settings)
    return String(decoding: written, as: UTF8.self) != "\(identity)\n"
  }

  /// Writes down what the simulation depends on, or checks it if it was begun before.
  private func recordSettings() throws {
    try DurableFile.createDirectory(folder.path)
    if FileManager.default.fileExists(atPath: folder.settings) { return try checkSettings() }
    try DurableFile.write(Data("\(identity)\n".utf8), to: folder.settings)
  }

  private func checkSettings() throws {
    guard try !hasOtherSettings() else {
      throw Failure(
        .badData, "going on with the simulation in \(folder.path)",
        because:
          "it was made or begun with other settings of universe or another seed (settings.txt there "
          + "says which)", remedy: "restore them, or remove the folder")
    }
  }

  private var box: PeriodicBox { PeriodicBox(width: universe.boxSize) }

  private var description: SimulationDescription {
    let cosmology = universe.cosmology
    var lattice = LagrangianLattice.gadget(gridSize: universe.gridSize)
    var origin: SimulationDescription.Origin?
    switch phases {
    case .seed(let seed, _, _):
      origin = SimulationDescription.Origin(
        seed: seed, omegaBaryon: cosmology.omegaBaryon, sigma8: cosmology.sigma8,
        spectralIndex: cosmology.spectralIndex)
    case .snapshot(let initial): lattice = initial.lattice
    }
    return SimulationDescription(
      cosmology: Cosmology(
        omegaMatter: cosmology.omegaMatter, omegaLambda: cosmology.omegaLambda,
        hubble: cosmology.hubble), boxSize: universe.boxSize, lattice: lattice, origin: origin,
      creator: "halompi \(halompiVersion)")
  }

  /// The particles at the end, from the beginning or a checkpoint.
  private func evolve(
    _ growth: LinearGrowth, on ranks: borrowing Communicator, _ tell: (Event) -> Void
  ) throws -> Particles {
    let simulation = try ranks.agree {
      try ParticleMeshSimulation(
        universe.mesh, box: box, particlesPerAxis: universe.gridSize, growth: growth)
    }
    var state: SimulationState
    if let resumed = try SimulationCheckpoint.read(
      folder.checkpoint, of: universe.gridSize * universe.gridSize * universe.gridSize,
      steps: universe.mesh.steps.count, on: ranks)
    {
      state = resumed
      tell(.resumed(step: state.completedSteps))
    } else {
      tell(.phase("making initial conditions"))
      state = SimulationState(particles: try initialParticles(growth, on: ranks, tell))
    }
    var lastSave = ContinuousClock.now
    return try simulation.run(
      from: state, on: ranks, progress: { tell(.step($0)) },
      spectrum: { steps, spectrum in
        let redshift = 1 / universe.mesh.steps.scaleFactor(after: steps) - 1
        try PowerSpectrumFile.write(
          spectrum, redshift: redshift, to: folder.powerSpectrum(at: redshift), on: ranks)
      },
      afterStep: { state in
        // All ranks must agree on when to save (the clock of the first decides) and when to stop (a
        // signal to any of them).
        let minutes = lastSave.duration(to: .now) / .seconds(60)
        let isDue = ranks.isRoot && minutes >= universe.checkpointMinutes
        var wishes: [Int32] = [StopSignals.last != nil ? 2 : isDue ? 1 : 0]
        var span = wishes.mutableSpan
        try ranks.allReduce(&span, .maximum)
        guard wishes[0] > 0, state.completedSteps < universe.mesh.steps.count else { return }
        try SimulationCheckpoint.write(state, to: folder.checkpoint, on: ranks)
        lastSave = .now
        if wishes[0] == 2 {
          throw Failure(
            .resumableStop, "simulating \(folder.path)",
            because: "stopped by a signal with a checkpoint after step \(state.completedSteps)",
            remedy: "the same command goes on")
        }
      })
  }

  /// Returns the particles that the evolution starts from; those of a seed are written at the initial
  /// redshift too: two outputs of one realization.
  private func initialParticles(
    _ growth: LinearGrowth, on ranks: borrowing Communicator, _ tell: (Event) -> Void
  ) throws -> Particles {
    let threads = WorkerThreads(count: universe.mesh.threads)
    let transform = try ranks.agree {
      try FourierTransform(width: universe.gridSize, threads: threads, on: ranks)
    }
    switch phases {
    case .snapshot(let initial):
      let recovered = try initial.motion(transform, growth: growth, on: ranks)
      tell(
        .phase(
          "took over the modes of \(initial.snapshot.path): displaced to \(recovered.order) order, "
            + "velocities within \(digits(100 * recovered.velocityError)) %"))
      return try start(recovered.motion, on: ranks)
    case .seed(let seed, let areInverted, let reseeding):
      let modes = try randomModes(
        seed: seed, areInverted: areInverted, reseeding, transform.decomposition, threads, on: ranks
      )
      let motion = LagrangianPerturbation(
        modes: modes, transform: transform, growth: growth, in: box)
      let a = 1 / (1 + universe.initialRedshift)
      let initial = try motion.particles(at: a, order: .first, on: ranks)
      let firstRow =
        transform.decomposition.planes.lowerBound * universe.gridSize * universe.gridSize
      try Snapshot.write(
        [SnapshotRows(initial, from: firstRow)], of: description, scaleFactor: a,
        to: folder.initial, on: ranks)
      return try start(motion, on: ranks)
    }
  }

  /// Writes the linear density, and returns the particles at the first step.
  private func start(
    _ motion: borrowing LagrangianPerturbation, on ranks: borrowing Communicator
  ) throws -> Particles {
    try LinearDensityFile.write(
      try motion.linearDensity(at: 1, on: ranks), boxSize: universe.boxSize, phases: phases,
      to: folder.linearDensity, on: ranks)
    return try motion.particles(at: universe.mesh.steps.start, order: .second, on: ranks)
  }

  private func randomModes(
    seed: UInt64, areInverted: Bool, _ reseeding: Reseeding?, _ decomposition: MeshDecomposition,
    _ threads: WorkerThreads, on ranks: borrowing Communicator
  ) throws -> FourierMesh {
    try ranks.agree {
      let spectrum = try universe.linearSpectrum()
      let noise = WhiteNoise(
        .init(
          seed: seed, amplitudesAreFixed: universe.amplitudesAreFixed,
          phasesAreInverted: areInverted))
      return try LinearField(noise, spectrum: spectrum, in: box, reseeding: reseeding)
        .modes(on: decomposition, threads: threads)
    }
  }

  /// The settings that the files depend on, as text; threads and ranks are not part of it.
  private var identity: String {
    var mesh = universe.mesh
    mesh.threads = 1
    let halos = universe.halos
    return """
      \(phases) fixed \(universe.amplitudesAreFixed) box \
      \(universe.boxSize) grid \(universe.gridSize) cosmology \(universe.cosmology) spectrum \
      \(universe.spectrum ?? "Eisenstein-Hu") initial \(universe.initialRedshift) mesh \(mesh) \
      halos \(halos)
      """
  }
}

extension GroupTable {
  /// The columns of a catalogue of halos.
  init(_ catalogue: HaloCatalogue) {
    self.init(
      sizes: catalogue.sizes, boundSizes: catalogue.boundSizes,
      positions: catalogue.centers.map { catalogue.box.coordinate($0) },
      velocities: catalogue.velocities, boundVelocities: catalogue.boundVelocities,
      radii: catalogue.radii, enclosedCounts: catalogue.enclosedCounts)
  }
}
