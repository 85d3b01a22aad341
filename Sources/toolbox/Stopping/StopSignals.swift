internal import CSignals
internal import Foundation
internal import Synchronization

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
    let numbers = stops + (interrupt ? [SIGINT] : [])
    // Whoever started the process may have blocked them, as the threads of a thread pool do.
    var unblocked = sigset_t()
    sigemptyset(&unblocked)
    for number in numbers { sigaddset(&unblocked, number) }
    pthread_sigmask(SIG_UNBLOCK, &unblocked, nil)
    for number in numbers {
      signal(number) { received in StopSignals.received.store(received, ordering: .relaxed) }
    }
  }

  /// Lets the signals end the process at once, with the code of a stop after which the same command goes on.
  ///
  /// For work that has no checkpoint: nothing of it is half written under its final name. SIGHUP stays ignored if it
  /// is. Called by the main thread.
  package static func endProcess() {
    var unblocked = sigset_t()
    sigemptyset(&unblocked)
    for number in stops {
      sigaddset(&unblocked, number)
      // 75: nothing but the system may be called here.
      signal(number) { _ in _exit(75) }
    }
    pthread_sigmask(SIG_UNBLOCK, &unblocked, nil)
  }

  /// The signals that ask to stop, SIGHUP among them unless the process was started to ignore it: then it is ignored again.
  ///
  /// UCX, a library for networks that MPI may bring, takes SIGHUP for its debugger before the program begins.
  private static var stops: [Int32] {
    guard csignals_ignored_hangup() != 0 else { return [SIGHUP, SIGTERM, SIGUSR1] }
    signal(SIGHUP, SIG_IGN)
    return [SIGTERM, SIGUSR1]
  }

  private static let isAnnounced = Atomic<Bool>(false)

  /// Whether a signal was received that this has not told of yet.
  package static func takeNews() -> Bool {
    last != nil && !isAnnounced.exchange(true, ordering: .relaxed)
  }

  /// The signal that was received last; `nil` if none was.
  package static var last: Int32? {
    let number = received.load(ordering: .relaxed)
    return number == 0 ? nil : number
  }
}
