internal import CKernels
internal import Foundation
internal import Randomness

extension GaussianMixture {
  /// The mutual information of the two coordinates of a mixture, as integrated.
  public struct Integral: Hashable, Sendable {
    /// The mutual information [nats].
    public let value: Double

    /// How well it is known: the change by the last refinement, or the standard error of a sample [nats].
    public let error: Double
  }

  /// The mutual information by quadrature, deterministic and to about 1e-7.
  ///
  /// For each component the integrand ln [p / (p_x p_y)] is averaged over its own Gaussian by the midpoint
  /// rule on [-9, 9]^2 in its whitened coordinates, which converges faster than any power of the number of
  /// points (Trefethen, Weideman 2014, doi:10.1137/130932132). The number is doubled until nothing
  /// changes by `tolerance`, or 768 to an axis are reached: then the error says what is left.
  ///
  /// - Throws: ``InformationError/singular(component:)``.
  public func mutualInformation(tolerance: Double = 1e-7) throws(InformationError) -> Integral {
    let gaussians = try evaluable()
    var value = 0.0
    var error = 0.0
    for component in components {
      guard let factor = component.choleskyFactor, component.weight > 1e-15 else { continue }
      var points = 48
      var integral = Self.average(over: component, factor, gaussians, points: points)
      var change = Double.infinity
      while change >= tolerance, points < 768 {
        points *= 2
        let finer = Self.average(over: component, factor, gaussians, points: points)
        change = component.weight * abs(finer - integral)
        integral = finer
      }
      value += component.weight * integral
      error += change
    }
    return Integral(value: value, error: error)
  }

  /// The average of the integrand over one component, on a grid of `points` times `points`.
  private static func average(
    over component: Component, _ factor: (xx: Double, yx: Double, yy: Double),
    _ gaussians: [halompi_gaussian], points: Int
  ) -> Double {
    let limit = 9.0
    let step = 2 * limit / Double(points)
    let nodes = (0..<points).map { -limit + (Double($0) + 0.5) * step }
    let weights = nodes.map { step * exp(-0.5 * $0 * $0) / (2 * Double.pi).squareRoot() }
    var x = [Double](repeating: 0, count: points)
    var y = x
    var average = 0.0
    for (node, weight) in zip(nodes, weights) {
      // Points beyond the circle of radius 9 weigh less than 1e-18 together.
      let width = (limit * limit - node * node).squareRoot()
      let first = max(0, (points / 2 - Int(width / step) - 1) / 8 * 8)
      let last = points - first
      for place in first..<last {
        x[place] = component.meanX + factor.xx * node
        y[place] = component.meanY + factor.yx * node + factor.yy * nodes[place]
      }
      average +=
        weight
        * x.withUnsafeBufferPointer { x in
          y.withUnsafeBufferPointer { y in
            weights.withUnsafeBufferPointer { weights in
              halompi_mixture_log_ratio(
                gaussians, gaussians.count,
                UnsafeBufferPointer(rebasing: x[first..<last]).baseAddress,
                UnsafeBufferPointer(rebasing: y[first..<last]).baseAddress,
                UnsafeBufferPointer(rebasing: weights[first..<last]).baseAddress, last - first,
                HALOMPI_FASTEST)
            }
          }
        }
    }
    return average
  }

  /// The mutual information by Monte Carlo, as gmm-mi has it.
  ///
  /// - Parameters:
  ///   - samples: How many points are drawn.
  ///   - seed: The seed of the points.
  ///   - index: The number of the integral; equal numbers draw the same random numbers.
  /// - Returns: The mean over the points, and its standard error.
  /// - Throws: ``InformationError/singular(component:)``.
  public func mutualInformation(
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

extension RandomStream {
  /// Returns two independent standard normal numbers (Box, Muller 1958, doi:10.1214/aoms/1177706645).
  mutating func normalPair() -> (Double, Double) {
    let radius = (-2 * log(1 - uniform())).squareRoot()
    let angle = 2 * Double.pi * uniform()
    return (radius * cos(angle), radius * sin(angle))
  }
}
