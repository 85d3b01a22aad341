internal import Foundation
public import MPI
internal import ParticleMesh
internal import Training

/// Simulates the realisations of an experiment that have a seed instead of files.
public struct SimulateTask: Sendable {
  private let experiment: Experiment
  private let directory: RunDirectory

  /// Makes the task.
  public init(_ experiment: Experiment, in directory: RunDirectory) {
    self.experiment = experiment
    self.directory = directory
  }

  /// Simulates what is not there yet; a simulation that was stopped goes on from its checkpoint.
  ///
  /// Several simulations run at a time on groups of ranks if `universe.ranksPerSimulation` is less than
  /// all. Collective.
  ///
  /// - Parameters:
  ///   - world: The ranks.
  ///   - progress: Is told how far the simulations of the first group are; it speaks on rank 0.
  /// - Throws: A ``JobFailure``, in an `AgreedFailure` if all ranks know of it.
  public func run(on world: borrowing Communicator, progress: ProgressReporter) throws {
    StopSignals.install()
    let mark = ProgressMark()
    let lock = try LockHolder("\(directory.simulations)/lock", on: world)
    let provenance = try Provenance.collect(
      on: world, threadsPerRank: experiment.universe.mesh.threads)
    let missing = try world.agree { () throws -> [SimulationSettings] in
      for difference in world.isRoot ? try directory.record(experiment) : [] {
        progress.say("note: \(difference), unlike in the last job of this run directory")
      }
      try provenance?.append(to: "\(directory.simulations)/provenance.json")
      let embedded = experiment.simulations.filter { $0.seed != nil }
      guard !embedded.isEmpty else { throw NothingToSimulateError() }
      return try embedded.filter { try job(of: $0)?.isComplete() == false }
    }
    let done = experiment.simulations.count { $0.seed != nil } - missing.count
    if done > 0 { progress.say("\(done) simulations are complete already") }
    for warning in experiment.universe.mesh.warnings { progress.say("warning: \(warning)") }
    let size = min(experiment.universe.ranksPerSimulation ?? world.size, world.size)
    let groups = max(1, world.size / size)
    // Ranks that make no whole group help the last one.
    let group = min(world.rank / size, groups - 1)
    let team = try world.split(color: group, key: world.rank)
    try world.agree {
      for (index, simulation) in missing.enumerated() where index % groups == group {
        guard let job = job(of: simulation) else { continue }
        let result = try job.run(on: team) { event in
          if case .step = event, world.isRoot { mark.set() }
          report(event, of: simulation.name, to: progress)
        }
        progress.end()
        progress.say(line(result, of: simulation.name))
      }
    }
    lock.release()
  }

  /// The job that makes a simulation; `nil` if it comes in files.
  private func job(of simulation: SimulationSettings) -> UniverseJob? {
    simulation.seed.map {
      UniverseJob(
        universe: experiment.universe, seed: $0,
        phasesAreInverted: simulation.isInverted ?? false,
        folder: directory.simulation(simulation.name))
    }
  }

  private func report(
    _ event: UniverseJob.Event, of name: String, to progress: ProgressReporter
  ) {
    let steps = experiment.universe.mesh.steps.count
    switch event {
    case .phase(let phase): progress.say("\(name): \(phase)")
    case .resumed(let step):
      progress.say("\(name): going on from the checkpoint of step \(step)")
      progress.begin(
        ProgressPhase("simulating \(name)", unit: "steps", total: steps, start: step))
    case .step(let step):
      if step.completedSteps == 1 {
        progress.begin(ProgressPhase("simulating \(name)", unit: "steps", total: steps))
      }
      progress.advance(to: step.completedSteps, note: "z = \(digits(step.redshift))")
      if step.completedSteps == steps { progress.end() }
    }
  }

  private func line(_ result: UniverseJob.Result, of name: String) -> String {
    let n = experiment.universe.gridSize
    let share = Double(result.halosParticles) / Double(n * n * n)
    return
      "\(name): \(n)^3 particles of \(digits(result.particleMass)) Msun, \(result.halos) halos "
      + "with \(digits(100 * share)) % of them, the largest with \(result.largest), in "
      + "\(digits(result.seconds)) s"
  }
}

/// An experiment whose simulations all come from files.
public struct NothingToSimulateError: JobFailure, Hashable, CustomStringConvertible {
  /// Settings that do not fit the command.
  public var exitCode: JobExitCode { .usage }

  /// What is missing, and what to do.
  public var description: String {
    "choosing simulations to make: all of them have files; give a simulation a seed instead of "
      + "initial, final and catalogue to have it simulated"
  }
}

/// A simulation that was asked to stop by a signal, and can go on.
struct StoppedSimulationError: JobFailure, Hashable, CustomStringConvertible {
  /// The folder of the simulation.
  let folder: String

  /// The steps that are done.
  let step: Int

  /// The same command goes on.
  var exitCode: JobExitCode { .resumableStop }

  /// Where it stopped, and how it goes on.
  var description: String {
    "simulating \(folder): stopped by a signal with a checkpoint after step \(step); the same command goes on"
  }
}
