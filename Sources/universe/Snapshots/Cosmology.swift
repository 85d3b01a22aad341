/// The background universe that a simulation was run in: flat or curved, matter and Lambda.
package struct Cosmology: Hashable, Codable, Sendable {
  /// The matter density in units of the critical density today.
  package var omegaMatter: Double

  /// The density of the cosmological constant in units of the critical density today.
  package var omegaLambda: Double

  /// The Hubble constant in units of 100 km/s/Mpc.
  package var hubble: Double

  /// Makes a cosmology from its densities and h.
  package init(omegaMatter: Double, omegaLambda: Double, hubble: Double) {
    self.omegaMatter = omegaMatter
    self.omegaLambda = omegaLambda
    self.hubble = hubble
  }

  /// The critical density today, 3 H0^2/(8 pi G) [Msun/h / (Mpc/h)^3].
  ///
  /// From G = 6.67430e-11 m^3/kg/s^2 (CODATA 2018) and the nominal solar mass parameter
  /// 1.3271244e20 m^3/s^2 (IAU 2015 resolution B3).
  package static let criticalDensity = 2.775_366_27e11

  /// The mean density of matter today [Msun/h / (Mpc/h)^3].
  var meanMatterDensity: Double { omegaMatter * Self.criticalDensity }

  /// The expansion rate H(a)/H0 at the scale factor `a`, without radiation.
  package func expansionRate(at a: Double) -> Double {
    let omegaCurvature = 1 - omegaMatter - omegaLambda
    return (omegaMatter / (a * a * a) + omegaCurvature / (a * a) + omegaLambda).squareRoot()
  }

  /// The mass of each of `count` particles that fill a periodic box [Msun].
  ///
  /// - Parameters:
  ///   - count: The number of particles.
  ///   - boxSize: The side of the box [Mpc/h].
  /// - Returns: The mass [Msun].
  package func particleMass(count: Int, boxSize: Double) -> Double {
    meanMatterDensity * boxSize * boxSize * boxSize / Double(count) / hubble
  }
}
