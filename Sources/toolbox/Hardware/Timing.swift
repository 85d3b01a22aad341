internal import Statistics

/// The times of several runs of the same work.
package struct Timing: Codable, Hashable, Sendable {
  /// The time of each run, in their order [s]; one or more.
  package let seconds: [Double]

  /// Makes a measurement of times that were taken elsewhere [s], one or more.
  package init(seconds: [Double]) {
    precondition(!seconds.isEmpty, "a measurement without a run")
    self.seconds = seconds
  }

  /// Times `work`, after runs that are not counted: they fill caches and map memory.
  ///
  /// The time is that of the wall clock.
  package init(runs: Int, warmUps: Int = 1, _ work: () throws -> Void) rethrows {
    precondition(runs > 0, "a measurement without a run")
    for _ in 0..<warmUps { try work() }
    let clock = ContinuousClock()
    var seconds: [Double] = []
    for _ in 0..<runs { seconds.append(try clock.measure(work) / .seconds(1)) }
    self.seconds = seconds
  }

  /// The time in the middle; of an even number of runs, the mean of the two in the middle [s].
  package var median: Double { Quantiles(seconds, by: .hyndmanFan2).median ?? .nan }

  /// The shortest time [s].
  package var minimum: Double { seconds.reduce(.infinity, min) }

  /// The longest time [s].
  package var maximum: Double { seconds.reduce(-.infinity, max) }

  /// The same measurement of one of `count` equal parts of the work.
  package func divided(by count: Int) -> Timing {
    Timing(seconds: seconds.map { $0 / Double(count) })
  }
}
