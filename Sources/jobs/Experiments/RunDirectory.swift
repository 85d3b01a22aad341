package import Schedulers
package import Simulations
internal import Text

/// The directory of an experiment's results: `runs/<name>/` and the paths in it.
///
///     experiment.yaml                            the experiment as used, defaults filled in
///     simulations/                               snapshots made by halompi
///     fields/<simulation>.h5                     one field file per simulation
///     training/<variant>-seed<k>/                one trained model
///     predictions/<variant>-seed<k>/             what it predicts
///     ablation/                                  which of them are compared
///     report/                                    tables, and all that figures draw
///     replaced/                                  what was set aside for others in its place
///     slurm/, pbs/, lsf/, flux/                  batch scripts, and the logs of their jobs
///     log-lost.txt                               there only if a job could not write its log
///
/// A value of paths only: nothing is read or written here.
package struct RunDirectory: Hashable, Sendable {
  /// The path of the directory.
  package let path: String

  /// Names the directory of `experiment`.
  ///
  /// - Parameters:
  ///   - experiment: Its name and folder of runs.
  ///   - runs: A folder of runs to use instead of the experiment's.
  package init(of experiment: Experiment, runs: String? = nil) {
    path = "\(runs ?? experiment.runs)/\(experiment.name)"
  }

  /// The experiment as used.
  package var experimentFile: String { "\(path)/experiment.yaml" }

  /// The folder of snapshots made by halompi.
  package var simulations: String { "\(path)/simulations" }

  /// The files of a simulation made by halompi.
  package func simulation(_ name: String) -> SimulationFolder {
    SimulationFolder(path: "\(simulations)/\(name)")
  }

  /// The folder of field files, and of how they were made.
  package var fields: ResultDirectory { ResultDirectory(path: "\(path)/fields") }

  /// The folder of tables and figures.
  package var report: ResultDirectory { ResultDirectory(path: "\(path)/report") }

  /// The folder of the batch scripts of a scheduler, and of the logs of their jobs.
  package func batchScripts(of scheduler: Scheduler) -> String { "\(path)/\(scheduler.rawValue)" }

  /// The field file of a simulation.
  package func field(of simulation: String) -> String { "\(fields.path)/\(simulation).h5" }

  /// The record of what a field file was made of.
  package func fieldRecord(of simulation: String) -> String {
    "\(fields.path)/\(simulation).made-of.json"
  }

  /// The record of what a simulation was made of.
  package func simulationRecord(of simulation: String) -> String {
    "\(self.simulation(simulation).path)/made-of.json"
  }

  /// The record of how all simulations were made: one record per start of a job.
  package var simulationProvenance: String { "\(simulations)/provenance.json" }

  /// The file that is locked while simulations are made.
  package var simulationLock: String { "\(simulations)/lock" }

  /// The folder of results that were set aside, because others were made in their place.
  package var replaced: String { "\(path)/replaced" }

  /// The folder of one training.
  package func training(_ training: TrainingName) -> TrainingDirectory {
    TrainingDirectory(path: "\(path)/training/\(training)")
  }

  /// The folder of what concerns an ablation as a whole.
  package var ablation: AblationDirectory { AblationDirectory(path: "\(path)/ablation") }

  /// The folder of what one trained model predicts.
  package func predictions(of training: TrainingName) -> ResultDirectory {
    ResultDirectory(path: "\(path)/predictions/\(training)")
  }

  /// The folder of what one trained model predicts for the particles of a list, by the name of the list.
  package func predictions(of training: TrainingName, for list: String) -> ResultDirectory {
    ResultDirectory(path: "\(predictions(of: training).path)/particles/\(list)")
  }

  /// The folder of what one trained model answers to changes of its boxes.
  package func responses(of training: TrainingName) -> ResponseDirectory {
    predictions(of: training).responses
  }

  /// The folder of the predictions of all models.
  package var predictions: String { "\(path)/predictions" }

  /// The predictions of one trained model.
  package func prediction(of training: TrainingName) -> String {
    predictions(of: training).prediction
  }
}

