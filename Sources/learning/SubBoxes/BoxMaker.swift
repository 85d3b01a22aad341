internal import Failures
internal import Fields

/// Makes the box of a sample, perturbed if asked to: averages or shuffles its shells and hides what is masked, if asked
/// to.
struct BoxMaker: Sendable {
  private let writeVoxels: BoxWriter
  private let perturber: BoxPerturber?
  private let average: ShellAverage?
  private let ellipsoids: EllipsoidalAverage?
  private let shuffle: ShellShuffle?
  private let hiddenVoxels: [Int32]
  private let channelCount: Int
  private let densityChannel: Int
  private let channelVoxelCount: Int

  /// The number of voxels of a box, over all channels.
  var voxelCount: Int { channelCount * channelVoxelCount }

  init(
    source: any SubBoxSource, boxes: BoxDescription, boxWidth: Int,
    standardization: InputStandardization, perturbations: [Perturbation] = []
  ) {
    let (kind, shells) = (boxes.kind, boxes.shells)
    precondition(
      kind != .ellipsoidal || source.input.densityChannel != nil, "ellipsoids need a density")
    writeVoxels = source.boxWriter(boxWidth: boxWidth, standardization: standardization)
    perturber =
      perturbations.isEmpty
      ? nil
      : BoxPerturber(
        perturbations, of: source.input, boxWidth: boxWidth, standardization: standardization,
        voxelSizes: source.simulations.map { $0.boxSize / Double($0.gridSize) })
    average = kind == .averaged ? ShellAverage(width: boxWidth, shells: shells) : nil
    ellipsoids = kind == .ellipsoidal ? EllipsoidalAverage(width: boxWidth, shells: shells) : nil
    shuffle = kind == .shuffled ? ShellShuffle(width: boxWidth, shells: shells) : nil
    hiddenVoxels = boxes.mask.hiddenVoxels(boxWidth: boxWidth)
    channelCount = source.input.channelCount
    densityChannel = source.input.densityChannel ?? 0
    channelVoxelCount = boxWidth * boxWidth * boxWidth
  }

  /// The memory of the tables [bytes].
  var bytes: Int {
    ((average?.labels.count ?? 0) + hiddenVoxels.count) * MemoryLayout<Int32>.stride
      + (shuffle?.bytes ?? 0)
  }

  /// Writes the box of a sample.
  func write(_ sample: OrientedSample, into box: UnsafeMutablePointer<Float>) throws(Failure) {
    try writeVoxels(sample, box)
    perturber?.apply(to: box, of: sample)
    ellipsoids?.apply(to: box, channelCount: channelCount, densityChannel: densityChannel)
    for channel in 0..<channelCount {
      let voxels = box + channel * channelVoxelCount
      average?.apply(to: voxels)
      shuffle?.apply(to: voxels, around: sample.sample.site)
      for voxel in hiddenVoxels { voxels[Int(voxel)] = 0 }
    }
  }
}
