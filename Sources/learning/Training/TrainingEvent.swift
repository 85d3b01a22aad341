package import Networks

/// An event that a training reports to its user while it runs, from rank 0 alone.
package enum TrainingEvent: Sendable {
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

/// The facts about the start of a training.
package struct TrainingStart: Sendable {
  /// The number of parameters, with those of the likelihood.
  package var parameterCount: Int

  /// The steps of an epoch.
  package var stepsPerEpoch: Int

  /// The largest number of epochs.
  package var epochs: Int

  /// The steps done before, zero for a new training.
  package var stepsDone: Int

  /// The ranks that compute.
  package var workers: Int

  /// The threads that compute on each of them.
  package var threadsPerWorker: Int

  /// Whether rank 0 only coordinates.
  package var isDedicated: Bool

  /// The place that boxes are cut from, and the reason for it.
  package var streaming: String

  /// The data, with their scales.
  package var data: DataDescription
}

/// One step of training.
package struct StepSummary: Sendable {
  /// The epoch, from zero.
  package var epoch: Int

  /// The steps done in all, this one included.
  package var step: Int

  /// The mean likelihood of the batch, before the update [nats].
  package var likelihood: Double

  /// The penalty, before the update [nats].
  package var penalty: Double

  /// The likelihood with the values of its parameters, before the update.
  package var likelihoodValues: LikelihoodValues

  /// The samples of the step.
  package var samples: Int

  /// The time that the step took [seconds].
  package var seconds: Double
}

/// The validation after an epoch.
package struct EpochSummary: Sendable {
  /// The epoch, from zero.
  package var epoch: Int

  /// The steps done in all.
  package var step: Int

  /// The mean likelihood of the samples of the epoch, each before its step's update [nats].
  package var trainingLikelihood: Double

  /// The mean likelihood of the validation samples, after the epoch [nats].
  package var likelihood: Double

  /// The penalty, after the epoch [nats].
  package var penalty: Double

  /// The likelihood with the values of its parameters, after the epoch.
  package var likelihoodValues: LikelihoodValues

  /// Pearson's correlation of prediction and truth over the validation samples.
  package var correlation: Double

  /// Whether this epoch has the lowest validation loss so far.
  package var isBest: Bool
}

/// The outcome of a training.
package enum TrainingOutcome: Hashable, Sendable {
  /// All epochs are done, or the loss had stopped falling.
  case complete

  /// It was asked to stop, and can be resumed.
  case stopped
}
