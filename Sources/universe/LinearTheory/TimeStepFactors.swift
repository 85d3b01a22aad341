/// The factors of a step, from forces to changes of momentum and from momenta to those of position.
///
/// With lengths in Mpc/h, times in 1/H0, the momentum p = a^2 dx/dt = a^3 E dx/da and the force
/// F = -(3/2) omegaMatter grad laplace^(-1) delta,
///
///     p(end) = retention(start, end, at: c) p(start) + kick(start, end, at: c) F(c),
///     x(end) = x(start) + drift(start, end, at: c) p(c).
package struct TimeStepFactors: Hashable, Sendable {
  /// The scheme by which factors are computed.
  package enum Scheme: String, Codable, CaseIterable, Sendable {
    /// Linear growth is followed exactly, in steps of any length.
    ///
    /// Feng, Chu, Seljak, McDonald 2016, doi:10.1093/mnras/stw2123, section 2.
    case fastPM

    /// Growth is followed exactly in first order, and momenta in second order too, in steps of any length.
    ///
    /// Rampf, List, Hahn 2025, arXiv:2409.19049, section 3. Steps are drift-kick-drift, and a kick takes a share of
    /// the momentum away.
    case bullFrog

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

  /// Whether a step drifts, is kicked in its middle, and drifts; others are kicked at their ends.
  package var kicksInTheMiddle: Bool { scheme == .bullFrog }

  /// The scale factor in the middle of a step: of the mean of D1 at its ends if it is kicked there, and else their
  /// geometric mean.
  package func middle(from start: Double, to end: Double) -> Double {
    guard kicksInTheMiddle else { return (start * end).squareRoot() }
    let growthInTheMiddle = (growth.first(at: start) + growth.first(at: end)) / 2
    var (low, high) = (start, end)
    while true {
      let middle = (low + high) / 2
      guard low < middle, middle < high else { return middle }
      if growth.first(at: middle) < growthInTheMiddle { low = middle } else { high = middle }
    }
  }

  /// The share of a momentum at scale factor `start` that a kick leaves at `end`; 1 but for `bullFrog`.
  ///
  /// With the velocity v = dx/dD1 = p/G, a kick is v(end) = alpha v(start) + (1 - alpha) A(c)/D1(c), where A is the
  /// force without the factor (3/2) omegaMatter, so that first order stays exact. In second order A/D1 is F below,
  /// and v goes from dD2/dD1 at `start` to that at `end` if
  ///
  ///     alpha = (dD2/dD1(end) - F) / (dD2/dD1(start) - F),
  ///     F = [D2(start) + dD2/dD1(start) (D1(c) - D1(start))] / D1(c) - D1(c).
  ///
  /// - Parameters:
  ///   - start: The scale factor of the momentum before.
  ///   - end: The scale factor of the momentum after.
  ///   - reference: The scale factor c of the force.
  /// - Returns: alpha G(end) / G(start).
  package func retention(from start: Double, to end: Double, at reference: Double) -> Double {
    guard scheme == .bullFrog else { return 1 }
    return retainedShare(from: start, to: end, at: reference) * growthMomentum(at: end)
      / growthMomentum(at: start)
  }

  /// The factor alpha of ``retention(from:to:at:)``.
  private func retainedShare(from start: Double, to end: Double, at reference: Double) -> Double {
    func slope(_ a: Double) -> Double {
      growth.secondRate(at: a) * growth.second(at: a)
        / (growth.firstRate(at: a) * growth.first(at: a))
    }
    let middle = growth.first(at: reference)
    let displacement = growth.second(at: start) + slope(start) * (middle - growth.first(at: start))
    let force = displacement / middle - middle
    return (slope(end) - force) / (slope(start) - force)
  }

  /// The change of momentum by a unit force from scale factor `start` to `end`.
  ///
  /// With G = a^3 E dD1/da, `fastPM` is [G(end) - G(start)] / (c^2 E(c) dG/da(c)), where
  /// dG/da = (3/2) omegaMatter D1 / (a^2 E) by the growth equation; `bullFrog` is (1 - alpha) G(end) / ((3/2) omegaMatter D1(c)) with the alpha of
  /// ``retention(from:to:at:)``; `standard` is int da / (a^2 E).
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
    case .bullFrog:
      return (1 - retainedShare(from: start, to: end, at: reference)) * growthMomentum(at: end)
        / (1.5 * growth.parameters.omegaMatter * growth.first(at: reference))
    case .standard:
      // With a = t^2: da / (a^2 E) = 2 dt / sqrt(omegaMatter + omegaLambda a^3).
      return integral(from: start, to: end) { _ in 2 }
    }
  }

  /// The change of position by a unit momentum from scale factor `start` to `end`.
  ///
  /// `fastPM` and `bullFrog` are [D1(end) - D1(start)] / (c^3 E(c) dD1/da(c)); `standard` is int da / (a^3 E).
  ///
  /// - Parameters:
  ///   - start: The scale factor of the position before.
  ///   - end: The scale factor of the position after.
  ///   - reference: The scale factor c of the momentum.
  /// - Returns: The change of x for p = 1.
  package func drift(from start: Double, to end: Double, at reference: Double) -> Double {
    switch scheme {
    case .fastPM, .bullFrog:
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
