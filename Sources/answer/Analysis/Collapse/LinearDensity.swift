internal import Foundation
package import FourierTransforms
internal import LinearTheory
package import MPI

/// The density contrast of a periodic box in linear theory, as its Fourier modes on several ranks.
package struct LinearDensity: ~Copyable {
  /// The modes.
  let modes: FourierMesh

  /// The transform between modes and grid.
  let transform: FourierTransform

  /// The width of the box [Mpc/h].
  package let boxSize: Double

  /// The growth factor of the time of the field, 1 at z = 0.
  package let growth: Double

  /// Takes the contrast on the grid of the particles' sites.
  ///
  /// Collective.
  ///
  /// - Parameters:
  ///   - contrast: This rank's planes.
  ///   - boxSize: The width of the box [Mpc/h].
  ///   - growth: The growth factor of its time, 1 at z = 0.
  ///   - transform: The transform of the grid.
  ///   - communicator: The ranks that share the grid.
  /// - Throws: The error that MPI reported.
  package init(
    _ contrast: consuming RealMesh, boxSize: Double, growth: Double,
    transform: FourierTransform, on communicator: borrowing Communicator
  ) throws(MPIError) {
    var modes = FourierMesh(transform.decomposition)
    var contrast = contrast
    try transform.forward(&contrast, into: &modes, on: communicator)
    self.modes = modes
    self.transform = transform
    self.boxSize = boxSize
    self.growth = growth
  }

  /// Averages the contrast over spheres around all sites: the top hat in real space, by its transform
  /// W(kR) = 3 (sin kR - kR cos kR) / (kR)^3.
  ///
  /// Collective.
  ///
  /// - Parameters:
  ///   - radius: The radius of the spheres [Mpc/h].
  ///   - subtractsMean: Whether the mean over the box is left out.
  ///   - smoothed: The mesh that receives the average, this rank's planes.
  ///   - communicator: The ranks that share the grid.
  /// - Throws: The error that MPI reported.
  package func average(
    overRadius radius: Double, subtractsMean: Bool, into smoothed: inout RealMesh,
    on communicator: borrowing Communicator
  ) throws(MPIError) {
    let width = transform.decomposition.width
    let highest = 3 * (width / 2) * (width / 2)
    let fundamental = 2 * Double.pi / boxSize
    var windows = (0...highest).map { squared in
      Float(topHatWindow(fundamental * Double(squared).squareRoot() * radius).value)
    }
    if subtractsMean { windows[0] = 0 }
    let source = WindowedModes(
      decomposition: transform.decomposition, parts: modes.parts, windows: windows)
    try transform.backward(into: &smoothed, on: communicator) { plane, room in
      source.write(plane: plane, to: room)
    }
  }
}

/// The modes of a mesh that outlives this value, times a function of the wavenumber's length.
private struct WindowedModes: @unchecked Sendable {
  let decomposition: MeshDecomposition
  let parts: UnsafeMutablePointer<Float>

  /// The factors by the square of the wavenumber, in units of the fundamental one.
  let windows: [Float]

  func write(plane: Int, to room: UnsafeMutablePointer<Float>) {
    let start = parts + (plane - decomposition.planes.lowerBound) * decomposition.planeStride
    let ky = decomposition.wavenumber(plane)
    for x in 0..<decomposition.width {
      let kx = decomposition.wavenumber(x)
      let row = 2 * x * decomposition.rowStride
      for kz in 0..<decomposition.modesPerRow {
        let window = windows[kx * kx + ky * ky + kz * kz]
        room[row + 2 * kz] = window * start[row + 2 * kz]
        room[row + 2 * kz + 1] = window * start[row + 2 * kz + 1]
      }
    }
  }
}
