internal import Foundation
internal import FourierTransforms
internal import MPI

/// Computes the tidal tensor of the density contrast on the Lagrangian grid, and its shear.
///
/// T_ij is the second derivative of the potential of ``PotentialSolver`` along the axes i and j of the grid:
/// its modes are k_i k_j / k^2 delta_k, and 0 at k = 0. It has no unit, and its trace is the density contrast
/// without its mean. Off the diagonal, modes at the Nyquist wavenumber of either axis are 0: there k and -k
/// are the same mode, and the mean of both signs is what keeps the tensor real, and the same in all
/// orientations of the grid.
///
/// The bits do not depend on the number of ranks and threads (``DensityModes``).
struct TidalTensor {
  /// The side of the periodic box [Mpc/h].
  let boxSize: Double

  /// The threads of each rank.
  let threads: Int

  /// The filter of the contrast.
  var filter: FieldFilter?

  /// Computes the six components on the planes of a slab, in the order of `GridField.tides`.
  ///
  /// Collective.
  ///
  /// - Parameters:
  ///   - slab: The density on this rank's planes.
  ///   - communicator: The ranks, more than there are planes if need be.
  /// - Returns: The components [6][planes, N, N], site after site.
  /// - Throws: The error that MPI reported, in an `AgreedFailure`.
  func components(
    of slab: FieldSlab, on communicator: borrowing Communicator
  ) throws -> [[Float]] {
    let nyquist = slab.gridSize
    let factors = GridField.tensorAxes.map { axes -> DensityModes.Factor in
      { wavenumber in
        let k = [wavenumber.x, wavenumber.y, wavenumber.z]
        let (first, second) = (k[axes.first], k[axes.second])
        guard wavenumber.squared > 0 else { return 0 }
        if axes.first != axes.second, 2 * abs(first) == nyquist || 2 * abs(second) == nyquist {
          return 0
        }
        return Float(Double(first * second) / Double(wavenumber.squared))
      }
    }
    return try DensityModes(boxSize: boxSize, threads: threads, filter: filter)
      .fields(of: slab, times: factors, on: communicator)
  }

  /// Returns the eigenvalues of the tidal tensor without its trace, the largest first.
  ///
  /// O. K. Smith, "Eigenvalues of a symmetric 3 x 3 matrix", Communications of the ACM 4, 168 (1961),
  /// doi:10.1145/355578.366316, in double precision; the middle one is the negative sum of the others.
  ///
  /// - Parameter components: The components [6][sites] of ``components(of:on:)``.
  /// - Returns: The eigenvalues [3][sites], in the order of `GridField.shear`.
  static func shear(of components: [[Float]]) -> [[Float]] {
    let count = components[0].count
    var eigenvalues = [[Float]](repeating: [Float](repeating: 0, count: count), count: 3)
    for site in 0..<count {
      let t = components.map { Double($0[site]) }
      let mean = (t[0] + t[1] + t[2]) / 3
      let (xx, yy, zz, xy, xz, yz) = (t[0] - mean, t[1] - mean, t[2] - mean, t[3], t[4], t[5])
      let square = xx * xx + yy * yy + zz * zz + 2 * (xy * xy + xz * xz + yz * yz)
      guard square > 0 else { continue }
      let scale = (square / 6).squareRoot()
      let determinant =
        xx * (yy * zz - yz * yz) - xy * (xy * zz - yz * xz) + xz * (xy * yz - yy * xz)
      let angle = acos(max(-1, min(1, determinant / (2 * scale * scale * scale)))) / 3
      let largest = 2 * scale * cos(angle)
      let smallest = 2 * scale * cos(angle + 2 * .pi / 3)
      eigenvalues[0][site] = Float(largest)
      eigenvalues[1][site] = Float(-largest - smallest)
      eigenvalues[2][site] = Float(smallest)
    }
    return eigenvalues
  }
}
