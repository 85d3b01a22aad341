/// Where the results of an experiment are: `runs/<name>/` and the paths in it.
///
///     experiment.yaml                            the experiment as used, defaults filled in
///     simulations/                               snapshots made by halompi
///     fields/<simulation>.h5                     one field file per simulation
///     training/<variant>-seed<k>/                one trained model
///     predictions/<variant>-seed<k>/             what it predicts
///     ablation/                                  which of them are compared
///     report/                                    tables, and all that figures draw
///     slurm/                                     batch scripts, and the logs of their jobs
///
/// A value of paths only: nothing is read or written here.
public struct RunDirectory: Hashable, Sendable {
  /// The path of the directory.
  public let path: String

  /// Names the directory of `experiment`.
  ///
  /// - Parameters:
  ///   - experiment: Its name and folder of runs.
  ///   - runs: A folder of runs to use instead of the experiment's.
  public init(of experiment: Experiment, runs: String? = nil) {
    path = "\(runs ?? experiment.runs)/\(experiment.name)"
  }

  /// The experiment as used.
  public var experimentFile: String { "\(path)/experiment.yaml" }

  /// The folder of snapshots made by halompi.
  public var simulations: String { "\(path)/simulations" }

  /// The files of a simulation made by halompi.
  func simulation(_ name: String) -> SimulationFolder {
    SimulationFolder(path: "\(simulations)/\(name)")
  }

  /// The folder of field files, and of how they were made.
  public var fields: ResultDirectory { ResultDirectory(path: "\(path)/fields") }

  /// The folder of tables and figures.
  public var report: ResultDirectory { ResultDirectory(path: "\(path)/report") }

  /// The folder of batch scripts, and of the logs of their jobs.
  public var batchScripts: String { "\(path)/slurm" }

  /// The field file of a simulation.
  public func field(of simulation: String) -> String { "\(fields.path)/\(simulation).h5" }

  /// The folder of one training.
  public func training(_ training: TrainingName) -> TrainingDirectory {
    TrainingDirectory(path: "\(path)/training/\(training)")
  }

  /// What is said of an ablation as a whole.
  public var ablation: AblationDirectory { AblationDirectory(path: "\(path)/ablation") }

  /// The folder of what one trained model predicts.
  public func predictions(of training: TrainingName) -> ResultDirectory {
    ResultDirectory(path: "\(path)/predictions/\(training)")
  }

  /// The folder of the predictions of all models.
  public var predictions: String { "\(path)/predictions" }

  /// The predictions of one trained model.
  public func prediction(of training: TrainingName) -> String {
    "\(predictions(of: training).path)/predictions.h5"
  }
}

/// Which training of an experiment it is: what is different about it, and its seed.
public struct TrainingName: Hashable, Sendable, CustomStringConvertible {
  /// The variant of the inputs, such as `raw` or `averaged`.
  public let variant: String

  /// The seed of the initial weights and of the sample order.
  public let seed: UInt64

  /// Names a training.
  public init(variant: String, seed: UInt64) {
    self.variant = variant
    self.seed = seed
  }

  /// Reads the name of a folder, such as `raw-seed3`; nothing if it is none.
  init?(folder: String) {
    guard let match = folder.wholeMatch(of: /(.+)-seed([0-9]+)/), let seed = UInt64(match.2) else {
      return nil
    }
    self.init(variant: String(match.1), seed: seed)
  }

  /// The name of the folder, such as `raw-seed3`.
  public var description: String { "\(variant)-seed\(seed)" }
}

/// A folder of results beside which is written how they were made.
public struct ResultDirectory: Hashable, Sendable {
  /// The path of the folder.
  public let path: String

  /// How the results were made: one record per start of a job.
  public var provenanceFile: String { "\(path)/provenance.json" }

  /// The file that is locked while a job writes in the folder.
  public var lockFile: String { "\(path)/lock" }
}

/// The folder of one training.
public struct TrainingDirectory: Hashable, Sendable {
  /// The path of the folder.
  public let path: String

  /// The weights of the lowest validation loss, complete when the training is.
  public var model: String { "\(path)/model.h5" }

  /// The numbers of each step and epoch.
  public var metrics: String { "\(path)/metrics.jsonl" }

  /// How the training was run: one record per start.
  public var provenanceFile: String { "\(path)/provenance.json" }

  /// The file that is locked while a job writes in the folder.
  public var lockFile: String { "\(path)/lock" }

  /// The experiment as used by a run of an ablation.
  public var experimentFile: String { "\(path)/experiment.yaml" }

  /// Why the run of an ablation failed; there only while it is so.
  public var failureFile: String { "\(path)/failure.json" }

  /// The file whose appearance asks the training to stop.
  public var stopFile: String { "\(path)/stop" }
}

/// The folder of an ablation as a whole; its runs are beside those of single trainings.
public struct AblationDirectory: Hashable, Sendable {
  /// The path of the folder.
  public let path: String

  /// The runs, expanded.
  public var manifestFile: String { "\(path)/manifest.json" }

  /// The file that is locked while runs are handed out.
  public var lockFile: String { "\(path)/lock" }

  /// The file whose appearance asks all runs to stop.
  public var stopFile: String { "\(path)/stop" }

  /// What a run that was a process of its own said.
  public func log(of run: AblationRun) -> String { "\(path)/logs/\(run.name).log" }
}
