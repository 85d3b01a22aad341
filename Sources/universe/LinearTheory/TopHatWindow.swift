internal import Foundation

/// Computes the Fourier transform of a ball of radius 1 and integral 1.
///
/// - Parameter x: The wavenumber times the radius.
/// - Returns: W(x) = 3 (sin x - x cos x) / x^3, and its slope dW / d ln x.
package func topHatWindow(_ x: Double) -> (value: Double, slope: Double) {
  // Beyond the second term of the series, x^4 / 280 is below 1e-9 here.
  guard x > 0.02 else { return (1 - x * x / 10, -x * x / 5) }
  let (sine, cosine) = (sin(x), cos(x))
  let value = 3 * (sine - x * cosine) / (x * x * x)
  return (value, 3 * sine / x - 3 * value)
}
