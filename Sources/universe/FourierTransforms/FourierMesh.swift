package import Threads

/// A complex number in single precision.
package struct Complex: Hashable, Sendable, BitwiseCopyable {
  /// The real part.
  package var real: Float

  /// The imaginary part.
  package var imaginary: Float

  /// Makes a complex number of its parts.
  package init(_ real: Float, _ imaginary: Float) {
    self.real = real
    self.imaginary = imaginary
  }
}

/// The signed integer wavenumbers of a mode, in units of the box's fundamental mode.
///
/// Each is above -width / 2 and at most width / 2, the Nyquist wavenumber of an even width.
package struct Wavenumber: Hashable, Sendable {
  /// The wavenumber along each axis.
  package var x, y, z: Int

  /// Makes a wavenumber.
  package init(_ x: Int, _ y: Int, _ z: Int) {
    self.x = x
    self.y = y
    self.z = z
  }

  /// The square of the length.
  package var squared: Int { x * x + y * y + z * z }
}

/// A rank's planes of the transform of a real mesh: modes [ky][kx][kz], kz from 0 to width / 2.
///
/// The modes with negative kz are the complex conjugates of those with the opposite wavenumber. A
/// value is the coefficient of a Fourier series: the mesh is the sum over all modes of
/// value exp(2 pi i (kx x + ky y + kz z) / width).
package struct FourierMesh: ~Copyable {
  /// The decomposition of the mesh, with the planes of this rank.
  package let decomposition: MeshDecomposition

  /// Real and imaginary parts [planes, width, rowStride, 2], aligned to 64 bytes.
  ///
  /// It is valid as long as the mesh is.
  package let parts: UnsafeMutablePointer<Float>

  /// Makes a mesh of zeros.
  package init(_ decomposition: MeshDecomposition) {
    self.decomposition = decomposition
    parts = alignedZeros(decomposition.planes.count * decomposition.planeStride)
  }

  /// Makes a mesh with the modes of another.
  package init(copying other: borrowing FourierMesh) {
    self.init(other.decomposition)
    parts.update(
      from: other.parts, count: decomposition.planes.count * decomposition.planeStride)
  }

  deinit { UnsafeMutableRawPointer(parts).deallocate() }

  /// The real and imaginary parts [width, rowStride, 2] of a plane of constant ky of this rank.
  package func plane(_ plane: Int) -> UnsafeMutablePointer<Float> {
    precondition(decomposition.planes.contains(plane), "plane \(plane) is not this rank's")
    return parts + (plane - decomposition.planes.lowerBound) * decomposition.planeStride
  }

  /// The value of a mode by its indices from zero; `y` is one of this rank's planes.
  package subscript(x: Int, y: Int, z: Int) -> Complex {
    get {
      let mode = mode(x, y, z)
      return Complex(mode[0], mode[1])
    }
    set {
      let mode = mode(x, y, z)
      mode[0] = newValue.real
      mode[1] = newValue.imaginary
    }
  }

  private func mode(_ x: Int, _ y: Int, _ z: Int) -> UnsafeMutablePointer<Float> {
    precondition(
      (0..<decomposition.width).contains(x) && (0..<decomposition.modesPerRow).contains(z),
      "mode (\(x), \(y), \(z)) is not in a mesh of \(decomposition.width)")
    return plane(y) + 2 * (x * decomposition.rowStride + z)
  }

  /// Calls `body` with every mode of this rank in the order of memory: ky, kx, kz.
  func forEachMode(_ body: (Wavenumber, Complex) -> Void) {
    for plane in decomposition.planes {
      forEachMode(ofPlane: plane) { body($0, Complex($1[0], $1[1])) }
    }
  }

  /// Replaces every mode of this rank by what `body` makes of it.
  ///
  /// - Parameters:
  ///   - threads: They share the planes, so `body` is called by several at a time.
  ///   - body: The function that makes the new value of a mode from its wavenumber and its value.
  package mutating func updateModes(
    threads: WorkerThreads = WorkerThreads(count: 1),
    _ body: @Sendable (Wavenumber, Complex) -> Complex
  ) {
    let planes = decomposition.planes
    let slab = ModePlanes(decomposition: decomposition, parts: parts)
    threads.forEachPart(of: planes.count) { _, part in
      for plane in part {
        slab.forEachMode(ofPlane: planes.lowerBound + plane) { wavenumber, mode in
          let value = body(wavenumber, Complex(mode[0], mode[1]))
          mode[0] = value.real
          mode[1] = value.imaginary
        }
      }
    }
  }

  /// Returns the number of modes of the full mesh that a stored one stands for: itself, and its
  /// conjugate if that is not stored.
  package static func multiplicity(of wavenumber: Wavenumber, width: Int) -> Int {
    wavenumber.z == 0 || 2 * wavenumber.z == width ? 1 : 2
  }

  private func forEachMode(
    ofPlane plane: Int, _ body: (Wavenumber, UnsafeMutablePointer<Float>) -> Void
  ) {
    ModePlanes(decomposition: decomposition, parts: parts).forEachMode(ofPlane: plane, body)
  }
}

extension MeshDecomposition {
  /// The signed wavenumber of an index from zero.
  package func wavenumber(_ index: Int) -> Int { 2 * index <= width ? index : index - width }
}

/// The planes of a Fourier mesh that outlives this value.
private struct ModePlanes: @unchecked Sendable {
  let decomposition: MeshDecomposition
  let parts: UnsafeMutablePointer<Float>

  func forEachMode(
    ofPlane plane: Int, _ body: (Wavenumber, UnsafeMutablePointer<Float>) -> Void
  ) {
    let start = parts + (plane - decomposition.planes.lowerBound) * decomposition.planeStride
    let ky = decomposition.wavenumber(plane)
    for x in 0..<decomposition.width {
      let row = start + 2 * x * decomposition.rowStride
      let kx = decomposition.wavenumber(x)
      for z in 0..<decomposition.modesPerRow { body(Wavenumber(kx, ky, z), row + 2 * z) }
    }
  }
}