/// The name of one training of an experiment: its variant and its seed.
package struct TrainingName: Hashable, Sendable, CustomStringConvertible {
  /// The variant of the inputs, such as `raw` or `averaged`.
  package let variant: String

  /// The seed of the initial weights and of the sample order.
  package let seed: UInt64

  /// Names a training.
  package init(variant: String, seed: UInt64) {
    self.variant = variant
    self.seed = seed
  }

  /// Reads the name of a folder, such as `raw-seed3`; `nil` if halompi gives no such name.
  package init?(folder: String) {
    guard isFileName(folder), let match = folder.wholeMatch(of: /(.+)-seed([0-9]+)/),
      let seed = UInt64(match.2)
    else { return nil }
    self.init(variant: String(match.1), seed: seed)
  }

  /// The name of the folder, such as `raw-seed3`.
  package var description: String { "\(variant)-seed\(seed)" }
}

/// A folder of results beside which is written how they were made.
package struct ResultDirectory: Hashable, Sendable {
  /// The path of the folder.
  package let path: String

  /// Makes the value of its parts.
  package init(path: String) {
    self.path = path
  }

  /// The file that tells how the results were made: one record per start of a job.
  package var provenanceFile: String { "\(path)/provenance.json" }

  /// The record of what the results were made of.
  package var recordFile: String { "\(path)/made-of.json" }

  /// The file that is locked while a job writes in the folder.
  package var lockFile: String { "\(path)/lock" }

  /// The predictions, in a folder of predictions.
  package var prediction: String { "\(path)/predictions.h5" }

  /// The folder of what the model answers to changes of its boxes, in a folder of predictions.
  package var responses: ResponseDirectory { ResponseDirectory(path: "\(path)/responses") }
}

/// The folder of what a model answers to changes of its boxes.
package struct ResponseDirectory: Hashable, Sendable {
  /// The path of the folder.
  package let path: String

  /// The predictions after perturbations.
  package var responses: String { "\(path)/responses.h5" }

  /// The mean gradients of the prediction with respect to the box.
  package var sensitivity: String { "\(path)/sensitivity.h5" }

  /// The file that tells how the results were made: one record per start of a job.
  package var provenanceFile: String { "\(path)/provenance.json" }

  /// The file that is locked while a job writes in the folder.
  package var lockFile: String { "\(path)/lock" }
}

/// The folder of one training.
package struct TrainingDirectory: Hashable, Sendable {
  /// The path of the folder.
  package let path: String

  /// The weights of the lowest validation loss, complete when the training is.
  package var model: String { "\(path)/model.h5" }

  /// The numbers of each step and epoch.
  package var metrics: String { "\(path)/metrics.jsonl" }

  /// The record of what the model was made by.
  package var recordFile: String { "\(path)/made-of.json" }

  /// The file that tells how the training was run: one record per start.
  package var provenanceFile: String { "\(path)/provenance.json" }

  /// The file that is locked while a job writes in the folder.
  package var lockFile: String { "\(path)/lock" }

  /// The experiment as used by a run of an ablation.
  package var experimentFile: String { "\(path)/experiment.yaml" }

  /// The file that tells why the run of an ablation failed; it is removed when the run starts again.
  package var failureFile: String { "\(path)/failure.json" }

  /// The file whose appearance asks the training to stop.
  package var stopFile: String { "\(path)/stop" }
}

/// The folder of an ablation as a whole; its runs are beside those of single trainings.
package struct AblationDirectory: Hashable, Sendable {
  /// The path of the folder.
  package let path: String

  /// The runs, expanded.
  package var manifestFile: String { "\(path)/manifest.json" }

  /// The file that is locked while runs are handed out.
  package var lockFile: String { "\(path)/lock" }

  /// The file whose appearance asks all runs to stop.
  package var stopFile: String { "\(path)/stop" }

  /// Returns the path of the log of a run that is a process of its own.
  package func log(of run: String) -> String { "\(path)/logs/\(run).log" }
}
