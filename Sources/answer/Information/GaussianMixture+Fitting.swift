internal import CKernels

extension GaussianMixture: FittableMixture {
  /// Makes a mixture with a component for each of the moments, which share `total` of weight.
  package init(moments: [PlanarMoments], of total: Double) {
    self.init(components: moments.map { $0.component(of: total) })
  }

  /// The number of components.
  package var componentCount: Int { components.count }

  /// Returns the smaller eigenvalue of a component's covariance matrix.
  package func smallestVariance(of component: Int) -> Double {
    components[component].smallestVariance
  }

  /// Checks that all covariances are positive definite.
  ///
  /// - Throws: ``InformationError/singular(component:)``.
  package func check() throws(InformationError) { _ = try evaluable() }

  /// Does one iteration of expectation maximization.
  ///
  /// - Parameters:
  ///   - points: The points.
  ///   - regularization: The term that is added to the variances, in the units of the points squared.
  ///   - precision: The precision of the arithmetic for each point.
  /// - Returns: The mean of ln p over the points under the parameters before it [nats].
  /// - Throws: ``InformationError/singular(component:)``.
  package mutating func improve(
    on points: WeightedPoints, regularization: Double, precision: FitPrecision
  ) throws(InformationError) -> Double {
    let gaussians = try evaluable()
    var sums = [halompi_gaussian_sums](repeating: .init(), count: gaussians.count)
    let likelihood =
      halompi_mixture_step(
        gaussians, gaussians.count, points.x, points.y, points.weights, points.x.count, &sums,
        precision.ofKernels, HALOMPI_FASTEST) / points.totalWeight
    maximize(sums, regularization)
    return likelihood
  }

  /// Sets the parameters to the maximum under the responsibilities that the sums were made with.
  ///
  /// The sums are about the means before; those about the new ones follow by the shift d:
  /// sum r (x - m - d)^2 = sum r (x - m)^2 - 2 d sum r (x - m) + d^2 sum r.
  private mutating func maximize(_ sums: [halompi_gaussian_sums], _ regularization: Double) {
    // A component that nothing belongs to must not divide by zero.
    let populations = sums.map { $0.weight + 10 * Double.ulpOfOne }
    let total = populations.reduce(0, +)
    for (number, sum) in sums.enumerated() {
      let population = populations[number]
      let shiftX = sum.x / population
      let shiftY = sum.y / population
      let rest = 2 - sum.weight / population
      components[number].weight = population / total
      components[number].meanX += shiftX
      components[number].meanY += shiftY
      components[number].varianceX =
        sum.xx / population - shiftX * shiftX * rest + regularization
      components[number].covariance = sum.xy / population - shiftX * shiftY * rest
      components[number].varianceY =
        sum.yy / population - shiftY * shiftY * rest + regularization
    }
  }
}
