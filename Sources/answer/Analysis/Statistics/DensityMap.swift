internal import Statistics

/// Counts of particles in the plane of true mass and predicted mass, with the contours that enclose
/// given shares of them.
package struct DensityMap: Codable, Hashable, Sendable {
  /// The bins of the first quantity, usually the true mass [log10 Msun].
  package let horizontal: Bins

  /// The bins of the second quantity, usually the predicted mass [log10 Msun].
  package let vertical: Bins

  /// The particles in each cell [horizontal.count, vertical.count].
  package let counts: [Int]

  /// The particles that are outside the bins.
  package let outside: Int

  /// The counts after smoothing, whose contours are drawn [horizontal.count, vertical.count].
  package let smoothed: [Double]

  /// The contours, in the order of the shares that were asked for.
  package let contours: [ContourLevel]

  /// Counts particles and finds the contours.
  ///
  /// - Parameters:
  ///   - first: The horizontal quantity of each particle.
  ///   - second: The vertical one.
  ///   - horizontal: The bins of the first.
  ///   - vertical: The bins of the second.
  ///   - smoothing: The smoothing of the counts before contours are found.
  ///   - shares: The shares of the particles that contours enclose.
  package init(
    _ first: [Double], _ second: [Double], horizontal: Bins, vertical: Bins,
    smoothing: CellSmoothing = CellSmoothing(), shares: [Double] = [0.68, 0.95]
  ) {
    var counts = [Int](repeating: 0, count: horizontal.count * vertical.count)
    var outside = 0
    for (x, y) in zip(first, second) {
      if let column = horizontal.index(of: x), let row = vertical.index(of: y) {
        counts[column * vertical.count + row] += 1
      } else {
        outside += 1
      }
    }
    self.horizontal = horizontal
    self.vertical = vertical
    self.counts = counts
    self.outside = outside
    smoothed = smoothing.smooth(counts.map(Double.init), rows: vertical.count)
    contours = ContourLevel.levels(of: smoothed, enclosing: shares)
  }

  /// The density of particles in each cell, whose integral over the cells is 1 [1/dex^2].
  ///
  /// For equal cells; zeros without particles.
  package var density: [Double] {
    let total = Double(counts.reduce(0, +))
    let area =
      (horizontal.edges[1] - horizontal.edges[0]) * (vertical.edges[1] - vertical.edges[0])
    return counts.map { total > 0 ? Double($0) / total / area : 0 }
  }

  /// The map of a comparison in cells of about 0.05 dex, as figure 2b and figure 10 of the paper need it.
  ///
  /// The predicted masses reach three empty cells beyond the extremes, so that contours close, but not
  /// more than 4 dex beyond the true masses.
  ///
  /// - Parameters:
  ///   - comparison: The particles.
  ///   - window: The true masses of the map [log10 Msun].
  /// - Returns: The map; unknown without particles.
  package static func of(
    _ comparison: MassComparison, window: ClosedRange<Double>
  ) -> Outcome<DensityMap> {
    guard let range = Quantiles(comparison.prediction).range else {
      return .unknown(tooFew(0, needed: 1))
    }
    let columns = max(1, Int(((window.upperBound - window.lowerBound) / 0.05).rounded()))
    let cell = (window.upperBound - window.lowerBound) / Double(columns)
    func place(_ value: Double) -> Double {
      min(max((value - window.lowerBound) / cell, -4 / cell), Double(columns) + 4 / cell)
    }
    let first = min(Int(place(range.lowerBound).rounded(.down)), 0) - 4
    let last = max(Int(place(range.upperBound).rounded(.up)), columns) + 4
    let start = window.lowerBound + Double(first) * cell
    let vertical = Bins(
      last - first, over: start...(start + Double(last - first) * cell))
    return .known(
      DensityMap(
        comparison.truth, comparison.prediction, horizontal: Bins(columns, over: window),
        vertical: vertical))
  }
}

/// A contour of a density: the cells at or above a level, which hold a share of the whole.
package struct ContourLevel: Codable, Hashable, Sendable {
  /// The share that was asked for.
  package var share: Double

  /// The value of the lowest cell inside.
  package var level: Double

  /// The share of the cells inside, at least what was asked for: more where cells are equal or few.
  var enclosed: Double

  /// Finds the levels of the regions of highest density: the first cell, from the highest down, at which
  /// the sum reaches the share of the total.
  ///
  /// Hyndman 1996, doi:10.1080/00031305.1996.10474359.
  ///
  /// - Parameters:
  ///   - cells: Densities of equal cells.
  ///   - shares: From 0 to 1.
  /// - Returns: A level for each share; none without any density.
  static func levels(of cells: [Double], enclosing shares: [Double]) -> [ContourLevel] {
    let descending = cells.filter { $0 > 0 }.sorted(by: >)
    let total = descending.reduce(0, +)
    guard let lowest = descending.last else { return [] }
    return shares.map { share in
      var sum = 0.0
      let level = descending.first { cell in
        sum += cell
        return sum >= share * total
      }
      let kept = level ?? lowest
      let enclosed = descending.prefix { $0 >= kept }.reduce(0, +)
      return ContourLevel(share: share, level: kept, enclosed: enclosed / total)
    }
  }
}
