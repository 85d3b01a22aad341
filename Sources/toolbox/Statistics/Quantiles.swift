/// The definitions of a quantile of sorted numbers by Hyndman & Fan 1996, doi:10.2307/2684934, that this
/// package uses.
///
/// With n sorted numbers x(1) ... x(n) and a fraction p from 0 to 1.
package enum QuantileDefinition: Hashable, Sendable {
  /// Definition 1 with the step of the distribution function taken from above: x(j + 1) with j = p n rounded down.
  ///
  /// If p n is whole, the definition itself takes x(j).
  case hyndmanFan1FromAbove

  /// Definition 2: x(j + 1) as before, but the mean of x(j) and x(j + 1) where p n is whole.
  case hyndmanFan2

  /// Definition 7: the linear interpolation at place p (n - 1), counted from 0.
  case hyndmanFan7
}

/// Quantiles of a set of numbers.
package struct Quantiles: Sendable {
  private let sorted: [Double]
  private let definition: QuantileDefinition

  /// Sorts the numbers, none of which is NaN.
  package init(_ values: [Double], by definition: QuantileDefinition = .hyndmanFan7) {
    sorted = values.sorted()
    self.definition = definition
  }

  /// The smallest and the largest number; `nil` without numbers.
  package var range: ClosedRange<Double>? {
    guard let first = sorted.first, let last = sorted.last else { return nil }
    return first...last
  }

  /// Returns the quantile of a fraction, which is taken as 0 or 1 if it is outside; `nil` without numbers.
  package func callAsFunction(_ fraction: Double) -> Double? {
    guard let end = sorted.indices.last else { return nil }
    let fraction = min(max(fraction, 0), 1)
    switch definition {
    case .hyndmanFan1FromAbove:
      return sorted[min(Int(fraction * Double(sorted.count)), end)]
    case .hyndmanFan2:
      let place = fraction * Double(sorted.count)
      let above = min(Int(place), end)
      guard place == place.rounded(.down), above > 0, place <= Double(end) else {
        return sorted[above]
      }
      return (sorted[above - 1] + sorted[above]) / 2
    case .hyndmanFan7:
      let place = fraction * Double(end)
      let below = Int(place)
      let above = min(below + 1, end)
      return sorted[below] + (place - Double(below)) * (sorted[above] - sorted[below])
    }
  }

  /// The quantile of one half; `nil` without numbers.
  package var median: Double? { self(0.5) }

  /// The median and the ends of the middle 68 %; `nil` without numbers.
  package var middle: MiddleInterval? {
    guard let lower = self(0.16), let median, let upper = self(0.84) else { return nil }
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
