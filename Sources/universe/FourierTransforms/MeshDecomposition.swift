package import Failures
package import MPI

/// The assignment of a cubic mesh's planes to ranks: in order, as evenly as whole planes allow.
///
/// The same slabs hold the planes of constant x of a real mesh and those of constant wavenumber ky of
/// its transform.
package struct MeshDecomposition: Hashable, Sendable {
  /// The cells on a side of the mesh.
  package let width: Int

  /// The number of ranks that share the mesh, not more than `width`.
  package let ranks: Int

  /// The rank that this value describes.
  package let rank: Int

  /// Deals a mesh of `width`^3 cells to the ranks of `communicator`.
  ///
  /// Not collective.
  ///
  /// - Throws: If the mesh has fewer than two cells on a side, or fewer planes than there are ranks.
  package init(
    width: Int, on communicator: borrowing Communicator
  ) throws(Failure) {
    try self.init(width: width, rank: communicator.rank, of: communicator.size)
  }

  /// Deals a mesh of `width`^3 cells to `ranks` ranks, as `rank` sees it.
  ///
  /// - Throws: If the mesh has fewer than two cells on a side, or fewer planes than there are ranks.
  package init(width: Int, rank: Int, of ranks: Int) throws(Failure) {
    precondition(ranks > 0 && (0..<ranks).contains(rank), "rank \(rank) of \(ranks)")
    guard width >= 2 else { throw .tooSmall(width: width) }
    guard ranks <= width else { throw .tooManyRanks(ranks: ranks, width: width) }
    self.width = width
    self.ranks = ranks
    self.rank = rank
  }

  /// The planes of this rank.
  package var planes: Range<Int> { planes(of: rank) }

  /// The planes of a rank: never none.
  package func planes(of rank: Int) -> Range<Int> {
    rank * width / ranks..<(rank + 1) * width / ranks
  }

  /// The rank that has a plane.
  package func owner(of plane: Int) -> Int {
    precondition((0..<width).contains(plane), "plane \(plane) of a mesh of \(width)")
    return ((plane + 1) * ranks - 1) / width
  }

  /// The modes of a row of the transform: kz from 0 to `width` / 2.
  package var modesPerRow: Int { width / 2 + 1 }

  /// The modes from one row to the next in memory, so that every row starts at a multiple of 32 bytes.
  package var rowStride: Int { (modesPerRow + 3) / 4 * 4 }

  /// The floats from one plane to the next in memory.
  package var planeStride: Int { 2 * width * rowStride }

  /// Part `block` of `blocks` of the planes of a rank; possibly none.
  func planes(of rank: Int, block: Int, of blocks: Int) -> Range<Int> {
    let planes = planes(of: rank)
    let start = planes.lowerBound
    return start + block * planes.count / blocks..<start + (block + 1) * planes.count / blocks
  }
}
