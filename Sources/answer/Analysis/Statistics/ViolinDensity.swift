internal import Foundation
internal import Statistics

/// The distribution of a quantity in a bin of true mass, as a smooth curve: one violin.
package struct ViolinDensity: Codable, Hashable, Sendable {
  /// The number of particles.
  package var count: Int

  /// The standard deviation of the Gaussian kernel.
  package var bandwidth: Double

  /// The median.
  package var median: Double

  /// The places at which the density is given: equal steps from the smallest to the largest value.
  package var grid: [Double]

  /// The density at the places of the grid, per unit of the quantity.
  package var density: [Double]

  /// The number of places of the grid.
  static let gridCount = 100

  /// Estimates the density of values: Gaussian kernels with the bandwidth of Scott's rule,
  /// h = standard deviation n^(-1/5), cut at the extremes without reflection.
  ///
  /// Scott 1992, "Multivariate Density Estimation", doi:10.1002/9780470316849, section 6.5. Unknown for fewer
  /// values than a median needs (``RunningInterval/minimumCount``) or if all are equal.
  package static func of(_ values: [Double]) -> Outcome<ViolinDensity> {
    let quantiles = Quantiles(values)
    guard values.count >= RunningInterval.minimumCount, let range = quantiles.range,
      let median = quantiles(0.5)
    else { return .unknown(tooFew(values.count, needed: RunningInterval.minimumCount)) }
    let width = standardDeviation(values) * pow(Double(values.count), -0.2)
    guard range.lowerBound < range.upperBound, width > 0 else {
      return .unknown("all values are equal")
    }
    let step = (range.upperBound - range.lowerBound) / Double(gridCount - 1)
    let grid = (0..<gridCount).map { range.lowerBound + Double($0) * step }
    let norm = 1 / (Double(values.count) * width * (2 * Double.pi).squareRoot())
    let density = grid.map { place in
      norm
        * values.reduce(0) { sum, value in
          let distance = (place - value) / width
          return sum + exp(-0.5 * distance * distance)
        }
    }
    return .known(
      ViolinDensity(
        count: values.count, bandwidth: width, median: median, grid: grid, density: density))
  }
}

/// The violins of the bins of true mass, as figure 6 and 7 of the paper have them.
package struct ViolinRow: Codable, Hashable, Sendable {
  /// The bins of the true mass [log10 Msun].
  package var bins: Bins

  /// The density of the predicted mass in each bin [1/dex].
  package var violins: [Outcome<ViolinDensity>]

  /// Estimates the densities of the predictions in each bin of the true mass.
  package init(_ comparison: MassComparison, in bins: Bins) {
    self.bins = bins
    violins = bins.members(of: comparison.truth).map { numbers in
      ViolinDensity.of(numbers.map { comparison.prediction[$0] })
    }
  }
}
