internal import Failures
internal import MPI

/// The box cut across the x axis into one slab per rank, each as wide as the linking length at
/// least, with about as many particles each.
struct SlabDecomposition {
  /// The start of each slab, and the end of the last [rank + 1]; positions from 0 to 2^32.
  let starts: [UInt64]

  private let binCount: Int
  private let rankOfBin: [Int32]

  /// Cuts the box so that the particles of all ranks are shared out.
  ///
  /// Collective.
  ///
  /// - Parameters:
  ///   - positions: This rank's particles [n, 3].
  ///   - minimumWidth: The linking length in units of positions.
  ///   - communicator: The ranks.
  /// - Throws: `AgreedFailure` with ``Failure/tooManyRanks(ranks:slabs:)``, or what MPI reported.
  init(
    sharing positions: [UInt32], minimumWidth: UInt32, on communicator: borrowing Communicator
  ) throws {
    let binCount = min(1 << 14, Int((1 << 32) / UInt64(minimumWidth)))
    let ranks = communicator.size
    try communicator.agree { () throws(Failure) in
      guard ranks <= binCount else { throw .tooManyRanks(ranks: ranks, slabs: binCount) }
    }
    var counts = [Int64](repeating: 0, count: binCount)
    for index in stride(from: 0, to: positions.count, by: 3) {
      counts[Self.bin(positions[index], binCount)] += 1
    }
    var span = counts.mutableSpan
    try communicator.allReduce(&span, .sum)
    self.init(counts: counts, ranks: ranks)
  }

  /// Cuts bins of equal width into `ranks` runs of about as many particles.
  init(counts: [Int64], ranks: Int) {
    let total = counts.reduce(0, +)
    var rankOfBin = [Int32](repeating: 0, count: counts.count)
    var firstBins = [0]
    var sum: Int64 = 0
    for bin in counts.indices {
      let rank = firstBins.count - 1
      let hasBins = bin > firstBins[rank]
      let mustCut = counts.count - bin == ranks - firstBins.count
      // The middle of the bin decides on which side of the cut it lies.
      let isFull = 2 * Int64(ranks) * sum + Int64(ranks) * counts[bin] > 2 * Int64(rank + 1) * total
      if rank + 1 < ranks, hasBins, mustCut || isFull { firstBins.append(bin) }
      rankOfBin[bin] = Int32(firstBins.count - 1)
      sum += counts[bin]
    }
    binCount = counts.count
    self.rankOfBin = rankOfBin
    let bins = UInt64(counts.count)
    starts = firstBins.map { ((UInt64($0) << 32) + bins - 1) / bins } + [1 << 32]
  }

  /// Returns the rank whose slab holds a position along x.
  @inline(__always)
  func rank(of x: UInt32) -> Int { Int(rankOfBin[Self.bin(x, binCount)]) }

  /// The ranks whose slabs come within `radius` of a position along x, in ascending order.
  func ranks(within radius: UInt64, of x: UInt32) -> [Int] {
    starts.indices.dropLast().filter { rank in
      let ahead = UInt64(x &- UInt32(starts[rank]))
      let width = starts[rank + 1] - starts[rank]
      // Inside of the slab, above its upper face, or below its lower one across the box's face.
      return ahead < width + radius || (1 << 32) - ahead <= radius
    }
  }

  @inline(__always)
  private static func bin(_ x: UInt32, _ binCount: Int) -> Int {
    Int((UInt64(x) * UInt64(binCount)) >> 32)
  }
}
