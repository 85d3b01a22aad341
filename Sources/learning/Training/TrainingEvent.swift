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

  /// The steps of an epoch.
  public var stepsPerEpoch: Int

  /// The largest number of epochs.
  public var epochs: Int

  /// The steps done before, zero for a new training.
  public var stepsDone: Int

  /// The ranks that compute.
  public var workers: Int

  /// The threads that compute on each of them.
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
  /// The epoch, from zero.
  public var epoch: Int

  /// The steps done in all, this one included.
  public var step: Int

  /// The mean likelihood of the batch, before the update [nats].
  public var likelihood: Double

  /// The penalty, before the update [nats].
  public var penalty: Double

  /// The width of the likelihood, before the update.
  public var gamma: Double

  /// The samples of the step.
  public var samples: Int

  /// The time that the step took [seconds].
  public var seconds: Double
}

/// The validation after an epoch.
public struct EpochSummary: Sendable {
  /// The epoch, from zero.
  public var epoch: Int

  /// The steps done in all.
  public var step: Int

  /// The mean likelihood of the samples of the epoch, each before its step's update [nats].
  public var trainingLikelihood: Double

  /// The mean likelihood of the validation samples, after the epoch [nats].
  public var likelihood: Double

  /// The penalty, after the epoch [nats].
  public var penalty: Double

  /// The width of the likelihood, after the epoch.
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
