internal import Statistics

/// Counts of numbers in bins, and their density.
package struct Histogram: Codable, Hashable, Sendable {
  /// The bins.
  package let bins: Bins

  /// The number of values in each bin.
  package let counts: [Int]

  /// The number of values below the first bin, and of those above the last.
  package let below, above: Int

  /// Counts numbers, none of which is NaN.
  package init(of values: [Double], in bins: Bins) {
    var counts = [Int](repeating: 0, count: bins.count)
    var (below, above) = (0, 0)
    for value in values {
      if let bin = bins.index(of: value) {
        counts[bin] += 1
      } else if value < bins.edges[0] {
        below += 1
      } else {
        above += 1
      }
    }
    self.bins = bins
    self.counts = counts
    self.below = below
    self.above = above
  }

  /// The number of values in the bins.
  package var total: Int { counts.reduce(0, +) }

  /// The density per unit of the numbers in each bin, whose integral is 1; zeros without numbers.
  package var density: [Double] {
    let total = Double(total)
    return counts.indices.map { bin in
      let range = bins.range(bin)
      return total > 0
        ? Double(counts[bin]) / total / (range.upperBound - range.lowerBound) : 0
    }
  }
}

/// The densities of histograms of several seeds: the smallest and the largest in each bin, and the
/// mean.
package struct HistogramBand: Codable, Hashable, Sendable {
  /// The range of true masses whose residuals these are [log10 Msun].
  package var massRange: ClosedRange<Double>

  /// The bins of the residuals [dex].
  package var bins: Bins

  /// The seeds whose histograms have numbers.
  package var seeds: [UInt64]

  /// The number of residuals of each of these seeds in the bins, and of those outside.
  package var inside, outside: [Int]

  /// The smallest density of a seed in each bin [1/dex].
  package var lowest: [Double]

  /// The mean density of the seeds in each bin [1/dex].
  package var mean: [Double]

  /// The largest density of a seed in each bin [1/dex].
  package var highest: [Double]

  /// Makes the band of histograms over the same bins; unknown if all are empty.
  ///
  /// Each histogram is normalized to the numbers inside its bins, as for figure 3b of the paper.
  package static func of(
    _ histograms: [(seed: UInt64, histogram: Histogram)], massRange: ClosedRange<Double>
  ) -> Outcome<HistogramBand> {
    let filled = histograms.filter { $0.histogram.total > 0 }
    guard let first = filled.first else { return .unknown(tooFew(0, needed: 1)) }
    let densities = filled.map(\.histogram.density)
    func each(_ body: ([Double]) -> Double) -> [Double] {
      densities[0].indices.map { bin in body(densities.map { $0[bin] }) }
    }
    return .known(
      HistogramBand(
        massRange: massRange, bins: first.histogram.bins, seeds: filled.map(\.seed),
        inside: filled.map(\.histogram.total),
        outside: filled.map { $0.histogram.below + $0.histogram.above },
        lowest: each { $0.reduce(.infinity, min) }, mean: each(Statistics.mean),
        highest: each { $0.reduce(0, max) }))
  }
}
