import Foundation
public import MPI
public import Training

/// An experiment and the directory of its results: what every job starts from.
public struct ExperimentRun: Hashable, Sendable {
  /// The experiment.
  public let experiment: Experiment

  /// The directory of its results.
  public let directory: RunDirectory

  /// Makes the run of an experiment.
  ///
  /// - Parameters:
  ///   - experiment: The experiment.
  ///   - runs: A folder of runs to use instead of the experiment's.
  public init(_ experiment: Experiment, runs: String? = nil) {
    self.experiment = experiment
    directory = RunDirectory(of: experiment, runs: runs)
  }

  /// The folder of the experiment's training.
  public var training: TrainingDirectory { directory.training(experiment.trainingName) }

  /// Records that a job starts: the experiment as used, and how the job is run.
  ///
  /// Collective.
  ///
  /// - Parameters:
  ///   - world: All ranks of the job.
  ///   - provenanceFile: The file beside the results.
  ///   - threadsPerRank: The threads that compute on each rank, where the job has a say in it.
  ///   - inputs: Describes the files that go in, on the first rank.
  /// - Returns: The settings that changed since the last job of the run; on the first rank.
  /// - Throws: A failure that all ranks agree on, if a file cannot be read or written.
  public func recordStart(
    on world: borrowing Communicator, in provenanceFile: String, threadsPerRank: Int? = nil,
    inputs: () throws -> [Provenance.InputFile] = { [] }
  ) throws -> [SettingsDifference] {
    let provenance = try Provenance.collect(
      on: world, threadsPerRank: threadsPerRank, inputs: inputs)
    return try world.agree {
      guard let provenance else { return [] }
      let differences = try directory.record(experiment)
      try provenance.append(to: provenanceFile)
      return differences
    }
  }

  /// The paths of the field files of the simulations of one role.
  ///
  /// - Throws: `MissingFields` for those that are not there.
  public func fieldFiles(of role: SimulationRole) throws(MissingFields) -> [String] {
    let files = experiment.simulations(of: role).map { directory.field(of: $0.name) }
    let missing = files.filter { !FileManager.default.fileExists(atPath: $0) }
    guard missing.isEmpty else { throw MissingFields(files: missing) }
    return files
  }

  /// What is trained, on what, and where its files are.
  ///
  /// - Throws: `MissingFields` if a field file is not there, `SettingsError` if the experiment cannot
  ///   be written.
  public func trainingPlan() throws -> TrainingPlan {
    TrainingPlan(
      settings: experiment.training, sampling: experiment.sampling, streaming: experiment.stream,
      architecture: experiment.architecture, field: experiment.fields.input.field,
      trainingFiles: try fieldFiles(of: .training),
      validationFiles: try fieldFiles(of: .validation), directory: training.path,
      identity: try experiment.trainingIdentity())
  }
}

/// Field files that a job needs and that are not there.
public struct MissingFields: JobFailure, Hashable, CustomStringConvertible {
  /// Their paths.
  public let files: [String]

  /// Files that are needed and not there.
  public var exitCode: JobExitCode { .missingInput }

  /// Which files are missing, and how they are made.
  public var description: String {
    "reading the fields: \(files.joined(separator: ", ")) "
      + "\(files.count == 1 ? "does" : "do") not exist; make them with `halompi prepare`"
  }
}
