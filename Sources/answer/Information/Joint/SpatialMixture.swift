internal import CKernels
internal import Foundation

/// A mixture of Gaussians of three coordinates with full covariances.
package struct SpatialMixture: Hashable, Codable, Sendable {
  /// A symmetric matrix of three rows.
  package struct Covariance: Hashable, Codable, Sendable {
    /// The variance of x.
    package var xx: Double
    /// The covariance of x and y.
    var xy: Double
    /// The covariance of x and z.
    package var xz: Double
    /// The variance of y.
    package var yy: Double
    /// The covariance of y and z.
    var yz: Double
    /// The variance of z.
    package var zz: Double

    /// Makes a matrix.
    package init(xx: Double, xy: Double, xz: Double, yy: Double, yz: Double, zz: Double) {
      self.xx = xx
      self.xy = xy
      self.xz = xz
      self.yy = yy
      self.yz = yz
      self.zz = zz
    }

    /// The factor L of the matrix L L^T; `nil` if the matrix is not positive definite.
    var choleskyFactor: CholeskyFactor? { CholeskyFactor(self) }

    /// About the smallest eigenvalue: one over the trace of the inverse, which is at most that eigenvalue and
    /// at least a third of it; 0 if the matrix is not positive definite.
    var smallestVariance: Double {
      guard let inverse = choleskyFactor?.inverse else { return 0 }
      return 1 / inverse.elements.reduce(0) { $0 + $1 * $1 }
    }
  }

  /// One weighted Gaussian.
  package struct Component: Hashable, Codable, Sendable {
    /// The share of the mixture.
    package var weight: Double
    /// The mean [x, y, z].
    package var mean: SIMD3<Double>
    /// The covariance matrix.
    var covariance: Covariance
  }

  /// Two of the three coordinates.
  enum Plane: Hashable, Sendable {
    /// x and y.
    case xy
    /// x and z.
    case xz
    /// y and z.
    case yz
  }

  /// The components; their weights sum to one.
  package var components: [Component]

  /// Makes a mixture of at most ``GaussianMixture/maximumComponents``.
  package init(components: [Component]) {
    precondition(
      !components.isEmpty && components.count <= GaussianMixture.maximumComponents,
      "a mixture has 1 to \(GaussianMixture.maximumComponents) components")
    self.components = components
  }

  /// Returns the mixture of two of the coordinates, whatever the third one is.
  func marginal(_ plane: Plane) -> GaussianMixture {
    GaussianMixture(
      components: components.map { component in
        let (mean, matrix) = (component.mean, component.covariance)
        let (x, y, xx, xy, yy) =
          switch plane {
          case .xy: (mean.x, mean.y, matrix.xx, matrix.xy, matrix.yy)
          case .xz: (mean.x, mean.z, matrix.xx, matrix.xz, matrix.zz)
          case .yz: (mean.y, mean.z, matrix.yy, matrix.yz, matrix.zz)
          }
        return GaussianMixture.Component(
          weight: component.weight, meanX: x, meanY: y, varianceX: xx, covariance: xy,
          varianceY: yy)
      })
  }

  /// The components as the kernels take them.
  ///
  /// - Throws: ``InformationError/singular(component:)``.
  func evaluable() throws(InformationError) -> [halompi_spatial_gaussian] {
    let logTwoPi = log(2 * Double.pi)
    var gaussians: [halompi_spatial_gaussian] = []
    gaussians.reserveCapacity(components.count)
    for (number, component) in components.enumerated() {
      guard let factor = component.covariance.choleskyFactor else {
        throw .singular(component: number)
      }
      let inverse = factor.inverse
      let logDeterminant = log(factor.xx) + log(factor.yy) + log(factor.zz)
      gaussians.append(
        halompi_spatial_gaussian(
          log_scale: log(component.weight) - 1.5 * logTwoPi - logDeterminant,
          mean_x: component.mean.x, mean_y: component.mean.y, mean_z: component.mean.z,
          inverse_xx: inverse.xx, inverse_yx: inverse.yx, inverse_yy: inverse.yy,
          inverse_zx: inverse.zx, inverse_zy: inverse.zy, inverse_zz: inverse.zz))
    }
    return gaussians
  }
}

/// A lower triangle of three rows.
struct CholeskyFactor {
  var xx: Double
  var yx: Double
  var yy: Double
  var zx: Double
  var zy: Double
  var zz: Double

  /// The elements, row after row.
  var elements: [Double] { [xx, yx, yy, zx, zy, zz] }

  private init(xx: Double, yx: Double, yy: Double, zx: Double, zy: Double, zz: Double) {
    self.xx = xx
    self.yx = yx
    self.yy = yy
    self.zx = zx
    self.zy = zy
    self.zz = zz
  }

  /// Factorizes a matrix; returns `nil` if it is not positive definite.
  init?(_ matrix: SpatialMixture.Covariance) {
    guard matrix.xx > 0, matrix.xx.isFinite else { return nil }
    let xx = matrix.xx.squareRoot()
    let yx = matrix.xy / xx
    let restY = matrix.yy - yx * yx
    guard restY > 0, restY.isFinite else { return nil }
    let yy = restY.squareRoot()
    let zx = matrix.xz / xx
    let zy = (matrix.yz - zx * yx) / yy
    let restZ = matrix.zz - zx * zx - zy * zy
    guard restZ > 0, restZ.isFinite else { return nil }
    self.init(xx: xx, yx: yx, yy: yy, zx: zx, zy: zy, zz: restZ.squareRoot())
  }

  /// The inverse triangle.
  var inverse: CholeskyFactor {
    let (ix, iy, iz) = (1 / xx, 1 / yy, 1 / zz)
    let below = -yx * ix * iy
    return CholeskyFactor(
      xx: ix, yx: below, yy: iy, zx: -(zx * ix + zy * below) * iz, zy: -zy * iy * iz, zz: iz)
  }
}
