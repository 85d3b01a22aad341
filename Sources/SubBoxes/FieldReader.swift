import HDF5

/// An open field of one simulation, [N, N, N], read by this process alone.
final class FieldReader: @unchecked Sendable {
  /// The path of the field file.
  let path: String

  /// The path of the field in the file.
  let name: String

  /// The number of voxels along each axis, N.
  let gridSize: Int

  private let dataset: HDF5Dataset

  /// Opens a field.
  init(_ name: String, of path: String) throws(SubBoxError) {
    self.path = path
    self.name = name
    do {
      dataset = try HDF5File.open(path).dataset(name)
    } catch {
      throw Self.unreadable(path, name, "\(error)")
    }
    gridSize = dataset.extents.first ?? 0
    guard gridSize > 0, dataset.extents == [gridSize, gridSize, gridSize] else {
      throw Self.unreadable(path, name, "its shape \(dataset.extents) is not that of a cube")
    }
  }

  /// Reads a block of [counts] from `offset` on.
  func read(
    offset: [Int], counts: [Int], into destination: UnsafeMutablePointer<Float>
  ) throws(SubBoxError) {
    do {
      try dataset.read(
        into: UnsafeMutableBufferPointer(start: destination, count: counts.reduce(1, *)),
        slab: Hyperslab(offset: offset, count: counts))
    } catch {
      throw Self.unreadable(path, name, "\(error)")
    }
  }

  /// Reads planes of the first axis.
  func read(planes: Range<Int>, into destination: UnsafeMutablePointer<Float>) throws(SubBoxError) {
    try read(
      offset: [planes.lowerBound, 0, 0], counts: [planes.count, gridSize, gridSize],
      into: destination)
  }

  private static func unreadable(_ path: String, _ name: String, _ reason: String) -> SubBoxError {
    SubBoxError(
      .reading, while: "reading a field", file: path, dataset: name, because: reason,
      remedy: "check that the file is complete, or prepare it again")
  }
}
