internal import Statistics

/// The deviations of predictions from the truth: the numbers of one row of a table.
struct ResidualStatistics: Codable, Hashable, Sendable {
  /// The number of particles.
  package var count: Int

  /// Pearson's correlation of predicted and true log10 mass.
  package var correlation: Outcome<Double>

  /// The median residual [dex].
  package var bias: Outcome<Double>

  /// Half of the range from the 16th to the 84th percentile of the residuals [dex].
  package var scatter: Outcome<Double>

  /// The mean residual [dex].
  package var mean: Outcome<Double>

  /// The standard deviation of the residuals, with n - 1 [dex].
  package var standardDeviation: Outcome<Double>

  /// The root of the mean squared residual [dex].
  var rootMeanSquare: Outcome<Double>

  /// The shares of residuals that are outside three standard deviations.
  var outliers: Outcome<OutlierShares>

  /// Computes the statistics; without particles, or with a few, some are unknown.
  package init(_ comparison: MassComparison) {
    let residuals = comparison.residuals
    let count = residuals.count
    self.count = count
    correlation = comparison.correlation
    guard let middle = Quantiles(residuals).middle else {
      let none = Outcome<Double>.unknown(tooFew(0, needed: 1))
      (bias, scatter, mean, standardDeviation, rootMeanSquare) = (none, none, none, none, none)
      outliers = .unknown(tooFew(0, needed: 3))
      return
    }
    bias = .known(middle.median)
    mean = .known(Statistics.mean(residuals))
    rootMeanSquare = .known(Statistics.mean(residuals.map { $0 * $0 }).squareRoot())
    guard count > 2 else {
      let few = Outcome<Double>.unknown(tooFew(count, needed: 3))
      (scatter, standardDeviation) = (few, few)
      outliers = .unknown(tooFew(count, needed: 3))
      return
    }
    scatter = .known(middle.halfWidth)
    standardDeviation = .known(Statistics.standardDeviation(residuals))
    outliers = OutlierShares.of(residuals)
  }
}

/// The share of residuals outside three sigma, by four readings of these words.
///
/// The paper (section V) gives 0.4 % for one of them; 0.27 % of a Gaussian are outside by each.
struct OutlierShares: Codable, Hashable, Sendable {
  /// |r - mean| > 3 standard deviations: the one that is meant where nothing else is said.
  var aboutMean: Double

  /// |r| > 3 standard deviations.
  package var aboutZero: Double

  /// |r - median| > 3 half-widths of the 16-84 % interval, which tails do not widen.
  var robust: Double

  /// Outside the 0.135 % and 99.865 % quantiles: always close to 0.27 %, a check of the others.
  var outsideQuantiles: Double

  /// Computes the shares of three or more residuals that are not all equal.
  static func of(_ residuals: [Double]) -> Outcome<OutlierShares> {
    let quantiles = Quantiles(residuals)
    let deviation = standardDeviation(residuals)
    guard let middle = quantiles.middle, let lowest = quantiles(0.00135),
      let highest = quantiles(0.99865), deviation > 0
    else { return .unknown("all residuals are equal") }
    let center = mean(residuals)
    func share(_ isOutside: (Double) -> Bool) -> Double {
      Double(residuals.count(where: isOutside)) / Double(residuals.count)
    }
    return .known(
      OutlierShares(
        aboutMean: share { abs($0 - center) > 3 * deviation },
        aboutZero: share { abs($0) > 3 * deviation },
        robust: share { abs($0 - middle.median) > 3 * middle.halfWidth },
        outsideQuantiles: share { $0 < lowest || $0 > highest }))
  }
}
