import Fields

/// Cuts a box, standardizes it and averages it if asked to.
struct BoxMaker: Sendable {
  private unowned(unsafe) let store: FieldStore
  private let cutters: [SubBoxCutter]
  private let shells: ShellAverage?

  /// The number of voxels of a box.
  let voxelCount: Int

  init(store: FieldStore, kind: BoxKind, boxWidth: Int, standardization: Standardization) {
    self.store = store
    cutters = store.simulations.map {
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
    try store.cut(around: Int(sample.site), of: simulation, with: cutters[simulation], into: box)
    shells?.apply(to: box)
  }
}
