internal import Foundation

/// The end of a wait for something that is looked at again and again, with rests between the looks.
///
///     var deadline = Deadline(limit: 600)
///     while try !request.test() {
///       guard deadline.rest() else { throw late(deadline.waited) }
///     }
///
/// The first looks follow each other closely, because most waits are short. A process that rests leaves
/// its core to those that compute.
struct Deadline {
  /// The longest wait [seconds].
  let limit: Double

  private let start = ContinuousClock.now
  private var looks = 0

  init(limit: Double) { self.limit = limit }

  /// The time since it was made [seconds].
  var waited: Double { start.duration(to: .now) / .seconds(1) }

  /// Whether the wait has been as long as it may.
  var isPast: Bool { waited >= limit }

  /// Rests; returns whether it may be waited on.
  mutating func rest() -> Bool {
    looks += 1
    let waited = waited
    usleep(looks < 20 ? 10 : waited < 0.1 ? 100 : 1000)
    return waited < limit
  }
}
