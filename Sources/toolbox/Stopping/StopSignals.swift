internal import Foundation
internal import Synchronization

/// Signals that ask the process to stop: SIGTERM and SIGUSR1, as Slurm sends them.
package enum StopSignals {
  private static let received = Atomic<Int32>(0)

  /// Lets the signals set a flag, and nothing else, from now on; called by the main thread.
  ///
  /// - Parameter interrupt: Whether SIGINT does too, as a terminal sends it.
  package static func install(interrupt: Bool = false) {
    let numbers = [SIGTERM, SIGUSR1] + (interrupt ? [SIGINT] : [])
    // Whoever started the process may have blocked them, as the threads of a thread pool do.
    var unblocked = sigset_t()
    sigemptyset(&unblocked)
    for number in numbers { sigaddset(&unblocked, number) }
    pthread_sigmask(SIG_UNBLOCK, &unblocked, nil)
    for number in numbers {
      signal(number) { received in StopSignals.received.store(received, ordering: .relaxed) }
    }
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
