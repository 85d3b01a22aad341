internal import Foundation
package import FourierTransforms
internal import Randomness

/// Complex random numbers of unit variance, one for each mode of a real field.
///
/// A number is a function of (seed, wavenumber), not of the rank that asks, and not of the mesh: where
/// two meshes of the same box both have a mode, they have the same, save at the Nyquist wavenumber
/// of the coarser one. Opposite wavenumbers have conjugate numbers, so that the field is real.
///
/// Box-Muller in double precision from one block of Philox for each mode; Box, Muller 1958,
/// doi:10.1214/aoms/1177706645.
package struct WhiteNoise: Hashable, Sendable {
  /// The choices that a user has about the numbers.
  package struct Settings: Codable, Hashable, Sendable {
    /// The seed of the realization.
    package var seed: UInt64 = 1

    /// Whether every mode has exactly the mean power, and only its phase is random.
    ///
    /// The phases are those of the Gaussian field of the same seed.
    ///
    /// Angulo, Pontzen 2016, doi:10.1093/mnrasl/slw098.
    package var amplitudesAreFixed = false

    /// Whether the field has the opposite sign, the partner of the one that has not.
    ///
    /// Pontzen, Slosar, Roth, Peiris 2016, doi:10.1103/PhysRevD.93.103519.
    package var phasesAreInverted = false

    /// Makes settings: a Gaussian field unless told otherwise.
    package init(
      seed: UInt64 = 1, amplitudesAreFixed: Bool = false, phasesAreInverted: Bool = false
    ) {
      self.seed = seed
      self.amplitudesAreFixed = amplitudesAreFixed
      self.phasesAreInverted = phasesAreInverted
    }
  }

  /// The choices of the user.
  package let settings: Settings

  /// Makes the numbers of a realization.
  package init(_ settings: Settings) { self.settings = settings }

  /// The number of a mode of a mesh with `width` cells on a side; its mean square is 1.
  ///
  /// A mode that is its own conjugate (all wavenumbers 0 or Nyquist) has a real number.
  package func value(
    at wavenumber: Wavenumber, width: Int
  ) -> (real: Double, imaginary: Double) {
    let opposite = Wavenumber(
      Self.negative(wavenumber.x, width), Self.negative(wavenumber.y, width),
      Self.negative(wavenumber.z, width))
    let (own, other) = (Self.index(of: wavenumber), Self.index(of: opposite))
    var stream = RandomStream(
      seed: settings.seed, for: .initialPhases, index: max(own, other))
    let (first, second) = (stream.uniform(), stream.uniform())
    let radius = settings.amplitudesAreFixed ? 1 : (-log(1 - first)).squareRoot()
    let phase = 2 * .pi * second
    let sign: Double = settings.phasesAreInverted ? -1 : 1
    let real = sign * radius * cos(phase)
    if own == other {
      return (settings.amplitudesAreFixed ? (real < 0 ? -1 : 1) : 2.squareRoot() * real, 0)
    }
    return (real, (own > other ? sign : -sign) * radius * sin(phase))
  }

  /// The opposite wavenumber; Nyquist is its own, and is kept positive.
  private static func negative(_ wavenumber: Int, _ width: Int) -> Int {
    2 * wavenumber == width ? wavenumber : -wavenumber
  }

  /// The three signed wavenumbers in 21 bits each.
  private static func index(of wavenumber: Wavenumber) -> UInt64 {
    func packed(_ component: Int) -> UInt64 { UInt64(component + (1 << 20)) }
    return packed(wavenumber.x) << 42 | packed(wavenumber.y) << 21 | packed(wavenumber.z)
  }
}
