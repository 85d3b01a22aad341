internal import CKernels

extension SpatialMixture: FittableMixture {
  /// Makes a mixture with a component for each of the moments, which share `total` of weight.
  package init(moments: [SpatialMoments], of total: Double) {
    self.init(components: moments.map { $0.component(of: total) })
  }

  /// The number of components.
  package var componentCount: Int { components.count }

  /// Returns the mixture of the other components; the weights again sum to one.
  package func without(_ number: Int) -> SpatialMixture {
    var others = components
    others.remove(at: number)
    let total = others.reduce(0) { $0 + $1.weight }
    for place in others.indices { others[place].weight /= total }
    return SpatialMixture(components: others)
  }

  /// Returns about the smallest eigenvalue of a component's covariance matrix, and at least a third of it.
  package func smallestVariance(of component: Int) -> Double {
    components[component].covariance.smallestVariance
  }

  /// Returns the mean of ln p over points, by their weights.
  ///
  /// - Throws: ``InformationError/singular(component:)``.
  package func meanLogDensity(of points: SpatialPoints) throws(InformationError) -> Double {
    let gaussians = try evaluable()
    return halompi_spatial_mixture_step(
      gaussians, gaussians.count, points.x, points.y, points.z, points.weights, points.x.count,
      nil, HALOMPI_DOUBLE, HALOMPI_FASTEST) / points.totalWeight
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
    on points: SpatialPoints, regularization: Double, precision: FitPrecision
  ) throws(InformationError) -> Double {
    let gaussians = try evaluable()
    var sums = [halompi_spatial_sums](repeating: .init(), count: gaussians.count)
    let likelihood =
      halompi_spatial_mixture_step(
        gaussians, gaussians.count, points.x, points.y, points.z, points.weights, points.x.count,
        &sums, precision.ofKernels, HALOMPI_FASTEST) / points.totalWeight
    // A component that nothing belongs to must not divide by zero.
    let populations = sums.map { $0.weight + 10 * Double.ulpOfOne }
    let total = populations.reduce(0, +)
    for (number, sum) in sums.enumerated() {
      let population = populations[number]
      let shift: SIMD3 = [sum.x / population, sum.y / population, sum.z / population]
      // The sums are about the means before; those about the new ones follow by the shift.
      let rest = 2 - sum.weight / population
      components[number].weight = population / total
      components[number].mean += shift
      components[number].covariance = Covariance(
        xx: sum.xx / population - shift.x * shift.x * rest + regularization,
        xy: sum.xy / population - shift.x * shift.y * rest,
        xz: sum.xz / population - shift.x * shift.z * rest,
        yy: sum.yy / population - shift.y * shift.y * rest + regularization,
        yz: sum.yz / population - shift.y * shift.z * rest,
        zz: sum.zz / population - shift.z * shift.z * rest + regularization)
    }
    return likelihood
  }
}
