internal import Failures
internal import Foundation
internal import FourierTransforms
internal import Halos
package import Hardware
internal import LinearTheory
package import MPI
internal import ParticleMesh
internal import Particles
internal import Settings
internal import Simulations
internal import Text
internal import Threads

/// A benchmark of the speed at which universes are simulated, and of what takes the time.
///
/// The mass resolution and the cosmology are the paper's. Steps of equal length, whatever their number, go
/// from z = 19 to 0, so that particles are in halos at the end. Nothing is written.
package struct UniverseBenchmark: Codable, Hashable, Sendable {
  /// The times of one run on the first rank [s].
  package struct Run: Codable, Hashable, Sendable {
    /// Random field, Zel'dovich and second order.
    var initialConditions = 0.0

    /// Painting particles to the mesh.
    package var paint = 0.0

    /// Fourier transforms, with the modes of the potential.
    package var transform = 0.0

    /// Making forces of the potential at particles.
    package var readout = 0.0

    /// Moving particles.
    package var drift = 0.0

    /// Exchange with other ranks.
    package var exchange = 0.0

    /// All steps, with what the parts leave out.
    package var steps = 0.0

    /// Friends-of-friends, with their exchange of particles.
    var friendsOfFriends = 0.0

    /// The properties of halos beside their members: unbinding, spherical overdensities.
    var haloProperties = 0.0

    /// Friends-of-friends and the properties of halos.
    package var halos: Double { friendsOfFriends + haloProperties }

    /// The time of processors from the beginning to the end, on all ranks.
    package var processor = 0.0
  }

  /// The machine.
  package let machine: Machine

  /// The particles along each axis.
  package let gridSize: Int

  /// The cells of the force mesh to a particle along each axis.
  package let meshRefinement: Int

  /// The steps of a run, each with a force, and the one at the end with another.
  let stepCount: Int

  /// The ranks, and the threads of each.
  package let ranks, threads: Int

  /// The times of each run.
  package let runs: [Run]

  /// The largest memory of the first run until its last step, and until its halos were found, of all ranks
  /// together; programs and libraries included [bytes].
  let stepMemory, totalMemory: Int

  /// Simulates `runs` times.
  ///
  /// Collective.
  ///
  /// - Parameters:
  ///   - gridSize: The particles along each axis.
  ///   - meshRefinement: The cells of the force mesh to a particle along each axis.
  ///   - steps: The steps of a run.
  ///   - runs: The number of runs to measure.
  ///   - threads: The threads of each rank.
  ///   - world: The ranks.
  /// - Throws: A ``JobFailure`` for settings that make no sense.
  package init(
    gridSize: Int, meshRefinement: Int, steps: Int, runs: Int, threads: Int,
    on world: borrowing Communicator
  ) throws {
    precondition(runs > 0, "a benchmark without a run")
    var universe = UniverseSettings()
    universe.boxSize *= Double(gridSize) / Double(universe.gridSize)
    universe.gridSize = gridSize
    universe.mesh.meshRefinement = meshRefinement
    universe.mesh.steps.count = steps
    universe.mesh.threads = threads
    universe.mesh.spectrumRedshifts = []
    let problems = universe.problems
    try world.agree {
      if let problem = problems.first {
        throw Failure(
          .usage, "benchmark", because: "\(problem.path) \(problem.reason)", remedy: problem.remedy)
      }
    }
    machine = Machine()
    var memory: [Int] = []
    var measured: [Run] = []
    for _ in 0..<runs {
      let (run, peaks) = try Self.measure(universe, on: world)
      measured.append(run)
      // The system tells the largest memory that there ever was.
      memory += peaks
    }
    stepMemory = memory[0]
    totalMemory = memory[1]
    self.gridSize = gridSize
    self.meshRefinement = meshRefinement
    stepCount = steps
    ranks = world.size
    self.threads = threads
    self.runs = measured
  }

  /// The particle-steps per second and core of the steps of each run.
  var stepRates: [Double] { rates { $0.steps } }

  /// The particle-steps per second and core of each run with everything counted: initial conditions, steps
  /// and halos.
  var totalRates: [Double] { rates { $0.initialConditions + $0.steps + $0.halos } }

  /// The same of the processors' time instead of the clock's, which other programs do not lengthen.
  var processorRates: [Double] {
    runs.map { particleSteps / $0.processor }
  }

  private var particleSteps: Double {
    Double(gridSize * gridSize * gridSize) * Double(stepCount)
  }

  private func rates(_ seconds: (Run) -> Double) -> [Double] {
    runs.map { particleSteps / seconds($0) / Double(ranks * threads) }
  }

  private static func measure(
    _ universe: UniverseSettings, on world: borrowing Communicator
  ) throws -> (Run, peaks: [Int]) {
    let clock = ContinuousClock()
    let processor = try processorTime(on: world)
    var run = Run()
    var peaks: [Int] = []
    let box = PeriodicBox(width: universe.boxSize)
    let growth = try LinearGrowth(universe.cosmology)
    var mark = clock.now
    func lap() -> Double {
      defer { mark = clock.now }
      return mark.duration(to: clock.now) / .seconds(1)
    }
    let state = SimulationState(particles: try particles(universe, growth, on: world))
    run.initialConditions = lap()
    let simulation = try ParticleMeshSimulation(
      universe.mesh, box: box, particlesPerAxis: universe.gridSize, growth: growth)
    var times = PhaseTimes()
    let final = try simulation.run(
      from: state, on: world, progress: { times = $0.times })
    run.steps = lap()
    run.paint = times.paint / .seconds(1)
    run.transform = times.transform / .seconds(1)
    run.readout = times.readout / .seconds(1)
    run.drift = times.drift / .seconds(1)
    run.exchange = times.exchange / .seconds(1)
    peaks.append(Int(try world.allReduce(Int64(Machine.peakMemory), .sum)))
    mark = clock.now
    let epoch = HaloEpoch(
      scaleFactor: 1, expansionRate: 1, omegaMatter: universe.cosmology.omegaMatter)
    _ = try HaloFinder(box: box, epoch: epoch, settings: universe.halos)
      .find(
        final, threads: universe.mesh.threads, on: world, linked: { run.friendsOfFriends = lap() })
    run.haloProperties = lap()
    peaks.append(Int(try world.allReduce(Int64(Machine.peakMemory), .sum)))
    run.processor = try processorTime(on: world) - processor
    return (run, peaks)
  }

  private static func particles(
    _ universe: UniverseSettings, _ growth: LinearGrowth, on world: borrowing Communicator
  ) throws -> Particles {
    let box = PeriodicBox(width: universe.boxSize)
    let threads = WorkerThreads(count: universe.mesh.threads)
    let transform = try FourierTransform(width: universe.gridSize, threads: threads, on: world)
    let spectrum = try LinearPowerSpectrum(universe.cosmology)
    let modes = try LinearField(WhiteNoise(.init(seed: 1)), spectrum: spectrum, in: box)
      .modes(on: transform.decomposition, threads: threads)
    let motion = LagrangianPerturbation(
      modes: modes, transform: transform, growth: growth, in: box)
    return try motion.particles(at: universe.mesh.steps.start, order: .second, on: world)
  }

  /// The time of processors that all ranks have taken so far [s].
  private static func processorTime(on world: borrowing Communicator) throws -> Double {
    try world.allReduce(Machine.processorTime, .sum)
  }
}

