import Foundation
import Networks

/// The truth's distribution at fixed predictions beside the likelihood that the network was trained
/// with: figure 8 of the paper.
package struct LikelihoodSlices: Codable, Hashable, Sendable {
  /// The particles with nearly the same prediction.
  package struct Slice: Codable, Hashable, Sendable {
    /// The prediction y in the middle of the slice, in scaled labels.
    package var prediction: Double

    /// The same as a mass [log10 Msun].
    package var logMass: Double

    /// The number of particles.
    package var count: Int

    /// The density of the truth d in each bin, whose integral is 1; unknown without particles.
    package var density: Outcome<[Double]>

    /// The likelihood p(d | y) at the middle of each bin, whose integral over [-1, 1] is 1.
    package var likelihood: [Double]
  }

  /// The width of the likelihood, in scaled labels.
  package var gamma: Double

  /// Half the width of a slice, in scaled labels.
  package var halfWidth: Double

  /// The bins of the truth d, in scaled labels.
  package var bins: Bins

  /// The slices.
  package var slices: [Slice]

  /// The middles of the slices; the paper does not give its own.
  package static let predictions = [-0.75, -0.45, -0.15, 0.15, 0.45, 0.75]

  /// Compares both distributions in the slices.
  ///
  /// The truth of a test particle may be outside [-1, 1], the range of the training particles; such
  /// are left out of the density.
  ///
  /// - Parameters:
  ///   - truth: The true masses in scaled labels d.
  ///   - prediction: The predictions in scaled labels y.
  ///   - gamma: The width of the likelihood.
  ///   - halfWidth: Particles this close to the middle are in a slice.
  ///   - logMass: The mass of a scaled label [log10 Msun].
  package init(
    truth: [Double], prediction: [Double], gamma: Double, halfWidth: Double,
    logMass: (Double) -> Double
  ) {
    let bins = Bins(59, over: -1...1)
    let loss = TruncatedCauchyLoss(gamma: gamma)
    self.gamma = gamma
    self.halfWidth = halfWidth
    self.bins = bins
    slices = Self.predictions.map { middle in
      let inside = zip(truth, prediction).filter { abs($0.1 - middle) <= halfWidth }.map(\.0)
      let histogram = Histogram(of: inside, in: bins)
      return Slice(
        prediction: middle, logMass: logMass(middle), count: inside.count,
        density: histogram.total > 0
          ? .known(histogram.density) : .unknown(tooFew(inside.count, needed: 1)),
        likelihood: bins.centers.map {
          exp(-loss.evaluate(prediction: middle, truth: $0).value)
        })
    }
  }
}
