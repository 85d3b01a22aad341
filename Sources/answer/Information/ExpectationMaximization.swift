/// Fits a Gaussian mixture to points by expectation maximization.
///
/// Each iteration computes the responsibilities of the components for the points, and then the weights,
/// means and covariances under these: Dempster, Laird, Rubin 1977, doi:10.1111/j.2517-6161.1977.tb01600.x.
struct ExpectationMaximization: Hashable, Sendable {
  /// A mixture and how it was reached.
  package struct Fit<Mixture: FittableMixture>: Hashable, Sendable {
    /// The parameters after the last iteration.
    package let mixture: Mixture

    /// The mean of ln p over the points, under the parameters before the last iteration [nats].
    let logLikelihood: Double

    /// The number of iterations.
    package let iterations: Int

    /// Whether the last iteration changed the likelihood by less than the tolerance.
    let converged: Bool
  }

  /// The change of the mean log-likelihood per point that ends the fit [nats].
  package var tolerance: Double

  /// The term that is added to the variances in each iteration, in the units of the points squared.
  var regularization: Double

  /// The most iterations.
  var maximumIterations: Int

  /// The precision of the arithmetic for each point.
  var precision = FitPrecision.double

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
  /// - Throws: ``InformationError/singular(component:)`` if a component shrinks to nothing in some direction.
  package func fit<Mixture: FittableMixture>(
    _ points: Mixture.Points, from start: Mixture
  ) throws(InformationError) -> Fit<Mixture> {
    var mixture = start
    var before = -Double.infinity
    for iteration in 1...max(maximumIterations, 1) {
      let likelihood = try mixture.improve(
        on: points, regularization: regularization, precision: precision)
      let converged = abs(likelihood - before) < tolerance
      if converged || iteration >= maximumIterations {
        try mixture.check()
        return Fit(
          mixture: mixture, logLikelihood: likelihood, iterations: iteration, converged: converged)
      }
      before = likelihood
    }
    preconditionFailure("the last iteration returns")
  }
}
