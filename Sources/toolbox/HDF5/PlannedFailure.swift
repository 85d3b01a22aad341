internal import Foundation

/// A call of the library that is made to fail, by which tests see what becomes of the other ranks.
///
/// Nothing fails unless a test asks for it.
enum PlannedFailure {
  /// The failure that a test asked for, and the calls counted since; used within the funnel's lock.
  private struct Plan {
    let number: Int
    let thread: pthread_t
    var calls = 0
  }

  nonisolated(unsafe) private static var plan: Plan?

  /// The error that the failing call reports.
  static let frame = HDF5Error.Frame(
    routine: "PlannedFailure", message: "a test made the call fail")

  /// Does work in which a call of the library fails, and counts the calls.
  ///
  /// - Parameters:
  ///   - number: The call, from zero; one that is never reached lets all succeed.
  ///   - work: The work, which makes the calls on this thread alone.
  /// - Returns: The error that the work threw, and the number of calls that it made.
  static func inCall(
    _ number: Int, _ work: () throws -> Void
  ) -> (error: (any Error)?, calls: Int) {
    withLibrary { plan = Plan(number: number, thread: pthread_self()) }
    var failure: (any Error)?
    do { try work() } catch { failure = error }
    let calls = withLibrary {
      defer { plan = nil }
      return plan?.calls ?? 0
    }
    return (failure, calls)
  }

  /// Whether the call that comes now is the one that fails; to be asked within the funnel.
  ///
  /// A call in which ranks wait for each other is made before it fails, as the library does; any
  /// other is not made at all.
  static func isNext(waitsForOthers: Bool, body: () -> Void) -> Bool {
    guard let current = plan, pthread_equal(current.thread, pthread_self()) != 0 else {
      return false
    }
    plan?.calls += 1
    guard current.calls == current.number else { return false }
    if waitsForOthers { body() }
    return true
  }
}
