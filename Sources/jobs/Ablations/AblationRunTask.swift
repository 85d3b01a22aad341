internal import Experiments
internal import Failures
internal import Foundation
package import MPI
package import Progress
internal import Runs
package import Settings
package import Stages
package import Training

/// Executes one run of an ablation: trains it, and lets it predict.
///
/// This is what every executor does with a run, and what an element of a job array does.
package struct AblationRunTask: Sendable {
  private let run: AblationRun
  private let ablation: Ablation
  private let training: TrainTask
  private let prediction: PredictTask?

  /// Makes the task of a run.
  ///
  /// - Parameters:
  ///   - run: The run.
  ///   - ablation: The ablation that it is of.
  ///   - timeLimit: The time after which to stop, resumably [s]; without it, the end of the Slurm job.
  ///   - resources: The resources that the run shares with others in the same process.
  /// - Throws: `SettingsError` for a variant that overrides what it cannot.
  package init(
    _ run: AblationRun, of ablation: Ablation, timeLimit: Double? = nil,
    resources: RunResources = RunResources()
  ) throws(SettingsError) {
    self.run = run
    self.ablation = ablation
    training = try TrainTask(run, of: ablation, timeLimit: timeLimit, resources: resources)
    prediction =
      ablation.experiment.ablation.predicts
      ? try PredictTask(run, of: ablation, resources: resources) : nil
  }

  /// The file in which the failure of the run is put on record.
  package var failureFile: String { ablation.directory.training(run.training).failureFile }

  /// Does what is not done yet.
  ///
  /// Collective. The record of an earlier failure is removed; a failure of now is the caller's to write,
  /// because one rank alone may know of it.
  ///
  /// - Parameters:
  ///   - team: The ranks; rank 0 coordinates.
  ///   - progress: Is told how far it is; it speaks on rank 0.
  /// - Returns: Whether the run is done, or was stopped and can be resumed.
  /// - Throws: A ``JobFailure``, in an `AgreedFailure` if all ranks know of it.
  package func run(
    on team: borrowing Communicator, progress: ProgressReporter
  ) throws -> TrainingOutcome {
    let lock = try LockHolder(training.folder.lockFile, on: team)
    let status = try team.agree {
      if team.isRoot { try? FileManager.default.removeItem(atPath: failureFile) }
      return try RunStatus(
        of: run, experiment: ablation.experiment(of: run), in: ablation.directory)
    }
    let isTrained = try team.broadcast([status.isTrained ? 1 : 0] as [Int32])[0] == 1
    let hasPredicted = try team.broadcast([status.hasPredicted ? 1 : 0] as [Int32])[0] == 1
    if !isTrained, try training.train(on: team, progress: progress) == .stopped {
      lock.release()
      return .stopped
    }
    if let prediction, !isTrained || !hasPredicted {
      let table = try prediction.predict(on: team, progress: progress)
      if let table { progress.say("\(PredictionSummary(table, file: prediction.output))") }
    }
    lock.release()
    return .complete
  }

  /// Returns the failure to put on record for an error that ended the run.
  ///
  /// `nil` if the run can simply go on, or belongs to another job.
  package static func failure(of error: any Error) -> RunFailure? {
    let cause = (error as? AgreedFailure)?.underlying ?? error
    if cause is LockError || cause is AgreedFailure { return nil }
    let failure = RunFailure(of: cause)
    return failure.exitCode == JobExitCode.resumableStop.rawValue ? nil : failure
  }
}
