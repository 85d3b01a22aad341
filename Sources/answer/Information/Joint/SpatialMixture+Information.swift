extension SpatialMixture {
  /// The information of two of the coordinates about the first one, alone and together.
  package struct Information: Hashable, Sendable {
    /// I(x; y, z), of both together [nats].
    package var joint: Double

    /// I(x; y) [nats].
    package var first: Double

    /// I(x; z) [nats].
    package var second: Double

    /// The error: the sum of the changes by the last refinements of the integrals [nats].
    package var error: Double

    /// I(x; y | z): what y adds to z [nats].
    package var firstGivenSecond: Double { joint - second }

    /// I(x; z | y): what z adds to y [nats].
    package var secondGivenFirst: Double { joint - first }
  }

  /// Returns the information of y and z about x, by quadrature.
  ///
  ///     I(x; y, z) = <ln p(x, y, z)> - <ln p(x)> - <ln p(y, z)>,   I(x; y) = <ln p(x, y)> - <ln p(x)> - <ln p(y)>,
  ///
  /// with the marginals of the mixture, which are mixtures themselves: the chain rule
  /// I(x; y, z) = I(x; y) + I(x; z | y) = I(x; z) + I(x; y | z) holds exactly.
  ///
  /// - Parameter tolerance: The error to aim for in each average [nats].
  /// - Returns: The information of both together, and of each alone.
  /// - Throws: ``InformationError/singular(component:)``.
  package func information(tolerance: Double = 1e-5) throws(InformationError) -> Information {
    let space = try meanLogDensity(tolerance: tolerance)
    let (xy, xz, yz) = (marginal(.xy), marginal(.xz), marginal(.yz))
    let planes = [
      try xy.meanLogDensity(tolerance: tolerance), try xz.meanLogDensity(tolerance: tolerance),
      try yz.meanLogDensity(tolerance: tolerance),
    ]
    let lines = [
      try xy.meanLogDensityOfX(tolerance: tolerance),
      try xy.meanLogDensityOfY(tolerance: tolerance),
      try xz.meanLogDensityOfY(tolerance: tolerance),
    ]
    return Information(
      joint: space.value - lines[0].value - planes[2].value,
      first: planes[0].value - lines[0].value - lines[1].value,
      second: planes[1].value - lines[0].value - lines[2].value,
      error: (planes + lines).reduce(space.error) { $0 + $1.error })
  }

  /// Returns <ln p(x, y, z)> over the mixture itself.
  private func meanLogDensity(
    tolerance: Double
  ) throws(InformationError) -> GaussianMixture.Integral {
    let gaussians = try evaluable()
    var (value, error) = (0.0, 0.0)
    for component in components {
      guard let factor = component.covariance.choleskyFactor, component.weight > 1e-15 else {
        continue
      }
      let average = SpatialQuadrature(of: gaussians, over: component.mean, factor)
        .average(tolerance: 0.1 * tolerance / component.weight)
      value += component.weight * average.value
      error += component.weight * average.error
    }
    return GaussianMixture.Integral(value: value, error: error)
  }
}
