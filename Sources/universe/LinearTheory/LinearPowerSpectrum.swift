package import Failures
internal import Foundation

/// The linear matter power spectrum at z = 0, normalized to sigma8.
///
///     let spectrum = try LinearPowerSpectrum(CosmologicalParameters())
///     let power = try spectrum.value(at: 0.1)  // (Mpc/h)^3
///
/// At another time it is multiplied by the square of ``LinearGrowth/first(at:)``: the spectrum is
/// scaled back from z = 0, as an N-body run without radiation needs it.
package struct LinearPowerSpectrum: Sendable {
  /// The source of the shape of a spectrum.
  package enum Shape: Hashable, Sendable {
    /// k^n T(k)^2 with Eisenstein and Hu's transfer function.
    case eisensteinHu
    /// A table, which is scaled to sigma8.
    case table(PowerSpectrumTable)
  }

  /// The universe.
  package let parameters: CosmologicalParameters

  /// The source of the shape.
  package let shape: Shape

  /// The factor that multiplies the shape; for ``Shape/eisensteinHu`` [(Mpc/h)^(3 + n)].
  package let amplitude: Double

  let transfer: TransferFunction
  let variances: VarianceIntegral

  /// Makes the spectrum of a universe.
  ///
  /// - Throws: `Failure` if the parameters are absurd, or if the table does not reach the
  ///   wavenumbers that make up sigma8.
  package init(
    _ parameters: CosmologicalParameters, shape: Shape = .eisensteinHu
  ) throws(Failure) {
    self.parameters = parameters
    self.shape = shape
    transfer = try TransferFunction(parameters)
    variances = try VarianceIntegral(shape, transfer, slope: parameters.spectralIndex)
    amplitude = parameters.sigma8 * parameters.sigma8 / (try variances.value(radius: 8).variance)
  }

  /// The power at a wavenumber [h/Mpc]: P [(Mpc/h)^3].
  ///
  /// - Throws: `Failure` if a table does not reach there.
  package func value(at wavenumber: Double) throws(Failure) -> Double {
    amplitude * (try shape.value(at: wavenumber, transfer, slope: parameters.spectralIndex))
  }

  /// The rms linear density contrast at z = 0 in spheres of a radius [Mpc/h].
  ///
  /// sigma^2(R) = int dln k  k^3 P(k) / (2 pi^2) W^2(kR),  W(x) = 3 (sin x - x cos x) / x^3; Peebles,
  /// "The Large-Scale Structure of the Universe" (1980).
  ///
  /// - Throws: `Failure` if a table leaves out more than a thousandth of the variance.
  package func sigma(radius: Double) throws(Failure) -> Double {
    (amplitude * (try variances.value(radius: radius).variance)).squareRoot()
  }

  /// The rms linear density contrast at z = 0 in spheres that hold a mass [Msun/h].
  ///
  /// - Throws: `Failure` if a table leaves out more than a thousandth of the variance.
  package func sigma(mass: Double) throws(Failure) -> Double {
    try sigma(radius: parameters.lagrangianRadius(ofMass: mass))
  }

  /// The slope d ln sigma / d ln M at a mass [Msun/h], which is negative.
  ///
  /// - Throws: `Failure` if a table leaves out more than a thousandth of the variance.
  func sigmaSlope(mass: Double) throws(Failure) -> Double {
    let radius = parameters.lagrangianRadius(ofMass: mass)
    let (variance, slope) = try variances.value(radius: radius)
    return slope / variance / 6
  }
}

extension LinearPowerSpectrum.Shape {
  /// The power before it is normalized.
  func value(
    at wavenumber: Double, _ transfer: TransferFunction, slope: Double
  ) throws(Failure) -> Double {
    switch self {
    case .eisensteinHu:
      let transfer = transfer.value(at: wavenumber)
      return pow(wavenumber, slope) * transfer * transfer
    case .table(let table):
      return try table.value(at: wavenumber)
    }
  }
}
