import MPI

/// Memory for a field that the ranks of a node share.
///
/// It is written only while the ``FieldStore`` is made, which makes it safe to share.
final class ResidentField: @unchecked Sendable {
  private let window: SharedWindow<Float>

  /// Allocates memory for `count` voxels; collective over the ranks of the node.
  init(count: Int, on node: borrowing Communicator) throws(MPIError) {
    precondition(count > 0, "a field has at least one voxel")
    window = try SharedWindow(count: count, on: node)
  }

  /// The voxels, [N, N, N].
  var voxels: UnsafeMutablePointer<Float> {
    guard let start = window.elements.baseAddress else {
      preconditionFailure("a window that is not empty has an address")
    }
    return start
  }

  /// Makes what every rank has written readable for all; collective over the ranks of the node.
  func synchronize(on node: borrowing Communicator) throws(MPIError) {
    try window.synchronize(on: node)
  }
}
