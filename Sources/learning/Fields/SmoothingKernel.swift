/// The cubic spline M4 that smooths particles into a density.
///
/// Monaghan & Lattanzio 1985, A&A 149, 135, equation 21.
enum SmoothingKernel {
  /// The spline at `q` = r/h, without the factor 1/(pi h^3); zero from q = 2 on.
  @inline(__always)
  static func spline(_ q: Double) -> Double {
    if q < 1 { return 1 - 1.5 * q * q + 0.75 * q * q * q }
    if q < 2 {
      let rest = 2 - q
      return 0.25 * rest * rest * rest
    }
    return 0
  }

  /// The density of one particle in units of the mean.
  ///
  /// rho/rho_mean = (L^3/N) sum_j W(r_j, h), W = M4(r/h)/(pi h^3), h = half the last distance.
  /// Summed in order of distance, so that the result is a function of the distances alone:
  /// particles at equal distances contribute equal terms, and those at the last distance nothing,
  /// which is why it does not matter which of several at the same distance are counted.
  ///
  /// - Parameters:
  ///   - squares: The squared distances of the nearest neighbours, the particle itself included,
  ///     in ascending order [(Mpc/h)^2].
  ///   - volume: The mean volume of a particle [(Mpc/h)^3].
  /// - Returns: The density; infinite if all neighbours are at one point.
  @inline(__always)
  static func density(
    ofSortedSquares squares: UnsafeBufferPointer<Float>, volume: Double
  ) -> Double {
    let smoothing = smoothingLength(ofSortedSquares: squares)
    guard smoothing > 0 else { return .infinity }
    var sum = 0.0
    for square in squares { sum += spline(Double(square).squareRoot() / smoothing) }
    return volume * sum / (Double.pi * smoothing * smoothing * smoothing)
  }

  /// The smoothing length of a particle: half the distance of its last neighbour [Mpc/h].
  ///
  /// - Parameter squares: The squared distances of the nearest neighbours, the particle itself
  ///   included, in ascending order [(Mpc/h)^2].
  /// - Returns: The length; zero if all neighbours are at one point.
  @inline(__always)
  static func smoothingLength(ofSortedSquares squares: UnsafeBufferPointer<Float>) -> Double {
    Double(squares[squares.count - 1]).squareRoot() / 2
  }
}
