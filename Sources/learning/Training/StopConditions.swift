package import Foundation
internal import Synchronization

/// What asks a job to stop at the next step boundary, with a checkpoint (exit code 75).
package struct StopConditions: Sendable {
  /// A file whose appearance asks to stop; rank 0 looks for it.
  package var file: String?

  /// When the job must have ended, with ``margin`` before it for the last step and the checkpoint.
  package var deadline: Date?

  /// How long before the deadline the job stops [seconds].
  package var margin = 60.0

  /// Makes conditions under which a job never stops by itself, except by a signal.
  package init() {}

  /// Makes the conditions of a run directory.
  ///
  /// - Parameters:
  ///   - directory: Where a file named `stop` asks to stop.
  ///   - timeLimit: How long the job may take [seconds]; without it, the end of the Slurm job counts, if
  ///     its environment tells it.
  package init(directory: String, timeLimit: Double? = nil) {
    file = directory + "/stop"
    if let timeLimit {
      deadline = Date(timeIntervalSinceNow: timeLimit)
    } else if let end = ProcessInfo.processInfo.environment["SLURM_JOB_END_TIME"].flatMap(
      Double.init)
    {
      deadline = Date(timeIntervalSince1970: end)
    }
  }

  /// Why to stop now; `nil` to go on.
  ///
  /// The last step took `stepSeconds`: the next one must not pass the deadline.
  package func reason(stepSeconds: Double = 0) -> String? {
    if let file, FileManager.default.fileExists(atPath: file) { return "the file \(file) exists" }
    if let deadline, Date(timeIntervalSinceNow: margin + 2 * stepSeconds) > deadline {
      return "the time limit is near"
    }
    return nil
  }
}

/// Signals that ask the process to stop: SIGTERM and SIGUSR1, as Slurm sends them, and SIGHUP, which a terminal
/// sends that is closed.
package enum StopSignals {
  private static let received = Atomic<Int32>(0)

  /// Lets the signals set a flag, and nothing else, from now on; called by the main thread.
  ///
  /// A process that was started to ignore SIGHUP, as `nohup` does, goes on ignoring it.
  ///
  /// - Parameter interrupt: Whether SIGINT does too, as a terminal sends it.
  package static func install(interrupt: Bool = false) {
    let numbers =
      [SIGTERM, SIGUSR1] + (interrupt ? [SIGINT] : []) + (isIgnored(SIGHUP) ? [] : [SIGHUP])
    // Whoever started the process may have blocked them, as the threads of a thread pool do.
    var unblocked = sigset_t()
    sigemptyset(&unblocked)
    for number in numbers { sigaddset(&unblocked, number) }
    pthread_sigmask(SIG_UNBLOCK, &unblocked, nil)
    for number in numbers {
      signal(number) { received in StopSignals.received.store(received, ordering: .relaxed) }
    }
  }

  private static func isIgnored(_ number: Int32) -> Bool {
    var action = sigaction()
    guard sigaction(number, nil, &action) == 0 else { return false }
    return unsafeBitCast(action.__sigaction_handler.sa_handler, to: Int.self)
      == unsafeBitCast(SIG_IGN, to: Int.self)
  }

  private static let isAnnounced = Atomic<Bool>(false)

  /// Whether a signal was received that this has not told of yet.
  static func takeNews() -> Bool {
    last != nil && !isAnnounced.exchange(true, ordering: .relaxed)
  }

  /// The signal that was received last; `nil` if none was.
  package static var last: Int32? {
    let number = received.load(ordering: .relaxed)
    return number == 0 ? nil : number
  }
}
