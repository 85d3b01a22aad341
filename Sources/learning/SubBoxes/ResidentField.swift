internal import MPI

/// Memory for a field that the ranks of a node share.
///
/// It is written only while the ``FieldStore`` is made, and freed when nobody reads it any more, which
/// makes it safe to share.
final class ResidentField: @unchecked Sendable {
  private var window: SharedWindow<Float>?

  /// The voxels, [N, N, N], until they are freed.
  let voxels: UnsafeMutablePointer<Float>

  /// Allocates memory for `count` voxels; collective over the ranks of the node.
  init(count: Int, on node: borrowing Communicator) throws(MPIError) {
    precondition(count > 0, "a field has at least one voxel")
    let window = try SharedWindow<Float>(count: count, on: node)
    guard let start = window.elements.baseAddress else {
      preconditionFailure("a window that is not empty has an address")
    }
    voxels = start
    self.window = consume window
  }

  /// Makes what every rank has written readable for all; collective over the ranks of the node.
  func synchronize(on node: borrowing Communicator) throws(MPIError) {
    try window?.synchronize(on: node)
  }

  /// Frees the memory; collective over the ranks of the node.
  func free() throws(MPIError) {
    if let window = window.take() { try window.free() }
  }
}
