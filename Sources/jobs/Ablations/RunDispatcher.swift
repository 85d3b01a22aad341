internal import DurableFiles
internal import Experiments
internal import Foundation
internal import MPI
internal import Progress
internal import Stopping
internal import Training

/// Rank 0 of a job of teams: hands runs to them as they finish, and sleeps in between.
struct RunDispatcher {
  private let ablation: Ablation
  private let stop: StopConditions
  private let count: Int
  private var waiting: ArraySlice<AblationRun>
  private var busy: [Int: AblationRun] = [:]
  private var isStopping = false

  private enum Tag {
    static let request = 1
    static let assignment = 2
  }

  /// Makes the dispatcher of runs, in the order in which they are to start.
  init(_ runs: [AblationRun], of ablation: Ablation, timeLimit: Double?) {
    self.ablation = ablation
    stop = StopConditions(directory: ablation.directory.ablation.path, timeLimit: timeLimit)
    count = runs.count
    waiting = runs[...]
  }

  /// The first rank of a team tells what became of its run, and waits for the index of the next one.
  ///
  /// - Returns: The index in the manifest; -1 if there is none.
  static func askForRun(
    after outcome: RunOutcome, on world: borrowing Communicator
  ) throws(MPIError) -> Int64 {
    try world.send([outcome.rawValue], to: 0, tag: Tag.request)
    while try world.probe(from: 0, tag: Tag.assignment) == nil { usleep(1000) }
    return try world.receive(from: 0, tag: Tag.assignment)[0]
  }

  /// Hands out all runs, and returns when the last team has nothing more to do.
  consuming func run(
    teams: Int, on world: borrowing Communicator, progress: ProgressReporter
  ) throws -> AblationEnd {
    StopSignals.install()
    progress.begin(ProgressPhase("ablation", unit: "runs", total: count))
    var working = teams
    var ended = 0
    while working > 0 {
      if !isStopping, let reason = stopReason { requestStop(because: reason, progress) }
      guard let envelope = try world.probe(tag: Tag.request) else {
        usleep(5000)
        continue
      }
      let message: [Int64] = try world.receive(from: envelope.source, tag: Tag.request)
      if let run = busy.removeValue(forKey: envelope.source) {
        ended += 1
        take(RunOutcome(rawValue: message[0]) ?? .none, of: run, progress)
        progress.advance(to: ended)
      }
      let next = isStopping ? nil : waiting.popFirst()
      if let next {
        ablation.forgetStopRequest(to: next)
        busy[envelope.source] = next
        progress.say("\(next.name): starts on the team of rank \(envelope.source)")
      } else {
        working -= 1
      }
      try world.send([Int64(next?.index ?? -1)], to: envelope.source, tag: Tag.assignment)
    }
    progress.end()
    return isStopping ? .stopped : .finished
  }

  private var stopReason: String? {
    StopSignals.last == nil ? stop.reason() : "a signal was received"
  }

  private mutating func take(
    _ outcome: RunOutcome, of run: AblationRun, _ progress: ProgressReporter
  ) {
    if isStopping {
      // It may have ended before it saw the request, which must not meet its next start.
      let file = ablation.directory.training(run.training).stopFile
      try? FileManager.default.removeItem(atPath: file)
    }
    progress.say("\(run.name): \(ablation.words(for: outcome, of: run))")
    if outcome == .stopped, !isStopping {
      requestStop(because: "\(run.name) was asked to", progress)
    }
  }

  /// Asks the runs that are under way to stop, and hands out no more.
  private mutating func requestStop(because reason: String, _ progress: ProgressReporter) {
    isStopping = true
    progress.say("stopping with a checkpoint of every run, because \(reason)")
    for run in busy.values {
      let folder = ablation.directory.training(run.training)
      do {
        try DurableFile.createDirectory(folder.path)
        try DurableFile.write(Data(), to: folder.stopFile)
      } catch {
        progress.say("\(run.name) cannot be asked to stop: \(error)")
      }
    }
    try? FileManager.default.removeItem(atPath: ablation.directory.ablation.stopFile)
  }
}

extension Ablation {
  /// Returns the outcome of a run, in words.
  func words(for outcome: RunOutcome, of run: AblationRun) -> String {
    switch outcome {
    case .done, .none: "done"
    case .stopped: "stopped with a checkpoint"
    case .taken: "left out, because another job works on it"
    case .failed:
      RunFailure(contentsOf: directory.training(run.training).failureFile).map {
        "failed: \($0.reason)"
      } ?? "failed, and could not put on record why"
    }
  }
}
