internal import MPI
internal import Particles

/// The particles near the lower face of each slab, which the slab below sees too.
struct SlabBoundary {
  /// The positions of those within a linking length above this slab [n, 3].
  let positionsAbove: [UInt32]

  /// Their sites.
  let sitesAbove: [Int64]

  /// The indices of this slab's particles that the rank below sees.
  let indicesSeenBelow: [Int]

  /// Shows the particles within a linking length of a slab's lower face to the slab below, across
  /// the box's face too.
  ///
  /// Collective.
  init(
    _ particles: Particles, _ slabs: SlabDecomposition, _ linkingLength: UInt32,
    on communicator: borrowing Communicator
  ) throws(MPIError) {
    let start = UInt32(slabs.starts[communicator.rank])
    indicesSeenBelow = (0..<particles.count).filter {
      particles.positions[3 * $0] &- start < linkingLength
    }
    let below = (communicator.rank + communicator.size - 1) % communicator.size
    let exchange = Routing(
      [Int32](repeating: Int32(below), count: indicesSeenBelow.count), ranks: communicator.size)
    sitesAbove = try exchange.send(indicesSeenBelow.map { particles.sites[$0] }, on: communicator)
    positionsAbove = try exchange.send(
      indicesSeenBelow.flatMap { particles.positions[3 * $0..<3 * $0 + 3] }, width: 3,
      on: communicator)
  }

  /// Finds which labels of different slabs name the same group.
  ///
  /// Collective.
  ///
  /// - Parameters:
  ///   - labelsAbove: This rank's labels of the particles above its slab.
  ///   - labelsSeenBelow: This rank's labels of its particles that the rank below sees.
  ///   - communicator: The ranks.
  /// - Returns: The connections of all ranks, the same on every rank.
  /// - Throws: The error that MPI reported.
  func connections(
    labelsAbove: [Int64], labelsSeenBelow: [Int64], on communicator: borrowing Communicator
  ) throws(MPIError) -> LabelConnections {
    let above = (communicator.rank + 1) % communicator.size
    let exchange = Routing(
      [Int32](repeating: Int32(above), count: labelsAbove.count), ranks: communicator.size)
    // They come back in the order in which they were shown.
    let labelsBelow = try exchange.send(labelsAbove, on: communicator)
    let pairs = Set(
      zip(labelsBelow, labelsSeenBelow).filter { $0 != $1 }.map { SIMD2($0.0, $0.1) })
    return LabelConnections(
      try communicator.allGatherVarying(pairs.flatMap { [$0.x, $0.y] }).elements)
  }
}

/// The connections between labels of slabs, resolved: the least label stands for the others.
struct LabelConnections {
  private let labels: [Int64]
  private let resolved: [Int64]

  /// - Parameter pairs: Two labels of each connection [connection, 2].
  init(_ pairs: [Int64]) {
    let labels = Array(Set(pairs)).sorted()
    let numbers = Dictionary(uniqueKeysWithValues: labels.enumerated().map { ($1, Int32($0)) })
    var sets = DisjointSets(count: labels.count)
    let ends = pairs.map { numbers[$0] ?? 0 }
    for pair in stride(from: 0, to: ends.count, by: 2) { sets.unite(ends[pair], ends[pair + 1]) }
    resolved = labels.indices.map { labels[Int(sets.representative(Int32($0)))] }
    self.labels = labels
  }

  /// The label that stands for another, or that itself.
  func label(_ label: Int64) -> Int64 {
    var (low, high) = (0, labels.count)
    while low < high {
      let middle = (low + high) / 2
      if labels[middle] < label { low = middle + 1 } else { high = middle }
    }
    return low < labels.count && labels[low] == label ? resolved[low] : label
  }
}
