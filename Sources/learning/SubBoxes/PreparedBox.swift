/// A sub-box that is ready for the network.
///
/// It lends a buffer of the ``SubBoxStream`` that it came from, and gives it back when it goes out
/// of scope.
package struct PreparedBox: ~Copyable {
  /// The position of the sample in the order that was asked for.
  package let position: Int

  /// The particle that the box is centered on.
  package let sample: Sample

  /// The standardized voxels, [channel, w, w, w], aligned to 64 bytes; valid as long as the box is.
  package let voxels: UnsafePointer<Float>

  private let buffer: UnsafeMutablePointer<Float>
  private let queue: PreparationQueue

  init(
    position: Int, sample: Sample, buffer: UnsafeMutablePointer<Float>, queue: PreparationQueue
  ) {
    self.position = position
    self.sample = sample
    voxels = UnsafePointer(buffer)
    self.buffer = buffer
    self.queue = queue
  }

  deinit { queue.giveBack(buffer) }
}
