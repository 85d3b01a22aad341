/// The way an executor ended.
package enum AblationEnd: Hashable, Sendable {
  /// Every run was executed to its end or its failure.
  case finished

  /// It was asked to stop; the same command goes on.
  case stopped
}

/// The outcome of a run, as the executor of this process saw it.
enum RunOutcome: Int64 {
  case none
  case done
  case stopped
  case failed
  /// Another job works on it.
  case taken
}
