import Fields
import MPI

/// A field in memory that the ranks of a node share.
///
/// It is written only while it is made, which makes it safe to share.
final class ResidentField: @unchecked Sendable {
  /// The voxels, [N, N, N].
  let voxels: UnsafePointer<Float>

  private let window: SharedWindow<Float>

  /// Reads a field of a file, every rank of the node its share of the planes.
  ///
  /// Collective over `communicator`, of which `node` holds the ranks of this node.
  init(
    _ field: GridField<Float>, of file: FieldReader, on node: borrowing Communicator,
    _ communicator: borrowing Communicator
  ) throws {
    let size = file.gridSize
    window = try SharedWindow(count: size * size * size, on: node)
    guard let start = window.elements.baseAddress else {
      preconditionFailure("a field has at least one voxel")
    }
    voxels = UnsafePointer(start)
    let (rank, ranks) = (node.rank, node.size)
    try communicator.agree { () throws(SubBoxError) in
      for planes in PlaneSlabs(gridSize: size).share(of: rank, among: ranks) {
        let place = start + planes.lowerBound * size * size
        try file.read(field, file.slab(planes: planes), into: place)
      }
    }
    try window.synchronize(on: node)
  }
}
