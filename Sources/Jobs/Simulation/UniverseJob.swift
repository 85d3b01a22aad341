internal import DurableFiles
internal import Foundation
internal import FourierTransforms
internal import Halos
internal import LinearTheory
internal import MPI
internal import ParticleMesh
internal import Particles
internal import Snapshots

/// Simulates one realisation: initial particles, evolution, halos.
///
/// Everything it writes has the same bytes for any number of ranks and threads, and wherever it was
/// stopped and resumed.
struct UniverseJob {
  let universe: UniverseSettings
  let seed: UInt64
  let phasesAreInverted: Bool
  let folder: SimulationFolder

  /// What a job tells of its course, on every rank.
  enum Event {
    case phase(String)
    case step(SimulationProgress)
    case resumed(step: Int)
  }

  /// What it comes to, on every rank.
  struct Result {
    let halos: Int
    let halosParticles: Int
    let largest: Int
    let particleMass: Double
    let seconds: Double
  }

  /// Simulates, from the newest checkpoint if there is one.
  ///
  /// Collective.
  func run(on ranks: borrowing Communicator, tell: (Event) -> Void) throws -> Result {
    let start = ContinuousClock.now
    try ranks.agree { if ranks.isRoot { try recordSettings() } }
    let growth = try ranks.agree { try LinearGrowth(universe.cosmology) }
    let final = try evolve(growth, on: ranks, tell)
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
        boxWidth: universe.boxSize, particlesPerAxis: universe.gridSize)
        / universe.cosmology.hubble,
      seconds: start.duration(to: .now) / .seconds(1))
  }

  /// Whether the simulation is there already, complete and made with these settings.
  ///
  /// - Throws: ``ChangedUniverseError`` if it was made with others; `FileError`.
  func isComplete() throws -> Bool {
    guard folder.isComplete else { return false }
    try checkSettings()
    return true
  }

  /// Writes down what the simulation depends on, or checks it if it was begun before.
  private func recordSettings() throws {
    try DurableFile.createDirectory(folder.path)
    if FileManager.default.fileExists(atPath: folder.settings) { return try checkSettings() }
    try DurableFile.write(Data("\(identity)\n".utf8), to: folder.settings)
  }

  private func checkSettings() throws {
    let written: Data = try DurableFile.read(folder.settings)
    guard String(decoding: written, as: UTF8.self) == "\(identity)\n" else {
      throw ChangedUniverseError(folder: folder.path)
    }
  }

  private var box: PeriodicBox { PeriodicBox(width: universe.boxSize) }

  private var description: SimulationDescription {
    let cosmology = universe.cosmology
    return SimulationDescription(
      cosmology: Cosmology(
        omegaMatter: cosmology.omegaMatter, omegaLambda: cosmology.omegaLambda,
        hubble: cosmology.hubble), omegaBaryon: cosmology.omegaBaryon, sigma8: cosmology.sigma8,
      spectralIndex: cosmology.spectralIndex, boxSize: universe.boxSize,
      gridSize: universe.gridSize, seed: seed, creator: "halompi \(halompiVersion)")
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
    if let resumed = try SimulationCheckpoint.read(folder.checkpoint, on: ranks) {
      state = resumed
      tell(.resumed(step: state.completedSteps))
    } else {
      tell(.phase("making initial conditions"))
      state = SimulationState(particles: try initialParticles(growth, on: ranks))
    }
    var lastSave = ContinuousClock.now
    return try simulation.run(
      from: state, on: ranks, progress: { tell(.step($0)) },
      afterStep: { state in
        // All ranks must agree on when to save: the clock of the first decides.
        let minutes = lastSave.duration(to: .now) / .seconds(60)
        let isDue =
          try ranks.broadcast(
            [Int32(minutes >= universe.checkpointMinutes ? 1 : 0)])[0] == 1
        guard isDue, state.completedSteps < universe.mesh.steps.count else { return }
        try SimulationCheckpoint.write(state, to: folder.checkpoint, on: ranks)
        lastSave = .now
      })
  }

  /// Writes the particles at the initial redshift, and returns those that the evolution starts from:
  /// two outputs of one realisation.
  private func initialParticles(
    _ growth: LinearGrowth, on ranks: borrowing Communicator
  ) throws -> Particles {
    let threads = WorkerThreads(count: universe.mesh.threads)
    let transform = try ranks.agree {
      try FourierTransform(width: universe.gridSize, threads: threads, on: ranks)
    }
    let modes = try ranks.agree {
      let spectrum = try universe.powerSpectrum()
      let noise = WhiteNoise(
        .init(
          seed: seed, amplitudesAreFixed: universe.amplitudesAreFixed,
          phasesAreInverted: phasesAreInverted))
      return try LinearField(noise, spectrum: spectrum, in: box)
        .modes(on: transform.decomposition, threads: threads)
    }
    let motion = LagrangianPerturbation(
      modes: modes, transform: transform, growth: growth, in: box)
    let a = 1 / (1 + universe.initialRedshift)
    let initial = try motion.particles(at: a, order: .first, on: ranks)
    let firstRow = transform.decomposition.planes.lowerBound * universe.gridSize * universe.gridSize
    try Snapshot.write(
      [SnapshotRows(initial, from: firstRow)], of: description, scaleFactor: a,
      to: folder.initial, on: ranks)
    try LinearDensityFile.write(
      try motion.linearDensity(at: 1, on: ranks), boxSize: universe.boxSize, seed: seed,
      to: folder.linearDensity, on: ranks)
    return try motion.particles(at: universe.mesh.steps.start, order: .second, on: ranks)
  }

  /// What the files depend on; threads and ranks are not part of it.
  private var identity: String {
    var mesh = universe.mesh
    mesh.threads = 1
    let halos = universe.halos
    return """
      seed \(seed) inverted \(phasesAreInverted) fixed \(universe.amplitudesAreFixed) box \
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
      positions: catalogue.centres.map { catalogue.box.coordinate($0) },
      velocities: catalogue.velocities, boundVelocities: catalogue.boundVelocities,
      radii: catalogue.radii, enclosedCounts: catalogue.enclosedCounts)
  }
}

/// The files of one simulation.
struct SimulationFolder: Hashable {
  let path: String

  /// The particles at the initial redshift, and at the end in the order of groups.
  var initial: String { "\(path)/initial.hdf5" }
  var final: String { "\(path)/final.hdf5" }

  /// The halos at the end; the last file to be written.
  var catalogue: String { "\(path)/catalogue.hdf5" }

  /// The linear density contrast at z = 0.
  var linearDensity: String { "\(path)/linear-density.h5" }

  /// What the simulation was made with.
  var settings: String { "\(path)/settings.txt" }

  /// The state of an evolution that is under way.
  var checkpoint: String { "\(path)/checkpoint.h5" }

  /// Whether the simulation is complete.
  var isComplete: Bool {
    [initial, final, catalogue].allSatisfy { FileManager.default.fileExists(atPath: $0) }
  }
}

/// A simulation that was made, or begun, with another universe.
struct ChangedUniverseError: JobFailure, CustomStringConvertible {
  let folder: String

  var exitCode: JobExitCode { .badData }

  var description: String {
    "going on with the simulation in \(folder): it was made or begun with other settings of universe "
      + "or another seed (settings.txt there says which); restore them, or remove the folder"
  }
}
