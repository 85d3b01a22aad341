package import Failures
internal import Foundation

/// A model for the number of halos of each mass that a linear spectrum makes.
///
/// A function f(sigma) of the rms contrast alone, with
///
///     dn / dln M = f(sigma) (mean density / M) |dln sigma / dln M|
///
/// Jenkins et al. 2001, doi:10.1046/j.1365-8711.2001.04029.x, eq. 4.
package enum MassFunction: String, Codable, CaseIterable, Sendable {
  /// Spherical collapse: Press, Schechter 1974, doi:10.1086/152650, with the factor 2 of Bond et al.
  /// 1991, doi:10.1086/170520.
  case pressSchechter

  /// Sheth, Tormen 1999, doi:10.1046/j.1365-8711.1999.02692.x, eq. 10, normalized to hold all mass.
  case shethTormen

  /// Friends-of-friends, b = 0.2: Jenkins et al. 2001, eq. 9.
  case jenkins

  /// Friends-of-friends, b = 0.2, of counts by ``countedParticles(of:)``: Warren et al. 2006,
  /// doi:10.1086/504962, eq. 8.
  case warren

  /// Friends-of-friends, b = 0.2: Watson et al. 2013, doi:10.1093/mnras/stt791, eq. 12 (all redshifts).
  case watson

  /// Spheres of 200 times the mean density: Tinker et al. 2008, doi:10.1086/591439, eq. 3 and table 2.
  case tinker

  /// The linear contrast at which a sphere collapses in a universe of matter, (3/20) (12 pi)^(2/3).
  static let collapseThreshold = 1.686_470_199_841_145_6

  /// The part of the mass in halos per ln sigma^-1.
  ///
  /// - Parameters:
  ///   - sigma: The rms contrast of the mass at the redshift.
  ///   - redshift: Only ``tinker`` depends on it beside sigma, to z = 3.
  /// - Returns: f(sigma).
  package func multiplicity(sigma: Double, redshift: Double = 0) -> Double {
    let height = Self.collapseThreshold / sigma
    switch self {
    case .pressSchechter:
      return (2 / .pi).squareRoot() * height * exp(-height * height / 2)
    case .shethTormen:
      let (normalization, a, p) = (0.3222, 0.707, 0.3)
      let scaled = a * height * height
      return normalization * (2 * scaled / .pi).squareRoot() * (1 + pow(scaled, -p))
        * exp(-scaled / 2)
    case .jenkins:
      return 0.315 * exp(-pow(abs(0.61 - log(sigma)), 3.8))
    case .warren:
      return 0.7234 * (pow(sigma, -1.625) + 0.2538) * exp(-1.1982 / (sigma * sigma))
    case .watson:
      return 0.282 * (pow(1.406 / sigma, 2.163) + 1) * exp(-1.210 / (sigma * sigma))
    case .tinker:
      // Equations 5 to 8; the exponent of b at 200 times the mean density.
      let stretch = 1 + min(redshift, 3)
      let exponent = pow(10, -pow(0.75 / log10(200 / 75.0), 1.2))
      let normalization = 0.186 * pow(stretch, -0.14)
      let a = 1.47 * pow(stretch, -0.06)
      let b = 2.57 * pow(stretch, -exponent)
      return normalization * (pow(sigma / b, -a) + 1) * exp(-1.19 / (sigma * sigma))
    }
  }

  /// The particles that a friends-of-friends halo is counted with for ``warren``: N (1 - N^-0.6).
  ///
  /// Friends-of-friends link too many particles to halos of few. Warren et al. 2006, doi:10.1086/504962,
  /// eq. 2, found the excess by thinning out well-resolved halos.
  ///
  /// - Parameter linked: The particles that friends-of-friends link, N.
  /// - Returns: The corrected number, not a whole one.
  package static func countedParticles(of linked: Int) -> Double {
    let number = Double(linked)
    return number * (1 - pow(number, -0.6))
  }
}

extension LinearPowerSpectrum {
  /// The comoving number density of halos per ln M [(h/Mpc)^3] at a mass [Msun/h].
  ///
  /// - Parameters:
  ///   - function: The mass function.
  ///   - mass: The mass [Msun/h].
  ///   - growth: The growth of the same universe.
  ///   - scaleFactor: The time.
  /// - Returns: dn / dln M [(h/Mpc)^3].
  /// - Throws: `Failure` if a table leaves out more than a thousandth of the variance.
  package func haloAbundance(
    _ function: MassFunction, mass: Double, growth: LinearGrowth, scaleFactor: Double = 1
  ) throws(Failure) -> Double {
    let sigma = try sigma(mass: mass) * growth.first(at: scaleFactor)
    return function.multiplicity(sigma: sigma, redshift: 1 / scaleFactor - 1)
      * parameters.meanDensity / mass * abs(try sigmaSlope(mass: mass))
  }
}
