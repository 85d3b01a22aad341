/// Quantiles of a set of numbers, by linear interpolation between the two nearest ranks.
///
/// With n sorted numbers the quantile of a fraction f is at place f (n - 1): type 7 of Hyndman and Fan
/// 1996, doi:10.1080/00031305.1996.10473566.
package struct Quantiles: Sendable {
  private let sorted: [Double]

  /// Sorts the numbers, none of which is NaN.
  package init(_ values: [Double]) { sorted = values.sorted() }

  /// The smallest and the largest number; `nil` without numbers.
  package var range: ClosedRange<Double>? {
    guard let first = sorted.first, let last = sorted.last else { return nil }
    return first...last
  }

  /// The quantile of a fraction from 0 to 1; `nil` without numbers.
  package func callAsFunction(_ fraction: Double) -> Double? {
    guard let end = sorted.indices.last else { return nil }
    let place = min(max(fraction, 0), 1) * Double(end)
    let below = Int(place)
    let above = min(below + 1, end)
    return sorted[below] + (place - Double(below)) * (sorted[above] - sorted[below])
  }

  /// The median and the ends of the middle 68 %; `nil` without numbers.
  package var middle: MiddleInterval? {
    guard let lower = self(0.16), let median = self(0.5), let upper = self(0.84) else { return nil }
    return MiddleInterval(lower: lower, median: median, upper: upper)
  }
}

/// The median of numbers and the interval of the 16th to the 84th percentile.
package struct MiddleInterval: Codable, Hashable, Sendable {
  /// The 16th percentile.
  package var lower: Double

  /// The 50th percentile.
  package var median: Double

  /// The 84th percentile.
  package var upper: Double

  /// Makes an interval.
  package init(lower: Double, median: Double, upper: Double) {
    self.lower = lower
    self.median = median
    self.upper = upper
  }

  /// Half of the length: one standard deviation of a Gaussian.
  package var halfWidth: Double { (upper - lower) / 2 }
}
