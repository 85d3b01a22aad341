internal import CKernels

/// Fits a Gaussian mixture to points by expectation maximisation.
///
/// Each iteration computes the responsibilities of the components for the points, and then the weights,
/// means and covariances under these: Dempster, Laird, Rubin 1977, doi:10.1111/j.2517-6161.1977.tb01600.x.
struct ExpectationMaximization: Hashable, Sendable {
  /// A mixture and how it was reached.
  package struct Fit: Hashable, Sendable {
    /// The parameters after the last iteration.
    package let mixture: GaussianMixture

    /// The mean of ln p over the points, under the parameters before the last iteration [nats].
    let logLikelihood: Double

    /// How many iterations there were.
    package let iterations: Int

    /// Whether the last iteration changed the likelihood by less than the tolerance.
    let converged: Bool
  }

  /// The change of the mean log-likelihood per point that ends the fit [nats].
  package var tolerance: Double

  /// What is added to the variances in each iteration, in the units of the points squared.
  var regularization: Double

  /// The most iterations.
  var maximumIterations: Int

  /// Makes a fit with its settings.
  package init(
    tolerance: Double = 1e-5, regularization: Double = 1e-15, maximumIterations: Int = 10_000
  ) {
    self.tolerance = tolerance
    self.regularization = regularization
    self.maximumIterations = maximumIterations
  }

  /// Fits points from a start.
  ///
  /// - Throws: ``InformationError/singular(component:)`` if a component shrinks to a point or a line.
  package func fit(
    _ points: WeightedPoints, from start: GaussianMixture
  ) throws(InformationError) -> Fit {
    var mixture = start
    var sums = [halompi_gaussian_sums](repeating: .init(), count: start.components.count)
    var before = -Double.infinity
    for iteration in 1...max(maximumIterations, 1) {
      let gaussians = try mixture.evaluable()
      let likelihood =
        halompi_mixture_step(
          gaussians, gaussians.count, points.x, points.y, points.weights, points.x.count, &sums,
          HALOMPI_FASTEST) / points.totalWeight
      maximize(&mixture, sums)
      let converged = abs(likelihood - before) < tolerance
      if converged || iteration >= maximumIterations {
        _ = try mixture.evaluable()
        return Fit(
          mixture: mixture, logLikelihood: likelihood, iterations: iteration, converged: converged)
      }
      before = likelihood
    }
    preconditionFailure("the last iteration returns")
  }

  /// Sets the parameters to the maximum under the responsibilities that the sums were made with.
  ///
  /// The sums are about the means before; those about the new ones follow by the shift d:
  /// sum r (x - m - d)^2 = sum r (x - m)^2 - 2 d sum r (x - m) + d^2 sum r.
  private func maximize(_ mixture: inout GaussianMixture, _ sums: [halompi_gaussian_sums]) {
    // A component that nothing belongs to must not divide by zero.
    let populations = sums.map { $0.weight + 10 * Double.ulpOfOne }
    let total = populations.reduce(0, +)
    for (number, sum) in sums.enumerated() {
      let population = populations[number]
      let shiftX = sum.x / population
      let shiftY = sum.y / population
      let rest = 2 - sum.weight / population
      mixture.components[number].weight = population / total
      mixture.components[number].meanX += shiftX
      mixture.components[number].meanY += shiftY
      mixture.components[number].varianceX =
        sum.xx / population - shiftX * shiftX * rest + regularization
      mixture.components[number].covariance = sum.xy / population - shiftX * shiftY * rest
      mixture.components[number].varianceY =
        sum.yy / population - shiftY * shiftY * rest + regularization
    }
  }
}
