internal import Foundation

/// Gauss-Legendre quadrature with 32 nodes.
///
/// Exact to rounding for what is analytic well around the interval: with n nodes the error falls like
/// rho^(-2n), rho the sum of the half axes of the largest ellipse about the interval (scaled to
/// [-1, 1]) without singularity. Trefethen, "Is Gauss quadrature better than Clenshaw-Curtis?",
/// SIAM Review 50 (2008), doi:10.1137/060659831.
enum Quadrature {
  /// Returns the integral of `integrand` over an interval.
  static func integral(
    from lower: Double, to upper: Double, of integrand: (Double) -> Double
  ) -> Double {
    let halfWidth = (upper - lower) / 2
    let middle = (upper + lower) / 2
    var sum = 0.0
    for (node, weight) in rule { sum += weight * integrand(middle + halfWidth * node) }
    return sum * halfWidth
  }

  /// The nodes in [-1, 1], the zeros of the Legendre polynomial P_32, and their weights.
  private static let rule: [(node: Double, weight: Double)] = (1...count).map { index in
    var x = cos(.pi * (Double(index) - 0.25) / (Double(count) + 0.5))
    for _ in 0..<10 {
      let (value, slope) = legendre(x)
      x -= value / slope
    }
    let slope = legendre(x).slope
    return (x, 2 / ((1 - x * x) * slope * slope))
  }

  private static let count = 32

  /// P_32 and its derivative by the three-term recurrence.
  private static func legendre(_ x: Double) -> (value: Double, slope: Double) {
    var (before, value) = (1.0, x)
    for degree in 2...count {
      let n = Double(degree)
      (before, value) = (value, ((2 * n - 1) * x * value - (n - 1) * before) / n)
    }
    return (value, Double(count) * (x * value - before) / (x * x - 1))
  }
}
