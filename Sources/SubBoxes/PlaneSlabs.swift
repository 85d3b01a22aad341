/// The ranges of planes in which a field is read, one after the other.
///
/// They are as thick as a chunk of the field file, or thinner where that would take more than
/// 64 MiB.
struct PlaneSlabs {
  /// The ranges, from the first plane to the last.
  let ranges: [Range<Int>]

  init(gridSize: Int) {
    let planeBytes = gridSize * gridSize * MemoryLayout<Float>.stride
    let thickness = max(1, min(ChunkCache.chunkWidth, (64 << 20) / planeBytes))
    ranges = stride(from: 0, to: gridSize, by: thickness).map {
      $0..<min($0 + thickness, gridSize)
    }
  }

  /// The ranges that a rank reads: every one is read by one rank.
  func share(of rank: Int, among ranks: Int) -> [Range<Int>] {
    ranges.indices.filter { $0 % ranks == rank }.map { ranges[$0] }
  }
}
