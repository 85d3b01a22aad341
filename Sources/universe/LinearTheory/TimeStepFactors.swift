/// The factors of a step, from forces to changes of momentum and from momenta to those of position.
///
/// With lengths in Mpc/h, times in 1/H0, the momentum p = a^2 dx/dt = a^3 E dx/da and the force
/// F = -(3/2) omegaMatter grad laplace^(-1) delta,
///
///     p(end) = p(start) + kick(start, end, at: c) F(c),   x(end) = x(start) + drift(start, end, at: c) p(c).
package struct TimeStepFactors: Hashable, Sendable {
  /// The scheme by which factors are computed.
  package enum Scheme: String, Codable, CaseIterable, Sendable {
    /// Linear growth is followed exactly, in steps of any length.
    ///
    /// Feng, Chu, Seljak, McDonald 2016, doi:10.1093/mnras/stw2123, section 2.
    case fastPM

    /// Force and momentum are constant during the step; linear growth is followed in short steps only.
    ///
    /// Quinn, Katz, Stadel, Lake 1997, arXiv:astro-ph/9710043.
    case standard
  }

  /// The scheme by which the factors are computed.
  package let scheme: Scheme

  /// The growth that the steps follow.
  package let growth: LinearGrowth

  /// Makes the factors of a universe.
  package init(_ scheme: Scheme, growth: LinearGrowth) {
    self.scheme = scheme
    self.growth = growth
  }

  /// The change of momentum by a unit force from scale factor `start` to `end`.
  ///
  /// With G = a^3 E dD1/da, `fastPM` is [G(end) - G(start)] / (c^2 E(c) dG/da(c)), where
  /// dG/da = (3/2) omegaMatter D1 / (a^2 E) by the growth equation; `standard` is int da / (a^2 E).
  ///
  /// - Parameters:
  ///   - start: The scale factor of the momentum before.
  ///   - end: The scale factor of the momentum after.
  ///   - reference: The scale factor c of the force.
  /// - Returns: The change of p for F = 1.
  package func kick(from start: Double, to end: Double, at reference: Double) -> Double {
    switch scheme {
    case .fastPM:
      return (growthMomentum(at: end) - growthMomentum(at: start))
        / (1.5 * growth.parameters.omegaMatter * growth.first(at: reference))
    case .standard:
      // With a = t^2: da / (a^2 E) = 2 dt / sqrt(omegaMatter + omegaLambda a^3).
      return integral(from: start, to: end) { _ in 2 }
    }
  }

  /// The change of position by a unit momentum from scale factor `start` to `end`.
  ///
  /// `fastPM` is [D1(end) - D1(start)] / (c^3 E(c) dD1/da(c)); `standard` is int da / (a^3 E).
  ///
  /// - Parameters:
  ///   - start: The scale factor of the position before.
  ///   - end: The scale factor of the position after.
  ///   - reference: The scale factor c of the momentum.
  /// - Returns: The change of x for p = 1.
  package func drift(from start: Double, to end: Double, at reference: Double) -> Double {
    switch scheme {
    case .fastPM:
      return (growth.first(at: end) - growth.first(at: start)) / growthMomentum(at: reference)
    case .standard:
      return integral(from: start, to: end) { t in 2 / (t * t) }
    }
  }

  /// The momentum of unit displacement, G = a^3 E dD1/da = a^2 E f1 D1.
  private func growthMomentum(at a: Double) -> Double {
    a * a * growth.parameters.expansionRate(at: a) * growth.firstRate(at: a) * growth.first(at: a)
  }

  /// The integral over t = sqrt(a) of a function of t over sqrt(omegaMatter + omegaLambda t^6).
  private func integral(
    from start: Double, to end: Double, of numerator: (Double) -> Double
  ) -> Double {
    let (matter, lambda) = (growth.parameters.omegaMatter, growth.parameters.omegaLambda)
    return Quadrature.integral(from: start.squareRoot(), to: end.squareRoot()) { t in
      let square = t * t
      return numerator(t) / (matter + lambda * square * square * square).squareRoot()
    }
  }
}
