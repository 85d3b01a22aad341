internal import Experiments
internal import Failures
internal import Foundation
internal import MPI
internal import Progress
internal import Runs
internal import Stopping
internal import Threads
internal import Training

/// Executes runs by processes on this machine, some at a time.
///
/// A run that crashes, or is killed, takes no other with it. The processes are `halompi ablate run`, under
/// `mpirun` if a run is shared by several ranks; what they say is in a log for each run.
package struct LocalExecutor {
  private let command: [String]
  private let timeLimit: Double?

  /// Makes the executor.
  ///
  /// - Parameters:
  ///   - command: The program and the words of `ablate run` up to the name of the run.
  ///   - timeLimit: The time after which to stop, resumably [s].
  package init(command: [String], timeLimit: Double? = nil) {
    self.command = command
    self.timeLimit = timeLimit
  }

  /// Executes runs.
  func execute(
    _ runs: [AblationRun], of ablation: Ablation, progress: ProgressReporter
  ) throws -> AblationEnd {
    StopSignals.install(interrupt: true)
    let start = ContinuousClock.now
    let stop = StopConditions(
      directory: ablation.directory.ablation.path, timeLimit: timeLimit)
    let limit = ablation.experiment.ablation.simultaneousRuns
    var waiting = runs[...]
    var processes: [RunProcess] = []
    var isStopping = false
    progress.begin(ProgressPhase("ablation", unit: "runs", total: runs.count))
    while !processes.isEmpty || !waiting.isEmpty && !isStopping {
      while !isStopping, processes.count < limit, let run = waiting.popFirst() {
        let words = self.words(
          for: run, of: ablation, after: start.duration(to: .now) / .seconds(1))
        ablation.forgetStopRequest(to: run)
        let process = try RunProcess(run, of: ablation, words: words)
        progress.say("\(run.name): starts as process \(process.identifier)")
        processes.append(process)
      }
      var reason = StopSignals.last == nil ? stop.reason() : "a signal was received"
      // Asked once: one that ends after it is seen in the next round.
      let ended = processes.filter { !$0.isRunning }
      processes.removeAll { process in ended.contains { $0 === process } }
      for process in ended {
        let outcome = process.outcome()
        progress.say("\(process.run.name): \(ablation.words(for: outcome, of: process.run))")
        if outcome == .stopped { reason = reason ?? "\(process.run.name) was asked to" }
      }
      if !isStopping, let reason {
        isStopping = true
        progress.say("stopping with a checkpoint of every run, because \(reason)")
        for process in processes { process.requestStop() }
        try? FileManager.default.removeItem(atPath: ablation.directory.ablation.stopFile)
      }
      progress.advance(to: runs.count - waiting.count - processes.count)
      usleep(20_000)
    }
    progress.end()
    return isStopping ? .stopped : .finished
  }

  /// The words of the process of a run that starts some seconds after the executor.
  func words(
    for run: AblationRun, of ablation: Ablation, after elapsed: Double = 0
  ) -> [String] {
    let settings = ablation.experiment.ablation
    var words = command + [run.name]
    if ablation.experiment.training.threadsPerRank == nil {
      // Runs at a time share the cores.
      let ranks = settings.simultaneousRuns * (settings.ranksPerRun ?? 1)
      let threads = max(1, AvailableProcessors.count() / ranks)
      words += ["--set", "training.threadsPerRank=\(threads)"]
    }
    if let timeLimit { words += ["--time-limit", "\(max(0, timeLimit - elapsed))"] }
    guard let ranks = settings.ranksPerRun else { return words }
    return MPIFamily.current.launcher(ranks: ranks) + words
  }
}

/// The process of a run.
private final class RunProcess {
  let run: AblationRun
  private let folder: TrainingDirectory
  private let log: String
  private let process = Process()

  /// Starts the process, whose words go into the log of the run.
  init(_ run: AblationRun, of ablation: Ablation, words: [String]) throws {
    self.run = run
    folder = ablation.directory.training(run.training)
    log = ablation.directory.ablation.log(of: run.name)
    _ = try RunLog(run, of: ablation)
    process.executableURL = URL(filePath: "/bin/sh")
    process.arguments = ["-c", "log=$1; shift; exec \"$@\" >>\"$log\" 2>&1", "sh", log] + words
    process.standardInput = FileHandle.nullDevice
    do {
      try process.run()
    } catch {
      throw Failure(
        .internalFailure, "starting \(words.joined(separator: " "))",
        because: error.localizedDescription,
        remedy: "see whether this machine lets you start more processes")
    }
  }

  var identifier: Int32 { process.processIdentifier }

  var isRunning: Bool { process.isRunning }

  /// Asks the run to stop with a checkpoint; `mpirun` passes this signal on to its ranks.
  func requestStop() { kill(process.processIdentifier, SIGUSR1) }

  /// Returns the outcome of the run; a death that left no reason is put on record as a failure.
  func outcome() -> RunOutcome {
    let status = process.terminationStatus
    let wasKilled = process.terminationReason == .uncaughtSignal
    if !wasKilled, status == 0 { return .done }
    if !wasKilled, status == JobExitCode.resumableStop.rawValue { return .stopped }
    if RunFailure(contentsOf: folder.failureFile) != nil { return .failed }
    if DirectoryLock.isHeld(folder.lockFile) { return .taken }
    let how = wasKilled ? "was ended by signal \(status)" : "ended with exit code \(status)"
    let failure = RunFailure(
      exitCode: wasKilled ? JobExitCode.internalFailure.rawValue : status,
      reason: "the process of \(run.name) \(how) and left no reason; its last words are in \(log)")
    try? failure.write(to: folder.failureFile)
    return .failed
  }
}
