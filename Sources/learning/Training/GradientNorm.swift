/// The norm of a gradient, and its limit.
///
/// It is the same on all ranks: they have the same gradient, summed exactly, and add its squares in the same order.
enum GradientNorm {
  /// Returns the l2 norm of a gradient, [count], by sums in double precision in the order of the parameters.
  static func of(_ gradient: UnsafeBufferPointer<Float>) -> Double {
    // Squares of single precision are exact in double precision.
    gradient.reduce(0) { $0 + Double($1) * Double($1) }.squareRoot()
  }

  /// Shortens a gradient, [count], to a limit if its norm is above it.
  ///
  /// - Returns: The norm before.
  static func clip(_ gradient: UnsafeMutableBufferPointer<Float>, to limit: Double) -> Double {
    let norm = of(UnsafeBufferPointer(gradient))
    if norm > limit, norm.isFinite {
      let factor = Float(limit / norm)
      for place in gradient.indices { gradient[place] *= factor }
    }
    return norm
  }
}
