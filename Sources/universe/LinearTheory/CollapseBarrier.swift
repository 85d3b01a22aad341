internal import Foundation

/// The linear density contrast above which a region has collapsed into a halo by z = 0.
///
/// A particle's predicted mass is the largest one whose smoothed contrast around it is above the
/// barrier (appendix E of the paper).
package enum CollapseBarrier: String, Codable, CaseIterable, Sendable {
  /// Spherical collapse, the same for all masses: Bond, Cole, Efstathiou, Kaiser 1991,
  /// doi:10.1086/170520.
  case extendedPressSchechter

  /// Ellipsoidal collapse: Sheth, Mo, Tormen 2001, doi:10.1046/j.1365-8711.2001.04006.x.
  case shethTormen

  /// The contrast of spherical collapse, with the digits of the paper.
  static let sphericalContrast = 1.686

  /// The contrast to be exceeded by the density field of a time.
  ///
  /// ``shethTormen`` is sqrt(a) d [1 + beta (sigma^2 / (a d^2))^gamma], d the contrast of spherical
  /// collapse, a = 0.707, beta = 0.485, gamma = 0.615.
  ///
  /// - Parameters:
  ///   - sigma: The rms contrast of the mass at the time of the field.
  ///   - growth: The growth factor of the time of the field, 1 at z = 0.
  /// - Returns: The barrier.
  package func contrast(sigma: Double, growth: Double) -> Double {
    let sphere = Self.sphericalContrast * growth
    switch self {
    case .extendedPressSchechter:
      return sphere
    case .shethTormen:
      let (a, beta, gamma) = (0.707, 0.485, 0.615)
      return a.squareRoot() * sphere
        * (1 + beta * pow(sigma * sigma / (a * sphere * sphere), gamma))
    }
  }
}
