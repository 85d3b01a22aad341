internal import Failures
internal import Foundation

/// The integral for the variance in spheres, over a spectrum tabulated once.
///
/// The trapezoidal rule in ln k: its error falls faster than any power of the step for what is
/// smooth and vanishes at both ends, and steps of 0.005 resolve the oscillations of the top hat up to
/// kR = 200, beyond which it leaves 1e-8 of the variance.
struct VarianceIntegral: Sendable {
  /// Wavenumbers [h/Mpc], equally spaced in ln k.
  private let wavenumbers: [Double]

  /// k^3 P / (2 pi^2) before normalization.
  private let spectrum: [Double]

  private let step: Double
  private let shape: LinearPowerSpectrum.Shape

  /// The largest part of the variance that a table may leave out.
  private static let tolerance = 1e-3

  init(
    _ shape: LinearPowerSpectrum.Shape, _ transfer: TransferFunction, slope: Double
  ) throws(Failure) {
    let range: ClosedRange<Double> =
      switch shape {
      case .eisensteinHu: 1e-6...1e4
      case .table(let table): table.range
      }
    let (first, last) = (log(range.lowerBound), log(range.upperBound))
    let intervals = ((last - first) / 0.005).rounded(.up)
    let step = (last - first) / intervals
    var wavenumbers: [Double] = []
    var spectrum: [Double] = []
    for index in 0...Int(intervals) {
      let k = exp(first + Double(index) * step)
      wavenumbers.append(k)
      let power = try shape.value(at: k, transfer, slope: slope)
      spectrum.append(k * k * k * power / (2 * .pi * .pi))
    }
    self.wavenumbers = wavenumbers
    self.spectrum = spectrum
    self.step = step
    self.shape = shape
  }

  /// The variance in spheres of a radius [Mpc/h] and its derivative by ln R.
  ///
  /// - Throws: `Failure` if a table leaves out more than a thousandth of it.
  func value(radius: Double) throws(Failure) -> (variance: Double, slope: Double) {
    var variance = 0.0
    var slope = 0.0
    for index in wavenumbers.indices {
      let x = wavenumbers[index] * radius
      let (window, windowSlope) = topHatWindow(x)
      let weight = index == 0 || index == wavenumbers.count - 1 ? step / 2 : step
      variance += weight * spectrum[index] * window * window
      slope += weight * spectrum[index] * 2 * window * windowSlope
    }
    if case .table(let table) = shape {
      let missing = missingVariance(radius: radius)
      guard missing <= Self.tolerance * variance else {
        throw table.notCovered(
          "spheres of \(radius) Mpc/h have about \(missing / variance * 100) % of their variance "
            + "outside the table")
      }
    }
    return (variance, slope)
  }

  /// An estimate of the variance beyond the ends: there k^3 P rises at least as k^3 at small k, and is
  /// flat at large k, where W^2 is below 9 / (kR)^4 and 1.
  private func missingVariance(radius: Double) -> Double {
    guard let first = spectrum.first, let last = spectrum.last, let end = wavenumbers.last else {
      return 0
    }
    let x = end * radius
    let below = first / 3
    let above = x < 2 ? last : last * 9 / (4 * x * x * x * x)
    return below + above
  }
}
