import Foundation

/// Something that was waited for in vain.
struct TimeoutError: Error, CustomStringConvertible {
  let description: String
}

/// Waits until a condition holds, and leaves the thread to other tests in between.
///
/// - Parameters:
///   - what: What is waited for, in words.
///   - seconds: For how long.
///   - interval: The time between two looks [milliseconds].
///   - log: What the error tells besides.
///   - holds: The condition.
/// - Throws: ``TimeoutError``, and what `holds` throws.
func wait(
  for what: String, seconds: Double = 120, interval: Int = 50, log: () -> String = { "" },
  until holds: () async throws -> Bool
) async throws {
  let deadline = ContinuousClock.now + .seconds(seconds)
  while try await !holds() {
    guard ContinuousClock.now < deadline else {
      throw TimeoutError(description: "\(what): not within \(seconds) s. \(log())")
    }
    try await Task.sleep(for: .milliseconds(interval))
  }
}

/// Does what blocks its thread on a thread that no test needs, so that those that wait go on looking.
func onAnotherThread<Result: Sendable>(
  _ work: @escaping @Sendable () throws -> Result
) async throws -> Result {
  try await withCheckedThrowingContinuation { continuation in
    Thread { continuation.resume(with: Swift.Result(catching: work)) }.start()
  }
}
