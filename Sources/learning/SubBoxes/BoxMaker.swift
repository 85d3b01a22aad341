internal import Failures

/// Makes the box of a sample, and averages or shuffles its shells if asked to.
struct BoxMaker: Sendable {
  private let writeVoxels: BoxWriter
  private let average: ShellAverage?
  private let shuffle: ShellShuffle?
  private let channelCount: Int
  private let channelVoxelCount: Int

  /// The number of voxels of a box, over all channels.
  var voxelCount: Int { channelCount * channelVoxelCount }

  init(
    source: any SubBoxSource, kind: BoxKind, boxWidth: Int, standardization: InputStandardization
  ) {
    writeVoxels = source.boxWriter(boxWidth: boxWidth, standardization: standardization)
    average = kind == .averaged ? ShellAverage(width: boxWidth) : nil
    shuffle = kind == .shuffled ? ShellShuffle(width: boxWidth) : nil
    channelCount = source.input.channelCount
    channelVoxelCount = boxWidth * boxWidth * boxWidth
  }

  /// The memory of the tables [bytes].
  var bytes: Int {
    (average?.labels.count ?? 0) * MemoryLayout<Int32>.stride + (shuffle?.bytes ?? 0)
  }

  /// Writes the box of a sample.
  func write(_ sample: OrientedSample, into box: UnsafeMutablePointer<Float>) throws(Failure) {
    try writeVoxels(sample, box)
    for channel in 0..<channelCount {
      average?.apply(to: box + channel * channelVoxelCount)
      shuffle?.apply(to: box + channel * channelVoxelCount, around: sample.sample.site)
    }
  }
}
