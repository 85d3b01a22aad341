package import Experiments
internal import Failures
internal import Foundation
internal import Hardware
package import MPI
internal import ParticleMesh
internal import Plans
package import Progress
package import Runs
internal import Simulations
internal import Stopping
internal import Training

/// Simulates the realizations of an experiment that have a seed instead of files.
package struct SimulateTask: Sendable {
  private let experiment: Experiment
  private let directory: RunDirectory

  /// Makes the task.
  package init(_ experiment: Experiment, in directory: RunDirectory) {
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
  package func run(on world: borrowing Communicator, progress: ProgressReporter) throws {
    StopSignals.install()
    let mark = ProgressMark()
    let stage = Stage(
      name: "simulate", lockFile: directory.simulationLock,
      provenanceFile: directory.simulationProvenance,
      threadsPerRank: experiment.universe.mesh.threads,
      recordSettings: { try directory.record(experiment) })
    let ranksPerNode = try world.splitByNode().size
    try stage.run(on: world, progress: progress) {
      let missing = try world.agree { () throws -> [SimulationSettings] in
        let embedded = experiment.simulations.filter { $0.seed != nil }
        guard !embedded.isEmpty else { throw Failure.nothingToSimulate }
        return try embedded.filter { try job(of: $0)?.isComplete() == false }
      }
      try world.agree { if world.isRoot { try recordUnrecorded(except: missing) } }
      for warning in experiment.universe.mesh.warnings { progress.warn("warning: \(warning)") }
      guard !missing.isEmpty else { return (missing, Stage.Inputs()) }
      let ranks = world.size
      let memory = try world.agree { () throws(Failure) in
        let plan = try UniverseMemory(
          of: experiment.universe, ranks: ranks, ranksPerNode: ranksPerNode,
          program: NodeMemory.ofThisProcess())
        try plan.check(against: .ofThisNode())
        return plan.peak.saturatingTimes(plan.ranksPerNode)
      }
      return (missing, Stage.Inputs(plannedMemory: memory))
    } work: { missing in
      let done = experiment.simulations.count { $0.seed != nil } - missing.count
      if done > 0 { progress.say("\(done) simulations are complete already") }
      let size = min(experiment.universe.ranksPerSimulation ?? world.size, world.size)
      let groups = max(1, world.size / size)
      // Ranks that make no whole group help the last one.
      let group = min(world.rank / size, groups - 1)
      let team = try world.split(color: group, key: world.rank)
      try world.agree {
        for (index, simulation) in missing.enumerated() where index % groups == group {
          guard let job = job(of: simulation) else { continue }
          let speaker = SimulationSpeaker(
            name: simulation.name, universe: experiment.universe, progress: progress)
          let result = try job.run(on: team) { event in
            if case .step = event, world.isRoot { mark.set() }
            speaker.tell(event)
          }
          try team.agree { if team.isRoot { try files(of: simulation).writeRecord() } }
          speaker.conclude(result)
        }
      }
    }
  }

  /// The files of a simulation with a seed; what it depends on is in its settings.
  package func files(of simulation: SimulationSettings) -> ResultFiles {
    ResultFiles(
      recordFile: directory.simulationRecord(of: simulation.name),
      inputs: [experiment.universe.spectrum].compactMap { $0 }.map { MarkedFile("spectrum", $0) },
      outputs: directory.simulation(simulation.name).products.map { path in
        MarkedFile(URL(filePath: path).lastPathComponent, path)
      })
  }

  /// Whether a simulation was made or begun with other settings of the universe, or another seed.
  ///
  /// - Throws: `FileError` if its files cannot be read.
  package func hasOtherSettings(_ simulation: SimulationSettings) throws -> Bool {
    try job(of: simulation)?.hasOtherSettings() ?? false
  }

  /// Puts complete simulations on record that a job of this program made and could not put there any more.
  private func recordUnrecorded(except missing: [SimulationSettings]) throws {
    guard try Provenance.areAllOfThisProgram(in: directory.simulationProvenance) else { return }
    for simulation in experiment.simulations where simulation.seed != nil {
      let files = files(of: simulation)
      guard !missing.contains(simulation), files.record == nil else { continue }
      try files.writeRecord()
    }
  }

  /// The job that makes a simulation; `nil` if it comes in files.
  private func job(of simulation: SimulationSettings) -> UniverseJob? {
    simulation.seed.map {
      UniverseJob(
        universe: experiment.universe,
        phases: .seed(
          $0, areInverted: simulation.isInverted ?? false, reseeding: simulation.reseeding),
        folder: directory.simulation(simulation.name))
    }
  }
}

extension Failure {
  /// The failure of an experiment of which all simulations have files.
  static var nothingToSimulate: Failure {
    Failure(
      .usage, "choosing simulations to make", because: "all of them have files",
      remedy:
        "give a simulation a seed instead of initial, final and catalogue to have it simulated")
  }
}
