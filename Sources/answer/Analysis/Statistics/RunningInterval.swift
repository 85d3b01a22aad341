package import Statistics

/// Medians and 68 % intervals of a quantity in bins of the true mass.
package struct RunningInterval: Codable, Hashable, Sendable {
  /// One bin.
  package struct Point: Codable, Hashable, Sendable {
    /// The true masses of the bin [log10 Msun].
    package var massRange: ClosedRange<Double>

    /// The number of particles.
    package var count: Int

    /// The median and the interval; unknown with few particles.
    package var interval: Outcome<MiddleInterval>
  }

  /// The bins.
  package var points: [Point]

  /// Below how many particles a bin has no interval.
  package static let minimumCount = 20

  /// Computes the intervals of `values` of particles, each in the bin of its mass.
  package init(of values: [Double], masses: [Double], in bins: Bins) {
    let members = bins.members(of: masses)
    points = members.enumerated().map { bin, numbers in
      let middle = Quantiles(numbers.map { values[$0] }).middle
      let interval: Outcome<MiddleInterval> =
        if let middle, numbers.count >= Self.minimumCount {
          .known(middle)
        } else {
          .unknown(tooFew(numbers.count, needed: Self.minimumCount))
        }
      return Point(massRange: bins.range(bin), count: numbers.count, interval: interval)
    }
  }
}