extension UniverseBenchmark: CustomStringConvertible {
  /// The machine, rates, and a table of what takes the time.
  package var description: String {
    let count = Double(gridSize * gridSize * gridSize)
    var table = TextTable("part", "median s", "least", "most", "share %")
    let all = Timing(seconds: runs.map { $0.initialConditions + $0.steps + $0.halos })
    let parts: [(String, (Run) -> Double)] = [
      ("initial conditions", { $0.initialConditions }), ("paint", { $0.paint }),
      ("transform", { $0.transform }), ("readout", { $0.readout }),
      ("drift", { $0.drift }), ("exchange", { $0.exchange }), ("steps in all", { $0.steps }),
      ("friends-of-friends", { $0.friendsOfFriends }), ("halo properties", { $0.haloProperties }),
    ]
    for (name, seconds) in parts {
      let part = Timing(seconds: runs.map(seconds))
      table.add(
        name, decimals(part.median, 3), decimals(part.minimum, 3), decimals(part.maximum, 3),
        decimals(100 * part.median / all.median, 1))
    }
    func millions(_ rates: [Double]) -> String {
      let rates = Timing(seconds: rates.map { $0 / 1e6 })
      return "\(decimals(rates.median, 2)) (\(decimals(rates.minimum, 2)) to "
        + "\(decimals(rates.maximum, 2)))"
    }
    let who = "\(ranks) ranks of \(threads) threads, \(runs.count) runs of \(stepCount) steps"
    return """
      \(machine.summary)
      \(gridSize)^3 particles, \(meshRefinement) cells to a particle, \(who)
      \(table)million particle-steps per second and core: \(millions(totalRates)) with everything, \
      \(millions(stepRates)) of the steps, \(millions(processorRates)) by the processors' clock
      memory per particle: \(decimals(Double(stepMemory) / count, 0)) bytes to the last step, \
      \(decimals(Double(totalMemory) / count, 0)) with halos

      """
  }
}
