internal import CKernels
internal import Foundation
internal import Randomness

extension GaussianMixture {
  /// The mutual information of the two coordinates of a mixture, as integrated.
  struct Integral: Hashable, Sendable {
    /// The mutual information [nats].
    package let value: Double

    /// The error: the change by the last refinement, or the standard error of a sample [nats].
    package let error: Double
  }

  /// Returns the mutual information by quadrature, which is deterministic.
  ///
  /// <ln p> - <ln p_x> - <ln p_y>, each averaged over one component after another: see
  /// ``GaussianQuadrature``.
  ///
  /// - Parameter tolerance: The error to aim for [nats]; where that needs too many points, the
  ///   error says what is left.
  /// - Returns: The information, with the sum of the last changes of all cells as its error.
  /// - Throws: ``InformationError/singular(component:)``.
  func mutualInformation(tolerance: Double = 1e-7) throws(InformationError) -> Integral {
    let plane = try evaluable()
    let lineX = plane.map { $0.marginal($0.log_scale_x, $0.mean_x, $0.inverse_x) }
    let lineY = plane.map { $0.marginal($0.log_scale_y, $0.mean_y, $0.inverse_y) }
    // The changes of many cells add up, but each is far above what is wrong after it.
    let tolerancePerCell = 0.1 * tolerance
    var value = 0.0
    var error = 0.0
    for component in components {
      guard let factor = component.choleskyFactor, component.weight > 1e-15 else { continue }
      var joint = GaussianQuadrature(
        of: plane, over: [component.meanX, component.meanY], factor)
      var ofX = GaussianQuadrature(ofLine: lineX, over: component.meanX, factor.xx)
      var ofY = GaussianQuadrature(
        ofLine: lineY, over: component.meanY, component.varianceY.squareRoot())
      let share = tolerancePerCell / component.weight
      let averages = [
        joint.average(tolerance: share), ofX.average(tolerance: share),
        ofY.average(tolerance: share),
      ]
      value += component.weight * (averages[0].value - averages[1].value - averages[2].value)
      error += component.weight * averages.reduce(0) { $0 + $1.error }
    }
    return Integral(value: value, error: error)
  }

  /// Returns <ln p(x, y)> over the mixture itself, minus its entropy, by quadrature [nats].
  ///
  /// - Throws: ``InformationError/singular(component:)``.
  func meanLogDensity(tolerance: Double) throws(InformationError) -> Integral {
    let plane = try evaluable()
    return average(tolerance) { component, factor, share in
      var joint = GaussianQuadrature(of: plane, over: [component.meanX, component.meanY], factor)
      return joint.average(tolerance: share)
    }
  }

  /// Returns <ln p(x)> over the mixture itself, by quadrature [nats].
  ///
  /// - Throws: ``InformationError/singular(component:)``.
  func meanLogDensityOfX(tolerance: Double) throws(InformationError) -> Integral {
    let line = try evaluable().map { $0.marginal($0.log_scale_x, $0.mean_x, $0.inverse_x) }
    return average(tolerance) { component, factor, share in
      var ofX = GaussianQuadrature(ofLine: line, over: component.meanX, factor.xx)
      return ofX.average(tolerance: share)
    }
  }

  /// Returns <ln p(y)> over the mixture itself, by quadrature [nats].
  ///
  /// - Throws: ``InformationError/singular(component:)``.
  func meanLogDensityOfY(tolerance: Double) throws(InformationError) -> Integral {
    let line = try evaluable().map { $0.marginal($0.log_scale_y, $0.mean_y, $0.inverse_y) }
    return average(tolerance) { component, _, share in
      var ofY = GaussianQuadrature(
        ofLine: line, over: component.meanY, component.varianceY.squareRoot())
      return ofY.average(tolerance: share)
    }
  }

  /// Averages over one component after another; the tolerance is that of the whole.
  private func average(
    _ tolerance: Double,
    _ body: (Component, (xx: Double, yx: Double, yy: Double), Double) -> GaussianQuadrature.Average
  ) -> Integral {
    var (value, error) = (0.0, 0.0)
    for component in components {
      guard let factor = component.choleskyFactor, component.weight > 1e-15 else { continue }
      let average = body(component, factor, 0.1 * tolerance / component.weight)
      value += component.weight * average.value
      error += component.weight * average.error
    }
    return Integral(value: value, error: error)
  }

  /// Returns the mutual information by Monte Carlo, as gmm-mi does.
  ///
  /// - Parameters:
  ///   - samples: The number of points to draw.
  ///   - seed: The seed of the points.
  ///   - index: The number of the integral; equal numbers draw the same random numbers.
  /// - Returns: The mean over the points, and its standard error.
  /// - Throws: ``InformationError/singular(component:)``.
  func mutualInformation(
    samples: Int, seed: UInt64, index: UInt64 = 0
  ) throws(InformationError) -> Integral {
    var factors: [(xx: Double, yx: Double, yy: Double)] = []
    for (number, component) in components.enumerated() {
      guard let factor = component.choleskyFactor else { throw .singular(component: number) }
      factors.append(factor)
    }
    var stream = RandomStream(seed: seed, for: .monteCarloIntegral, index: index)
    var batches: [Double] = []
    let batch = max(1, samples / 100)
    for start in stride(from: 0, to: samples, by: batch) {
      var x: [Double] = []
      var y: [Double] = []
      for _ in start..<min(start + batch, samples) {
        var rest = stream.uniform()
        var number = 0
        while number < components.count - 1, rest >= components[number].weight {
          rest -= components[number].weight
          number += 1
        }
        let (u, v) = stream.normalPair()
        x.append(components[number].meanX + factors[number].xx * u)
        y.append(components[number].meanY + factors[number].yx * u + factors[number].yy * v)
      }
      batches.append(try meanLogRatio(of: WeightedPoints(x: x, y: y)) * Double(x.count))
    }
    let bootstrap = Bootstrap(values: batches)
    return Integral(
      value: batches.reduce(0, +) / Double(samples),
      error: bootstrap.standardDeviation * Double(batches.count).squareRoot() / Double(samples))
  }
}

extension halompi_gaussian {
  /// A weighted Gaussian of one coordinate, as one of the plane that does not depend on the other.
  fileprivate func marginal(
    _ logScale: Double, _ mean: Double, _ inverse: Double
  ) -> halompi_gaussian {
    halompi_gaussian(
      log_scale: logScale, mean_x: mean, mean_y: 0, inverse_xx: inverse, inverse_yx: 0,
      inverse_yy: 0, log_scale_x: 0, inverse_x: 0, log_scale_y: 0, inverse_y: 0)
  }
}

extension RandomStream {
  /// Returns two independent standard normal numbers (Box, Muller 1958, doi:10.1214/aoms/1177706645).
  mutating func normalPair() -> (Double, Double) {
    let radius = (-2 * log(1 - uniform())).squareRoot()
    let angle = 2 * Double.pi * uniform()
    return (radius * cos(angle), radius * sin(angle))
  }
}
