internal import Foundation

/// Rests between looks at something that is waited for, up to a limit.
///
///     var patience = Patience(limit: 600)
///     while try !request.test() {
///       guard patience.rest() else { throw late(patience.waited) }
///     }
///
/// The first looks follow each other closely, because most waits are short. A process that rests leaves
/// its core to those that compute.
struct Patience {
  /// After how long it is exhausted [seconds].
  let limit: Double

  private let start = ContinuousClock.now
  private var looks = 0

  init(limit: Double) { self.limit = limit }

  /// The time since it was made [seconds].
  var waited: Double { start.duration(to: .now) / .seconds(1) }

  /// Whether there is none left.
  var isExhausted: Bool { waited >= limit }

  /// Rests; returns whether there is patience left.
  mutating func rest() -> Bool {
    looks += 1
    let waited = waited
    usleep(looks < 20 ? 10 : waited < 0.1 ? 100 : 1000)
    return waited < limit
  }
}
