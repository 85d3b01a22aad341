internal import Foundation

/// Twin universes as a model, and the networks' shares of what they say.
///
/// Given the modes up to a wavenumber, the masses in the twin and in the original are independent draws of one
/// distribution, so that their information is at most what these modes tell: a floor of the ceiling.
package struct TwinReport: Codable, Hashable, Sendable {
  /// The wavenumber up to which the twins have the phases of the test simulations [h/Mpc].
  package var reseededAbove: Double

  /// The number of these twins, from 1, if every simulation has several at this wavenumber.
  package var number: Int

  /// The test simulations and their twins.
  package var pairs: [TwinPrediction.Pair]

  /// The number of compared particles that are in a halo of their twin.
  package var count: Int

  /// The share of the compared particles of these simulations that is in no halo of the twin.
  package var shareWithout: Outcome<Double>

  /// The residuals of the twins' masses.
  var statistics: ResidualStatistics

  /// The information of the twins' masses about the true ones.
  package var information: Outcome<InformationSummary>

  /// The most that the modes up to the wavenumber would tell, if masses were Gaussian [nats].
  package var gaussianCeiling: Outcome<Double>

  /// The reference seeds of the variants on the same particles.
  package var networks: [NetworkShare]

  /// The twins' against the true masses, with contours.
  package var map: Outcome<DensityMap>

  /// A variant on the particles that are in halos of the twins.
  package struct NetworkShare: Codable, Hashable, Sendable {
    /// The name of the variant.
    package var variant: String

    /// The residuals.
    var statistics: ResidualStatistics

    /// The information about the true mass.
    package var information: Outcome<InformationSummary>

    /// The information of the network minus that of the twins; below zero where the twins are a ceiling.
    package var difference: Outcome<InformationDifference>

    /// The information as a share of that of the twins.
    package var share: Outcome<InformationShare>
  }

  /// Returns the information of the best predictor, if one draw has `information` and all are Gaussian.
  ///
  /// The correlation with one draw is the square of that with the mean of all draws, rho^2, so that
  /// information = -1/2 ln(1 - rho^4), and the best predictor has -1/2 ln(1 - rho^2).
  static func gaussianCeiling(ofDraw information: Double) -> Outcome<Double> {
    guard information > 0 else { return .unknown("the twins have no information") }
    // 1 - sqrt(1 - e) without the difference of nearly equal numbers.
    let rest = exp(-2 * information)
    return .known(-0.5 * log(rest / (1 + (1 - rest).squareRoot())))
  }

  /// The name in tables and figures.
  package var name: String {
    String(format: "twin, k <= %.4g h/Mpc", reseededAbove) + (number > 1 ? " (\(number))" : "")
  }
}
