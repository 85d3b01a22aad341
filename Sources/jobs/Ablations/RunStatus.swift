internal import Experiments
internal import Foundation
internal import Runs
internal import Settings
internal import SubBoxes
internal import Training

/// The state of a run of an ablation.
package enum RunState: String, Codable, CaseIterable, Hashable, Sendable {
  /// Nothing was done for it.
  case pending
  /// A job works on it.
  case running
  /// It is trained, and has predicted if it is to.
  case done
  /// It ended with an error, which is on record.
  case failed
  /// It was stopped or killed, and goes on from its last checkpoint.
  case preempted
}

/// The progress of a run of an ablation, as the files in its folders tell it.
package struct RunStatus: Codable, Hashable, Sendable {
  /// The place of the run in the manifest.
  package let index: Int

  /// The name of the run.
  package let name: String

  /// The state of the run.
  package let state: RunState

  /// Whether its model is complete.
  let isTrained: Bool

  /// Whether its predictions are there.
  let hasPredicted: Bool

  /// The epochs that are over.
  package let epochs: Int

  /// The largest number of epochs.
  package let epochLimit: Int

  /// The steps done in all.
  package let steps: Int

  /// The part of the training that is done, from 0 to 1; an estimate before the first checkpoint.
  package let fraction: Double

  /// The lowest validation loss so far [nats].
  package let bestLoss: Double?

  /// The time left of its training at the pace of its last steps [seconds]; `nil` if it does not run.
  package let secondsLeft: Double?

  /// The failure of the run, if it failed.
  package let failure: RunFailure?

  /// Reads the files of a run.
  ///
  /// - Parameters:
  ///   - run: The run.
  ///   - experiment: The experiment of the run, with what its variant overrides.
  ///   - directory: The run directory of its folders.
  /// - Throws: `SettingsError` if the experiment cannot be written.
  init(
    of run: AblationRun, experiment: Experiment, in directory: RunDirectory
  ) throws(SettingsError) {
    let folder = directory.training(run.training)
    let training = experiment.effectiveTraining
    let record = TrainingRecord(directory: folder.path, batchSize: training.batchSize)
    // Asked before the lock: a run that fails leaves its record and then the lock.
    let isRunning = DirectoryLock.isHeld(folder.lockFile)
    let failure = RunFailure(contentsOf: folder.failureFile)
    index = run.index
    name = run.name
    // A model of other settings is not this run's, and its training will say so.
    let isOfTheseSettings =
      try record.map { TrainingEnding.identity($0.settings) }
      == TrainingEnding.identity(experiment.trainingIdentity())
    isTrained = isOfTheseSettings && record?.isComplete(with: training) == true
    hasPredicted = FileManager.default.fileExists(atPath: directory.prediction(of: run.training))
    epochs = record?.epoch ?? 0
    epochLimit = training.epochLimit
    steps = record?.step ?? 0
    let expected = experiment.sampling.trainingSamples / training.batchSize
    let total = (record?.stepsPerEpoch ?? expected) * training.epochLimit
    fraction = isTrained ? 1 : total > 0 ? min(1, Double(steps) / Double(total)) : 0
    bestLoss = record?.bestLoss
    state =
      if isRunning {
        .running
      } else if isTrained, hasPredicted || !experiment.ablation.predicts {
        .done
      } else if failure != nil {
        .failed
      } else {
        record == nil ? .pending : .preempted
      }
    self.failure = state == .failed ? failure : nil
    secondsLeft =
      isRunning && !isTrained
      ? record?.secondsPerStep.map { [steps] in $0 * Double(max(0, total - steps)) } : nil
  }
}
