internal import Fields
internal import HDF5
package import Networks
package import SubBoxes

/// One training: what is trained, on what, and where its files are.
package struct TrainingPlan: Sendable {
  /// The settings of the training.
  package var settings: TrainingSettings

  /// The settings by which samples are drawn, with the size of their boxes.
  package var sampling: SamplingSettings

  /// The settings by which boxes are made: from memory or from files.
  package var streaming: StreamSettings

  /// The shape of the network; its box width is that of `sampling`.
  package var architecture: NetworkArchitecture

  /// The input that the boxes show.
  package var input: NetworkInput

  /// The field files of the simulations that train.
  package var trainingFiles: [String]

  /// The field files of the simulations that validate.
  package var validationFiles: [String]

  /// The folder of the training.
  package var directory: String

  /// The settings that the result depends on, a line each, such as `training.batchSize = 64`.
  ///
  /// A training is resumed only with the same lines.
  package var identity: [String]

  /// The file to which the times of all ranks and threads are written when the job ends; none without it.
  package var timelinePath: String?

  /// The steps of an epoch; known once the samples are drawn.
  var stepsPerEpoch = 0

  /// The samples of one part of a validation: parts are short, so that a rank that is silent is noticed.
  var validationPartSize: Int { Self.validationPartSize(batchSize: settings.batchSize) }

  static func validationPartSize(batchSize: Int) -> Int { 4 * batchSize }

  /// Makes the plan of a training.
  package init(
    settings: TrainingSettings, sampling: SamplingSettings, streaming: StreamSettings,
    architecture: NetworkArchitecture, input: NetworkInput = .density, trainingFiles: [String],
    validationFiles: [String], directory: String, identity: [String]
  ) {
    self.settings = settings
    self.sampling = sampling
    self.streaming = streaming
    self.architecture = architecture
    self.architecture.boxWidth = sampling.boxWidth
    self.input = input
    self.trainingFiles = trainingFiles
    self.validationFiles = validationFiles
    self.directory = directory
    self.identity = identity
  }

  /// The weights of the best epoch.
  package var modelPath: String { "\(directory)/model.h5" }

  /// The numbers of each step and epoch: the same bytes for any number of ranks, stops and resumes.
  var metricsPath: String { "\(directory)/metrics.jsonl" }

  /// The times of each step.
  package var timingsPath: String { "\(directory)/timings.jsonl" }

  /// The file whose appearance asks the training to stop.
  var stopPath: String { "\(directory)/stop" }

  var checkpoints: CheckpointFolder {
    CheckpointFolder(path: "\(directory)/checkpoints", kept: settings.keptCheckpoints)
  }
}
