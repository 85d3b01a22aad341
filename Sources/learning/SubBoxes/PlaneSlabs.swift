/// The ranges of planes in which the fields of several simulations are read.
///
/// They are as thick as a chunk of the field files, or thinner where that would take more than
/// 64 MiB, and are dealt to the ranks in turn.
struct PlaneSlabs {
  /// A range of planes of one simulation.
  struct Slab: Hashable {
    /// The index of the simulation.
    let simulation: Int

    /// The planes along the slowest axis.
    let planes: Range<Int>
  }

  /// The ranges of all simulations, in order.
  let slabs: [Slab]

  /// Divides the planes of simulations with grids of these sizes.
  init(gridSizes: [Int]) {
    slabs = gridSizes.enumerated().flatMap { simulation, gridSize in
      let planeBytes = gridSize * gridSize * MemoryLayout<Float>.stride
      let thickness = max(1, min(ChunkCache.chunkWidth, (64 << 20) / planeBytes))
      return stride(from: 0, to: gridSize, by: thickness).map {
        Slab(simulation: simulation, planes: $0..<min($0 + thickness, gridSize))
      }
    }
  }

  /// The ranges that a rank reads; each is read by one rank.
  func share(of rank: Int, among ranks: Int) -> [Slab] {
    slabs.indices.filter { $0 % ranks == rank }.map { slabs[$0] }
  }
}
