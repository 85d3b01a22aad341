/// Makes the box of a sample, and averages it if asked to.
struct BoxMaker: Sendable {
  private let writeVoxels: BoxWriter
  private let shells: ShellAverage?

  /// The number of voxels of a box.
  let voxelCount: Int

  init(
    source: any SubBoxSource, kind: BoxKind, boxWidth: Int, standardization: Standardization
  ) {
    writeVoxels = source.boxWriter(boxWidth: boxWidth, standardization: standardization)
    shells = kind == .averaged ? ShellAverage(width: boxWidth) : nil
    voxelCount = boxWidth * boxWidth * boxWidth
  }

  /// The memory of the tables [bytes].
  var bytes: Int { (shells?.labels.count ?? 0) * MemoryLayout<Int32>.stride }

  /// Writes the box of a sample.
  func write(_ sample: Sample, into box: UnsafeMutablePointer<Float>) throws(SubBoxError) {
    try writeVoxels(sample, box)
    shells?.apply(to: box)
  }
}
