/// Medians and 68 % intervals of a quantity in bins of the true mass.
public struct RunningInterval: Codable, Hashable, Sendable {
  /// One bin.
  public struct Point: Codable, Hashable, Sendable {
    /// The true masses of the bin [log10 Msun].
    public var massRange: ClosedRange<Double>

    /// The number of particles.
    public var count: Int

    /// The median and the interval; unknown with few particles.
    public var interval: Outcome<MiddleInterval>
  }

  /// The bins.
  public var points: [Point]

  /// Below how many particles a bin has no interval.
  public static let minimumCount = 20

  /// Computes the intervals of `values` of particles, each in the bin of its mass.
  public init(of values: [Double], masses: [Double], in bins: Bins) {
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
