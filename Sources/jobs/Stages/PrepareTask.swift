package import Experiments
internal import Failures
package import Fields
internal import Foundation
package import MPI
package import Progress
package import Runs
internal import Settings
internal import Simulations
internal import Snapshots

/// Makes the field files of an experiment's simulations in its run directory.
package struct PrepareTask: Sendable {
  private let experiment: Experiment
  private let directory: RunDirectory
  private let names: [String]

  /// The content of the files, which all simulations share.
  private let needs: Result<FieldNeeds, SettingsError>

  /// Makes the task.
  ///
  /// - Parameters:
  ///   - experiment: The simulations, and how fields are made of them.
  ///   - directory: The run directory, where fields are written.
  ///   - names: The names of the simulations to prepare; all of them if there is none.
  package init(_ experiment: Experiment, in directory: RunDirectory, only names: [String] = []) {
    self.experiment = experiment
    self.directory = directory
    self.names = names
    needs = Result { () throws(SettingsError) in try experiment.fieldNeeds() }
  }

  /// Makes the files, one after the other, each by all ranks; one that exists is replaced, unless it was made by a
  /// job that did not finish, and nothing has changed since.
  ///
  /// Collective.
  ///
  /// - Parameters:
  ///   - world: The ranks.
  ///   - progress: Is told how far it is; it speaks on rank 0.
  ///   - finished: Is given what can be checked of each file, with its path, on rank 0.
  /// - Throws: A ``JobFailure``, in an `AgreedFailure` if all ranks know of it.
  package func run(
    on world: borrowing Communicator, progress: ProgressReporter,
    finished: (FieldSummary, String) -> Void
  ) throws {
    let simulations = try world.agree { try chosen() }
    try world.agree { if world.isRoot { try checkUniverses(of: simulations) } }
    let stage = Stage(
      name: "prepare", lockFile: directory.fields.lockFile,
      provenanceFile: directory.fields.provenanceFile,
      threadsPerRank: experiment.fields.threadsPerRank,
      recordSettings: { try directory.record(experiment) })
    try stage.run(on: world, progress: progress) {
      var unfinished = UnfinishedFields(in: directory.fields.path, isRead: world.isRoot)
      for simulation in simulations {
        let output = directory.field(of: simulation.name)
        let preparation = try world.agree { try self.preparation(of: simulation, output: output) }
        let earlier = try unfinished.result(of: preparation, on: world)
        if earlier.isDone {
          progress.say("\(simulation.name): made already by the job that did not finish")
        }
        let made = try earlier.isDone ? nil : make(preparation, on: world, progress)
        try world.agree {
          guard world.isRoot, let summary = made ?? earlier.summary else { return }
          if let made { try unfinished.add(made, of: preparation) }
          try record(summary, of: simulation)
        }
        guard world.isRoot, let summary = made ?? earlier.summary else { continue }
        for remark in summary.remarks + summary.haloPlausibility.remarks {
          progress.warn("note: \(simulation.name): \(remark)")
        }
        finished(summary, output)
      }
      if world.isRoot { unfinished.remove() }
    }
  }

  /// Makes a field file.
  ///
  /// Collective.
  private func make(
    _ preparation: FieldPreparation, on world: borrowing Communicator,
    _ progress: ProgressReporter
  ) throws -> FieldSummary {
    let summary = try preparation.run(on: world) { report($0, of: preparation.name, to: progress) }
    progress.advance(to: FieldPreparationPhase.allCases.count)
    progress.end()
    return summary
  }

  /// The field file of a simulation, and what it is made of.
  ///
  /// Called on one rank.
  ///
  /// - Throws: `SettingsError` if the experiment cannot be written.
  package func files(of simulation: SimulationSettings) throws -> ResultFiles {
    var alone = experiment
    alone.simulations = [simulation]
    let output = directory.field(of: simulation.name)
    let preparation = try preparation(of: simulation, output: output)
    let settings =
      try alone.lines(of: [
        "fields.label", "fields.neighbours", "simulations[].units", "simulations[].cosmology",
        "simulations[].labels", "simulations[].ignoreTypes",
      ]) + [
        "fields.potential = \(preparation.withPotential)",
        "fields.final = \(preparation.withFinalParticles)",
      ]
      // Not in records that are older than these fields.
      + (preparation.withShear ? ["fields.shear = true"] : [])
      + (preparation.withTides ? ["fields.tides = true"] : [])
      + preparation.filtered.map { "fields.filter = \($0)" }
    // What cannot be read fails in the stage, with the reason.
    let inputs = (try? preparation.inputFiles()) ?? []
    return ResultFiles(
      recordFile: directory.fieldRecord(of: simulation.name), settings: settings,
      inputs: inputs.map { MarkedFile($0.role, $0.files) },
      outputs: [MarkedFile("\(simulation.name).h5", output, .verifiedField)])
  }

  /// Puts on record what a field file was made of; its own checksums of its sources hold.
  private func record(_ summary: FieldSummary, of simulation: SimulationSettings) throws {
    let files = try files(of: simulation)
    let checksums = summary.metadata.sources.mapValues(\.checksum)
    try files.writeRecord(
      of: files.inputMarks(knowing: checksums),
      knowing: ["\(simulation.name).h5": summary.metadata.fingerprint])
  }

  /// The simulations to prepare, in the order of the experiment.
  func chosen() throws(Failure) -> [SimulationSettings] {
    let known = experiment.simulations.map(\.name)
    if let unknown = names.first(where: { !known.contains($0) }) {
      throw Failure(
        .usage, "choosing simulations to prepare",
        because: "the experiment has none called \(unknown)",
        remedy: nearestKey(to: unknown, among: known).map { "did you mean \($0)?" }
          ?? "it has \(known.joined(separator: ", "))")
    }
    return experiment.simulations.filter { names.isEmpty || names.contains($0.name) }
  }

  /// Refuses simulations that were made from seeds with other settings than the experiment has now.
  private func checkUniverses(of simulations: [SimulationSettings]) throws {
    let making = SimulateTask(experiment, in: directory)
    for simulation in simulations where try making.hasOtherSettings(simulation) {
      throw Failure(
        .badData, "preparing \(simulation.name)",
        because:
          "the simulation in \(directory.simulation(simulation.name).path) was made or begun with other settings of "
          + "universe or another seed (settings.txt there says which)",
        remedy: "restore them, or remove the folder and give `halompi simulate` again")
    }
  }

  func preparation(
    of simulation: SimulationSettings, output: String
  ) throws(SettingsError) -> FieldPreparation {
    let made = directory.simulation(simulation.name)
    // Of a twin, only labels are read.
    let needs = simulation.role == .twin ? FieldNeeds() : try needs.get()
    return FieldPreparation(
      name: simulation.name, initialSnapshot: simulation.initial ?? made.initial,
      finalSnapshot: simulation.final ?? made.final,
      halos: simulation.halos(made: made.catalogue), units: simulation.units,
      cosmology: simulation.cosmology, ignoredTypes: simulation.ignoreTypes ?? [], output: output,
      withPotential: needs.potential, withShear: needs.shear, withTides: needs.tides,
      filtered: needs.filtered, withFinalParticles: needs.final,
      label: experiment.fields.label, neighbours: experiment.fields.neighbours,
      threads: experiment.fields.threadsPerRank)
  }

  private func report(
    _ phase: FieldPreparationPhase, of simulation: String, to progress: ProgressReporter
  ) {
    let phases = FieldPreparationPhase.allCases
    let index = phases.firstIndex(of: phase) ?? 0
    if index == 0 {
      progress.begin(
        ProgressPhase("preparing \(simulation)", unit: "phases", total: phases.count))
    }
    progress.advance(to: index, note: phase.rawValue)
  }
}

extension FieldSummary {
  /// The halos beside what a universe of this matter density has.
  fileprivate var haloPlausibility: HaloPlausibility {
    HaloPlausibility(
      masses: haloMasses, counts: haloCounts, particleCount: particleCount,
      particleMass: metadata.particleMass, boxSize: metadata.boxSize,
      cosmology: metadata.cosmology, redshift: metadata.finalRedshift)
  }
}
