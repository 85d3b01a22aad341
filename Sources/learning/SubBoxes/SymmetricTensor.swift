internal import Fields

/// A symmetric tensor of three axes, such as a tide.
struct SymmetricTensor: Hashable, Sendable {
  /// The components [3, 3].
  private var components = [Double](repeating: 0, count: 9)

  /// Makes the tensor of components by their axes.
  init(_ component: (TensorAxes) -> Double) {
    for first in 0..<3 {
      for second in 0..<3 { components[3 * first + second] = component(TensorAxes(first, second)) }
    }
  }

  /// Makes the same number along all axes: the tensor of a sphere.
  init(isotropic value: Double) {
    self.init { $0.first == $0.second ? value : 0 }
  }

  /// Makes the tensor without a trace that has the eigenvalue `strength` along a unit vector, and minus half of it
  /// across.
  init(strength: Double, along axis: SIMD3<Double>) {
    self.init {
      strength * (1.5 * axis[$0.first] * axis[$0.second] - ($0.first == $0.second ? 0.5 : 0))
    }
  }

  /// The component of two axes.
  subscript(_ axes: TensorAxes) -> Double { components[3 * axes.first + axes.second] }

  /// Returns x T x.
  func squared(_ x: SIMD3<Double>) -> Double {
    let c = components
    return c[0] * x.x * x.x + c[4] * x.y * x.y + c[8] * x.z * x.z
      + 2 * (c[1] * x.x * x.y + c[2] * x.x * x.z + c[5] * x.y * x.z)
  }

  /// The unit vectors of the principal axes, that of the largest eigenvalue first; their signs mean nothing.
  ///
  /// Jacobi's rotations (Golub and Van Loan, Matrix Computations, 4th edition, section 8.5), until nothing off the
  /// diagonal changes it.
  var principalAxes: [SIMD3<Double>] {
    var a = components
    var axes = SymmetricTensor(isotropic: 1).components
    for _ in 0..<50 {
      var isDiagonal = true
      for (p, q) in [(0, 1), (0, 2), (1, 2)] {
        let (size, off) = (abs(a[4 * p]) + abs(a[4 * q]), a[3 * p + q])
        guard size + abs(off) > size else { continue }
        isDiagonal = false
        let ratio = (a[4 * q] - a[4 * p]) / (2 * off)
        let tangent = (ratio < 0 ? -1 : 1) / (abs(ratio) + (1 + ratio * ratio).squareRoot())
        let cosine = 1 / (1 + tangent * tangent).squareRoot()
        let sine = tangent * cosine
        for k in 0..<3 {
          let (x, y) = (a[3 * k + p], a[3 * k + q])
          (a[3 * k + p], a[3 * k + q]) = (cosine * x - sine * y, sine * x + cosine * y)
        }
        for k in 0..<3 {
          let (x, y) = (a[3 * p + k], a[3 * q + k])
          (a[3 * p + k], a[3 * q + k]) = (cosine * x - sine * y, sine * x + cosine * y)
          let (u, v) = (axes[3 * p + k], axes[3 * q + k])
          (axes[3 * p + k], axes[3 * q + k]) = (cosine * u - sine * v, sine * u + cosine * v)
        }
      }
      if isDiagonal { break }
    }
    return [0, 1, 2].sorted { a[4 * $0] > a[4 * $1] }
      .map { SIMD3(axes[3 * $0], axes[3 * $0 + 1], axes[3 * $0 + 2]) }
  }
}
