internal import Dispatch
internal import Heartbeat
internal import Synchronization

/// The threads that share a loop: the one parallel loop of this package.
///
/// A loop's result must not depend on the number of threads, nor on which of them makes which call. If some
/// calls throw, the others that have begun are finished, no more are begun, and the error of the lowest number
/// is thrown: the one that a loop without threads throws.
package struct WorkerThreads: Hashable, Sendable {
  /// The number of threads that work, at least one.
  package let count: Int

  /// Makes a team of `count` threads.
  package init(count: Int) {
    precondition(count > 0, "\(count) threads")
    self.count = count
  }

  /// Calls `body` with each number in `0..<total`, and returns when all calls have returned.
  ///
  /// A thread that is done takes the next number.
  ///
  /// - Throws: The error of the lowest number whose call threw.
  package func forEach<Failure: Error>(
    of total: Int, _ body: @Sendable (Int) throws(Failure) -> Void
  ) throws(Failure) {
    let threads = min(count, total)
    guard threads > 1 else {
      for number in 0..<max(0, total) {
        Heartbeat.beat()
        try body(number)
      }
      return
    }
    let next = Atomic<Int>(0)
    let first = Mutex<(number: Int, error: Failure)?>(nil)
    DispatchQueue.concurrentPerform(iterations: threads) { _ in
      while true {
        let number = next.wrappingAdd(1, ordering: .relaxed).oldValue
        guard number < total else { return }
        Heartbeat.beat()
        do throws(Failure) {
          try body(number)
        } catch {
          // Lower numbers have all begun; from here on none begins.
          next.store(total, ordering: .relaxed)
          first.withLock { first in
            if let earlier = first, earlier.number < number { return }
            first = (number, error)
          }
        }
      }
    }
    if let failure = first.withLock({ $0 }) { throw failure.error }
  }

  /// Calls `body` with the number of the part and its range, for all parts of `0..<total` at once.
  ///
  /// There are as many equal parts as threads; empty ones are left out. Returns when all calls have returned.
  ///
  /// - Throws: The error of the lowest part whose call threw.
  package func forEachPart<Failure: Error>(
    of total: Int, _ body: @Sendable (Int, Range<Int>) throws(Failure) -> Void
  ) throws(Failure) {
    let parts = min(count, total)
    try forEach(of: parts) { (part) throws(Failure) in
      try body(part, part * total / parts..<(part + 1) * total / parts)
    }
  }

  /// Returns `transform` of each number in `0..<total`, at the place of its number.
  ///
  /// - Throws: The error of the lowest number whose call threw.
  package func map<Result: Sendable, Failure: Error>(
    _ total: Int, _ transform: @Sendable (Int) throws(Failure) -> Result
  ) throws(Failure) -> [Result] {
    var results = [Result?](repeating: nil, count: total)
    try results.withUnsafeMutableBufferPointer { (buffer) throws(Failure) in
      // Threads write to different places.
      nonisolated(unsafe) let places = buffer
      try forEach(of: total) { (number) throws(Failure) in
        places[number] = .some(try transform(number))
      }
    }
    return results.compactMap { $0 }
  }
}
