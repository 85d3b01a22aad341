package import Failures
internal import Foundation

/// The threads that the system lets this process start.
package enum ThreadSupply {
  /// Holds threads until it is opened.
  private final class Gate: Sendable {
    let signal = DispatchSemaphore(value: 0)
  }

  /// Finds out whether so many threads can be started at once, by doing it.
  ///
  /// Those that could not be started later would be waited for without end.
  ///
  /// - Parameter count: The threads that are going to be started.
  /// - Throws: `Failure` that tells how many there can be.
  package static func check(_ count: Int) throws(Failure) {
    let gate = Gate()
    var threads: [pthread_t] = []
    var code: Int32 = 0
    while code == 0, threads.count < count {
      var thread = pthread_t()
      code = pthread_create(
        &thread, nil,
        { gate in
          if let gate { Unmanaged<Gate>.fromOpaque(gate).takeUnretainedValue().signal.wait() }
          return nil
        }, Unmanaged.passUnretained(gate).toOpaque())
      if code == 0 { threads.append(thread) }
    }
    for _ in threads { gate.signal.signal() }
    for thread in threads { pthread_join(thread, nil) }
    guard code == 0 else {
      throw Failure(
        .usage, "starting \(count) threads",
        because:
          "the system lets this process have \(threads.count) (\(String(cString: strerror(code))))",
        remedy:
          "use fewer (training.threadsPerRank, stream.threads), or raise the limits: ulimit -u and -v, and "
          + "pids.max of the control group")
    }
  }
}
