/// Cuts a box, standardizes it and averages it if asked to.
struct BoxMaker: Sendable {
  private unowned(unsafe) let store: FieldStore
  private let cutters: [SubBoxCutter]
  private let shells: ShellAverage?

  /// The number of voxels of a box.
  let voxelCount: Int

  init(store: FieldStore, kind: BoxKind, boxWidth: Int, standardization: Standardization) {
    self.store = store
    cutters = store.fields.map {
      SubBoxCutter(
        boxWidth: boxWidth, gridSize: $0.gridSize, standardization: standardization)
    }
    shells = kind == .averaged ? ShellAverage(width: boxWidth) : nil
    voxelCount = boxWidth * boxWidth * boxWidth
  }

  /// The memory of the tables [bytes].
  var bytes: Int { (shells?.labels.count ?? 0) * MemoryLayout<Int32>.stride }

  /// Writes the box of a sample.
  func write(_ sample: Sample, into box: UnsafeMutablePointer<Float>) throws(SubBoxError) {
    let simulation = Int(sample.simulation)
    let cutter = cutters[simulation]
    guard try store.cut(around: Int(sample.site), of: simulation, with: cutter, into: box) else {
      throw notFinite(sample, cutter, box)
    }
    shells?.apply(to: box)
  }

  private func notFinite(
    _ sample: Sample, _ cutter: SubBoxCutter, _ box: UnsafeMutablePointer<Float>
  ) -> SubBoxError {
    let width = cutter.boxWidth
    let voxel = (0..<voxelCount).first { !box[$0].isFinite } ?? 0
    let index = [voxel / (width * width), voxel / width % width, voxel % width]
    return SubBoxError(
      .data, while: "cutting the sub-box around site \(sample.site)",
      file: store.fields[Int(sample.simulation)].path, dataset: store.dataset,
      because: "its voxel \(index) is \(box[voxel])",
      remedy: "prepare the field file again from its snapshot")
  }
}
