internal import Experiments
internal import Failures
package import MPI
package import Progress
internal import Runs

/// Executes the runs of an ablation that are not done.
package struct AblationTask: Sendable {
  private let ablation: Ablation
  private let onlyFailed: Bool

  /// Makes the task.
  ///
  /// - Parameters:
  ///   - ablation: The ablation.
  ///   - onlyFailed: Whether to leave out the runs that were never started.
  package init(_ ablation: Ablation, onlyFailed: Bool = false) {
    self.ablation = ablation
    self.onlyFailed = onlyFailed
  }

  /// Executes the runs by teams of the ranks of this job.
  ///
  /// Collective.
  ///
  /// - Parameters:
  ///   - world: The ranks; rank 0 hands out the runs.
  ///   - timeLimit: The time after which to stop, resumably [s]; without it, the end of the Slurm job.
  ///   - progress: Is told how many runs are done; it speaks on rank 0.
  /// - Returns: The way the executor ended: finished or stopped.
  /// - Throws: `Failure` if runs failed, or a ``JobFailure`` that kept them from being executed.
  package func run(
    on world: borrowing Communicator, timeLimit: Double? = nil, progress: ProgressReporter
  ) throws -> AblationEnd {
    let lock = try LockHolder(ablation.directory.ablation.lockFile, on: world)
    let runs = try world.agree { world.isRoot ? try begin(progress) : [] }
    let end = try recording(progress, if: world.isRoot) {
      try InsideExecutor(on: world, timeLimit: timeLimit)
        .execute(runs, of: ablation, progress: progress)
    }
    lock.release()
    try world.agree { if world.isRoot { try judge(runs, end, progress) } }
    return end
  }

  /// Executes the runs by processes of this machine.
  ///
  /// - Parameters:
  ///   - executor: The executor that starts the processes.
  ///   - host: The name of this host.
  ///   - progress: Is told how many runs are done.
  /// - Returns: The way the executor ended: finished or stopped.
  /// - Throws: `Failure` if runs failed, or a ``JobFailure`` that kept them from being executed.
  package func run(
    by executor: LocalExecutor, host: String, progress: ProgressReporter
  ) throws -> AblationEnd {
    let lock = try DirectoryLock(file: ablation.directory.ablation.lockFile, host: host)
    let runs = try begin(progress)
    let end = try recording(progress) {
      try executor.execute(runs, of: ablation, progress: progress)
    }
    _ = consume lock
    try judge(runs, end, progress)
    return end
  }

  private func recording<Result>(
    _ progress: ProgressReporter, if isKept: Bool = true, while work: () throws -> Result
  ) rethrows -> Result {
    try progress.keepingRecord(
      of: "ablate", in: ablation.directory.ablation.path, if: isKept, while: work)
  }

  /// Writes the manifest, and chooses the runs.
  private func begin(_ progress: ProgressReporter) throws -> [AblationRun] {
    try ablation.commitManifest()
    for difference in try ablation.directory.record(ablation.experiment) {
      progress.say("note: \(difference), unlike in the last job of this run directory")
    }
    let runs = try ablation.unfinishedRuns(onlyFailed: onlyFailed)
    let count = ablation.manifest.runs.count
    progress.say("\(runs.count) of \(count) runs are to be executed")
    return runs
  }

  /// Looks at the files of the runs for what became of them.
  private func judge(
    _ runs: [AblationRun], _ end: AblationEnd, _ progress: ProgressReporter
  ) throws {
    let chosen = Set(runs.map(\.index))
    let statuses = try ablation.statuses().filter { chosen.contains($0.index) }
    switch end {
    case .stopped: progress.say("stopped; the same command goes on from here")
    case .finished:
      let failed = statuses.filter { $0.state == .failed }
      if let first = failed.first?.failure {
        throw Failure.incompleteAblation(
          failed: failed.map(\.name), of: ablation.manifest.runs.count, first: first)
      }
      let lost = statuses.filter { $0.state == .pending || $0.state == .preempted }
      guard lost.isEmpty else {
        throw Failure.unrecordedFailures(
          of: lost.map(\.name), in: ablation.directory.ablation.path)
      }
      let open = statuses.filter { $0.state != .done }
      if !open.isEmpty {
        progress.say("not done: \(open.map { "\($0.name) (\($0.state))" }.joined(separator: ", "))")
      }
    }
  }
}
