internal import Foundation

/// A rank's planes of a cubic mesh of real numbers [x][y][z].
///
/// Rows are padded, so that the transform of each plane fits in its place:
/// cell (x, y, z) is at (x - first plane) `planeStride` + y `rowStride` + z.
package struct RealMesh: ~Copyable {
  /// The decomposition of the mesh, with the planes of this rank.
  package let decomposition: MeshDecomposition

  /// The planes behind the last one of the slab, which the transform leaves alone.
  package let ghostPlanes: Int

  /// The cells [planes + ghostPlanes, width, rowStride], aligned to 64 bytes.
  ///
  /// It is valid as long as the mesh is.
  package let cells: UnsafeMutablePointer<Float>

  /// Makes a mesh of zeros.
  ///
  /// - Parameters:
  ///   - decomposition: The decomposition of the mesh, with the planes of this rank.
  ///   - ghostPlanes: The number of planes of room after those of the slab.
  package init(_ decomposition: MeshDecomposition, ghostPlanes: Int = 0) {
    self.decomposition = decomposition
    self.ghostPlanes = ghostPlanes
    let planes = decomposition.planes.count + ghostPlanes
    cells = alignedZeros(planes * decomposition.planeStride)
  }

  deinit { UnsafeMutableRawPointer(cells).deallocate() }

  /// The floats from one plane to the next.
  package var planeStride: Int { decomposition.planeStride }

  /// The floats from one row to the next.
  package var rowStride: Int { 2 * decomposition.rowStride }

  /// The value of a cell, whose plane `x` is one of this rank's.
  package subscript(x: Int, y: Int, z: Int) -> Float {
    get { cells[index(x, y, z)] }
    set { cells[index(x, y, z)] = newValue }
  }

  private func index(_ x: Int, _ y: Int, _ z: Int) -> Int {
    let planes = decomposition.planes
    let rows = 0..<decomposition.width
    precondition(
      planes.contains(x) && rows.contains(y) && rows.contains(z),
      "cell (\(x), \(y), \(z)) is not in planes \(planes) of a mesh of \(decomposition.width)")
    return (x - planes.lowerBound) * planeStride + y * rowStride + z
  }
}

/// Floats that are zero, aligned to 64 bytes, as the plans expect them.
///
/// Many of them are in huge pages, if the system gives any to who asks: particles find their cells anywhere.
func alignedZeros(_ count: Int) -> UnsafeMutablePointer<Float> {
  let hugePage = 1 << 21
  let bytes = count * MemoryLayout<Float>.stride
  let isLarge = bytes >= 4 * hugePage
  let raw = UnsafeMutableRawPointer.allocate(
    byteCount: bytes, alignment: isLarge ? hugePage : 64)
  if isLarge { _ = madvise(raw, bytes, MADV_HUGEPAGE) }
  raw.initializeMemory(as: UInt8.self, repeating: 0, count: bytes)
  return raw.bindMemory(to: Float.self, capacity: count)
}

extension RealMesh {
  /// Makes a mesh of the values of a rank's planes [planes, width, width], less a number.
  package init(_ values: [Float], minus mean: Float = 0, on decomposition: MeshDecomposition) {
    self.init(decomposition)
    let n = decomposition.width
    for row in 0..<decomposition.planes.count * n {
      for z in 0..<n { cells[row * rowStride + z] = values[row * n + z] - mean }
    }
  }
}
