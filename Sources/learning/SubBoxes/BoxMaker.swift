internal import Failures

/// Makes the box of a sample, and averages it if asked to.
struct BoxMaker: Sendable {
  private let writeVoxels: BoxWriter
  private let shells: ShellAverage?
  private let channelCount: Int
  private let channelVoxelCount: Int

  /// The number of voxels of a box, over all channels.
  var voxelCount: Int { channelCount * channelVoxelCount }

  init(
    source: any SubBoxSource, kind: BoxKind, boxWidth: Int, standardization: InputStandardization
  ) {
    writeVoxels = source.boxWriter(boxWidth: boxWidth, standardization: standardization)
    shells = kind == .averaged ? ShellAverage(width: boxWidth) : nil
    channelCount = source.input.channelCount
    channelVoxelCount = boxWidth * boxWidth * boxWidth
  }

  /// The memory of the tables [bytes].
  var bytes: Int { (shells?.labels.count ?? 0) * MemoryLayout<Int32>.stride }

  /// Writes the box of a sample.
  func write(_ sample: OrientedSample, into box: UnsafeMutablePointer<Float>) throws(Failure) {
    try writeVoxels(sample, box)
    guard let shells else { return }
    for channel in 0..<channelCount { shells.apply(to: box + channel * channelVoxelCount) }
  }
}
