internal import FourierTransforms
internal import MPI

/// A factor that multiplies modes on the way to a real mesh.
struct ModeKernel: Sendable {
  /// Whether the kernel keeps its sign or changes it with that of the wavenumber.
  enum Parity: Sendable {
    /// A real factor.
    case even
    /// i times a real factor.
    case odd
  }

  let parity: Parity

  /// The real factor of a wavenumber.
  let factor: @Sendable (Wavenumber) -> Double

  init(parity: Parity, factor: @escaping @Sendable (Wavenumber) -> Double) {
    self.parity = parity
    self.factor = factor
  }

  /// i k / k^2 along an axis [Mpc/h]: the displacement whose divergence is minus the field.
  ///
  /// Zero for the mean, and where the axis is at its Nyquist wavenumber.
  static func displacement(_ axis: Int, width: Int, boxSize: Double) -> ModeKernel {
    let scale = boxSize / (2 * .pi)
    return ModeKernel(parity: .odd) { wavenumber in
      let component = wavenumber[axis]
      guard component != 0, 2 * component != width else { return 0 }
      return scale * Double(component) / Double(wavenumber.squared)
    }
  }

  /// k_i k_j / k^2: the second derivatives of the potential whose Laplacian is the field.
  ///
  /// Zero for the mean and, since it is odd along both axes, for i != j where one of them is at its
  /// Nyquist wavenumber.
  static func tidal(_ i: Int, _ j: Int, width: Int) -> ModeKernel {
    ModeKernel(parity: .even) { wavenumber in
      let (first, second) = (wavenumber[i], wavenumber[j])
      guard first != 0, second != 0 else { return 0 }
      if i != j, 2 * first == width || 2 * second == width { return 0 }
      return Double(first * second) / Double(wavenumber.squared)
    }
  }
}

extension Wavenumber {
  /// The wavenumber along an axis.
  subscript(axis: Int) -> Int { axis == 0 ? x : axis == 1 ? y : z }
}

extension FourierTransform {
  /// Restores a real mesh from modes that are multiplied by a kernel on the way.
  ///
  /// Collective.
  ///
  /// - Throws: The error that MPI reported.
  func backward(
    _ modes: borrowing FourierMesh, into real: inout RealMesh, through kernel: ModeKernel,
    on communicator: borrowing Communicator
  ) throws(MPIError) {
    let decomposition = decomposition
    let source = ModePlanes(decomposition: decomposition, parts: modes.parts)
    try backward(into: &real, on: communicator) { plane, room in
      source.multiply(plane: plane, by: kernel, into: room)
    }
  }
}

/// The planes of a Fourier mesh that outlives this value, for threads that read them.
private struct ModePlanes: @unchecked Sendable {
  let decomposition: MeshDecomposition
  let parts: UnsafeMutablePointer<Float>

  func multiply(plane: Int, by kernel: ModeKernel, into room: UnsafeMutablePointer<Float>) {
    let first = decomposition.planes.lowerBound
    let source = parts + (plane - first) * decomposition.planeStride
    let ky = decomposition.wavenumber(plane)
    for x in 0..<decomposition.width {
      let kx = decomposition.wavenumber(x)
      let row = 2 * x * decomposition.rowStride
      for z in 0..<decomposition.modesPerRow {
        let factor = Float(kernel.factor(Wavenumber(kx, ky, z)))
        let (real, imaginary) = (source[row + 2 * z], source[row + 2 * z + 1])
        switch kernel.parity {
        case .even:
          room[row + 2 * z] = factor * real
          room[row + 2 * z + 1] = factor * imaginary
        case .odd:
          room[row + 2 * z] = -factor * imaginary
          room[row + 2 * z + 1] = factor * real
        }
      }
    }
  }
}
