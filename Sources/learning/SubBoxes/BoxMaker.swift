internal import Failures
internal import Fields

/// Makes the box of a sample, perturbed if asked to, and averages or shuffles its shells if asked to.
struct BoxMaker: Sendable {
  private let writeVoxels: BoxWriter
  private let perturber: BoxPerturber?
  private let average: ShellAverage?
  private let shuffle: ShellShuffle?
  private let channelCount: Int
  private let channelVoxelCount: Int

  /// The number of voxels of a box, over all channels.
  var voxelCount: Int { channelCount * channelVoxelCount }

  init(
    source: any SubBoxSource, kind: BoxKind, boxWidth: Int, standardization: InputStandardization,
    perturbations: [Perturbation] = []
  ) {
    writeVoxels = source.boxWriter(boxWidth: boxWidth, standardization: standardization)
    perturber =
      perturbations.isEmpty
      ? nil
      : BoxPerturber(
        perturbations, of: source.input, boxWidth: boxWidth, standardization: standardization,
        voxelSizes: source.simulations.map { $0.boxSize / Double($0.gridSize) })
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
    perturber?.apply(to: box, of: sample)
    for channel in 0..<channelCount {
      average?.apply(to: box + channel * channelVoxelCount)
      shuffle?.apply(to: box + channel * channelVoxelCount, around: sample.sample.site)
    }
  }
}
