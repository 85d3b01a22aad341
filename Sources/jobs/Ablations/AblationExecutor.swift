package import Progress

/// Who executes the runs of an ablation: teams of ranks, processes, or jobs of a batch system.
///
/// Each run is what ``AblationRunTask`` does, and has the same bits whoever executes it. What became of
/// the runs is read from their files, so an executor returns only how it ended itself.
package protocol AblationExecutor {
  /// Executes runs, each of which may fail without consequences for the others.
  ///
  /// - Parameters:
  ///   - runs: The runs to execute, in the order in which they are to start.
  ///   - ablation: The ablation that they are of, whose lock the caller holds.
  ///   - progress: Is told how many runs are done.
  /// - Returns: How it ended.
  /// - Throws: A ``JobFailure`` that kept it from executing them at all.
  func execute(
    _ runs: [AblationRun], of ablation: Ablation, progress: ProgressReporter
  ) throws -> AblationEnd
}

/// How an executor ended.
package enum AblationEnd: Hashable, Sendable {
  /// Every run was executed to its end or its failure.
  case finished

  /// It was asked to stop; the same command goes on.
  case stopped

  /// The runs are in a queue, as a job of this name.
  case submitted(String)
}

/// What became of a run, as the executor of this process saw it.
enum RunOutcome: Int64 {
  case none
  case done
  case stopped
  case failed
  /// Another job works on it.
  case taken
}
