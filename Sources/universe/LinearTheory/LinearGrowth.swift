package import Failures

/// The growth of density fluctuations in first and second order.
///
/// The first-order factor D1 is 1 at a = 1. The second-order factor is **negative**,
/// D2 = -(3/7) D1^2 in a universe of matter alone, and is scaled like the square of D1, so that a
/// particle of site q is at
///
///     x = q + D1(a) psi1(q) + D2(a) psi2(q)
///
/// with the displacements of ``D1`` = 1: div psi1 = -delta, div psi2 = sum_(i<j) (phi_ii phi_jj - phi_ij^2).
/// Bouchet, Colombi, Hivon, Juszkiewicz 1995, A&A 296, 575, arXiv:astro-ph/9406013; Scoccimarro 1998,
/// doi:10.1046/j.1365-8711.1998.01845.x, appendix D.
///
/// Both are integrals over the known growing and decaying solutions, exact to about 1e-14 for
/// 0 < a <= 1, without a fitting formula or steps in time.
package struct LinearGrowth: Hashable, Sendable {
  /// The universe.
  package let parameters: CosmologicalParameters

  /// D1 at a = 1 when it equals a in the early universe.
  let today: Double

  /// Makes the growth of a universe.
  ///
  /// - Throws: `Failure` if the parameters are absurd.
  package init(_ parameters: CosmologicalParameters) throws(Failure) {
    try parameters.check()
    self.parameters = parameters
    today = Self.growthFromEarlyTimes(at: 1, in: parameters)
  }

  /// The first-order growth factor D1(a), with D1(1) = 1.
  package func first(at a: Double) -> Double {
    Self.growthFromEarlyTimes(at: a, in: parameters) / today
  }

  /// The first-order growth rate f1 = d ln D1 / d ln a.
  package func firstRate(at a: Double) -> Double {
    let growth = Self.growthFromEarlyTimes(at: a, in: parameters)
    return Self.slope(of: growth, at: a, in: parameters) / growth
  }

  /// The second-order growth factor D2(a), which is negative.
  package func second(at a: Double) -> Double { secondOrder(at: a).value / (today * today) }

  /// The second-order growth rate f2 = d ln D2 / d ln a.
  package func secondRate(at a: Double) -> Double {
    let (value, slope) = secondOrder(at: a)
    return slope / value
  }

  /// D1 that equals a in the early universe: (5/2) omegaMatter E(a) int_0^a da' / (a' E)^3.
  ///
  /// Heath 1977, doi:10.1093/mnras/179.3.351; in this form Carroll, Press, Turner 1992,
  /// doi:10.1146/annurev.aa.30.090192.002435. With a' = t^2 the integrand is analytic at 0.
  private static func growthFromEarlyTimes(
    at a: Double, in parameters: CosmologicalParameters
  ) -> Double {
    precondition(a > 0 && a <= 1, "growth is computed for scale factors in (0, 1], not \(a)")
    let (matter, lambda) = (parameters.omegaMatter, parameters.omegaLambda)
    let integral = Quadrature.integral(from: 0, to: a.squareRoot()) { t in
      let square = t * t
      let density = matter + lambda * square * square * square
      return 2 * square * square / (density * density.squareRoot())
    }
    return 2.5 * matter * parameters.expansionRate(at: a) * integral
  }

  /// dD1 / d ln a of the same normalization: the derivative of Heath's integral.
  private static func slope(
    of growth: Double, at a: Double, in parameters: CosmologicalParameters
  ) -> Double {
    let rate = parameters.expansionRate(at: a)
    return parameters.expansionSlope(at: a) * growth
      + 2.5 * parameters.omegaMatter / (a * a * rate * rate)
  }

  /// D2 and dD2 / d ln a in the normalization of D1 = a.
  ///
  /// D2'' + (2 + d ln E/d ln a) D2' = (3/2) omegaMatter(a) (D2 - D1^2), ' = d/d ln a (Bouchet et al.
  /// 1995), has the homogeneous solutions D1 and E. Variation of
  /// parameters, with their Wronskian (5/2) omegaMatter / (a^2 E), gives
  ///
  ///     D2 = -(3/5) [ D1 int_0^a (D1/a')^2 da' - E int_0^a D1^3 / (a'^2 E) da' ]
  private func secondOrder(at a: Double) -> (value: Double, slope: Double) {
    let end = a.squareRoot()
    func growthOverScale(_ t: Double) -> Double {
      Self.growthFromEarlyTimes(at: t * t, in: parameters) / (t * t)
    }
    let first = Quadrature.integral(from: 0, to: end) { t in
      let ratio = growthOverScale(t)
      return 2 * t * ratio * ratio
    }
    let second = Quadrature.integral(from: 0, to: end) { t in
      let ratio = growthOverScale(t)
      return 2 * t * t * t * ratio * ratio * ratio / parameters.expansionRate(at: t * t)
    }
    let growth = Self.growthFromEarlyTimes(at: a, in: parameters)
    let growthSlope = Self.slope(of: growth, at: a, in: parameters)
    let decaying = parameters.expansionRate(at: a)
    let decayingSlope = decaying * parameters.expansionSlope(at: a)
    return (
      -0.6 * (growth * first - decaying * second),
      -0.6 * (growthSlope * first - decayingSlope * second)
    )
  }
}
