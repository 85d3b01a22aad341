internal import Dispatch

/// The threads that share the loops of a rank.
///
/// A loop is cut into as many equal parts as there are threads; what it computes must not depend on
/// where it is cut.
package struct WorkerThreads: Hashable, Sendable {
  /// How many threads work, at least one.
  package let count: Int

  /// Makes a team of `count` threads.
  package init(count: Int) {
    precondition(count > 0, "\(count) threads")
    self.count = count
  }

  /// Calls `body` with the number of the part and its range, for all parts of `0..<total` at once.
  ///
  /// Empty parts are left out. Returns when all have returned.
  package func forEachPart(of total: Int, _ body: @Sendable (Int, Range<Int>) -> Void) {
    let parts = min(count, total)
    guard parts > 1 else {
      if total > 0 { body(0, 0..<total) }
      return
    }
    DispatchQueue.concurrentPerform(iterations: parts) { part in
      body(part, part * total / parts..<(part + 1) * total / parts)
    }
  }
}
