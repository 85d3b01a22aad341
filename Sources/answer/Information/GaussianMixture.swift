internal import CKernels
internal import Foundation

/// A mixture of Gaussians in the plane with full covariances.
package struct GaussianMixture: Hashable, Codable, Sendable {
  /// One weighted Gaussian.
  package struct Component: Hashable, Codable, Sendable {
    /// The share of the mixture.
    package var weight: Double
    /// The mean of x.
    var meanX: Double
    /// The mean of y.
    var meanY: Double
    /// The variance of x.
    var varianceX: Double
    /// The covariance of x and y.
    var covariance: Double
    /// The variance of y.
    var varianceY: Double

    /// Makes a component.
    package init(
      weight: Double, meanX: Double, meanY: Double, varianceX: Double, covariance: Double,
      varianceY: Double
    ) {
      self.weight = weight
      self.meanX = meanX
      self.meanY = meanY
      self.varianceX = varianceX
      self.covariance = covariance
      self.varianceY = varianceY
    }

    /// The smaller eigenvalue of the covariance matrix.
    var smallestVariance: Double {
      let half = 0.5 * (varianceX + varianceY)
      let determinant = varianceX * varianceY - covariance * covariance
      let largest = half + hypot(0.5 * (varianceX - varianceY), covariance)
      return largest > 0 ? determinant / largest : 0
    }

    /// The factor L of the covariance matrix L L^T; `nil` if the matrix is not positive definite.
    var choleskyFactor: (xx: Double, yx: Double, yy: Double)? {
      guard varianceX > 0, varianceX.isFinite else { return nil }
      let xx = varianceX.squareRoot()
      let yx = covariance / xx
      let rest = varianceY - yx * yx
      guard rest > 0, rest.isFinite else { return nil }
      return (xx, yx, rest.squareRoot())
    }
  }

  /// The components; their weights sum to one.
  package var components: [Component]

  /// The most components that a mixture may have.
  package static let maximumComponents = Int(HALOMPI_MIXTURE_LIMIT)

  /// Makes a mixture of at most ``maximumComponents``.
  package init(components: [Component]) {
    precondition(
      !components.isEmpty && components.count <= Self.maximumComponents,
      "a mixture has 1 to \(Self.maximumComponents) components")
    self.components = components
  }

  /// Returns the mixture of the other components; the weights again sum to one.
  package func without(_ number: Int) -> GaussianMixture {
    var others = components
    others.remove(at: number)
    let total = others.reduce(0) { $0 + $1.weight }
    for place in others.indices { others[place].weight /= total }
    return GaussianMixture(components: others)
  }

  /// The mean of ln p(x, y) over points, by their weights.
  ///
  /// - Throws: ``InformationError/singular(component:)``.
  package func meanLogDensity(of points: WeightedPoints) throws(InformationError) -> Double {
    let gaussians = try evaluable()
    return halompi_mixture_step(
      gaussians, gaussians.count, points.x, points.y, points.weights, points.x.count, nil,
      HALOMPI_DOUBLE, HALOMPI_FASTEST) / points.totalWeight
  }

  /// The mean of ln [p(x, y) / (p(x) p(y))] over points, by their weights.
  ///
  /// - Throws: ``InformationError/singular(component:)``.
  func meanLogRatio(of points: WeightedPoints) throws(InformationError) -> Double {
    let gaussians = try evaluable()
    return halompi_mixture_log_ratio(
      gaussians, gaussians.count, points.x, points.y, points.weights, points.x.count,
      HALOMPI_FASTEST) / points.totalWeight
  }

  /// The components as the kernels take them.
  func evaluable() throws(InformationError) -> [halompi_gaussian] {
    let logTwoPi = log(2 * Double.pi)
    var gaussians: [halompi_gaussian] = []
    gaussians.reserveCapacity(components.count)
    for (number, component) in components.enumerated() {
      guard let factor = component.choleskyFactor else {
        throw .singular(component: number)
      }
      let logWeight = log(component.weight)
      let deviationY = component.varianceY.squareRoot()
      gaussians.append(
        halompi_gaussian(
          log_scale: logWeight - logTwoPi - log(factor.xx) - log(factor.yy),
          mean_x: component.meanX, mean_y: component.meanY,
          inverse_xx: 1 / factor.xx, inverse_yx: -factor.yx / (factor.xx * factor.yy),
          inverse_yy: 1 / factor.yy,
          log_scale_x: logWeight - 0.5 * logTwoPi - log(factor.xx), inverse_x: 1 / factor.xx,
          log_scale_y: logWeight - 0.5 * logTwoPi - log(deviationY), inverse_y: 1 / deviationY))
    }
    return gaussians
  }
}
