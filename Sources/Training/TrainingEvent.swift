/// What a training tells its user while it runs; rank 0 alone does.
public enum TrainingEvent: Sendable {
  /// The training starts, or goes on from a checkpoint.
  case started(TrainingStart)

  /// A step is done.
  case step(StepSummary)

  /// An epoch is done and validated.
  case epoch(EpochSummary)

  /// A checkpoint was written.
  case checkpoint(path: String)

  /// Something that the user should know of, and that does not end the training.
  case warning(String)
}

/// How a training starts.
public struct TrainingStart: Sendable {
  /// The number of parameters, with gamma.
  public var parameterCount: Int

  /// The steps of an epoch, and the largest number of epochs.
  public var stepsPerEpoch: Int
  public var epochs: Int

  /// The steps done before, zero for a new training.
  public var stepsDone: Int

  /// The ranks that compute, and the threads of each.
  public var workers: Int
  public var threadsPerWorker: Int

  /// Whether rank 0 only coordinates.
  public var isDedicated: Bool

  /// Where boxes are cut from, and why.
  public var streaming: String

  /// The data, with their scales.
  public var data: DataDescription
}

/// One step of training.
public struct StepSummary: Sendable {
  /// The epoch, and the step in it, both from zero; and the steps done in all.
  public var epoch: Int
  public var stepInEpoch: Int
  public var step: Int

  /// The mean likelihood of the batch, the penalty, and gamma, before the update [nats].
  public var likelihood: Double
  public var penalty: Double
  public var gamma: Double

  /// The samples of the step, and the time it took [seconds].
  public var samples: Int
  public var seconds: Double
}

/// The validation after an epoch.
public struct EpochSummary: Sendable {
  /// The epoch, from zero, and the steps done in all.
  public var epoch: Int
  public var step: Int

  /// The mean likelihood of the samples of the epoch, each before its step's update [nats].
  public var trainingLikelihood: Double

  /// The mean likelihood of the validation samples, the penalty, and gamma, after the epoch [nats].
  public var likelihood: Double
  public var penalty: Double
  public var gamma: Double

  /// Pearson's correlation of prediction and truth over the validation samples.
  public var correlation: Double

  /// Whether this epoch has the lowest validation loss so far.
  public var isBest: Bool
}

/// How a training ended.
public enum TrainingOutcome: Hashable, Sendable {
  /// All epochs are done, or the loss had stopped falling.
  case complete

  /// It was asked to stop, and can be resumed.
  case stopped
}
