internal import CKernels

/// A tree of cubes over points of mass one; each node knows its center of mass.
struct Octree {
  /// The indices of the points in the order of the tree.
  private(set) var order: [Int32]

  /// The nodes, each followed by those within it.
  private(set) var nodes: [halompi_tree_node] = []

  // The points in the order of the tree [n, 3].
  private var points: [Double] = []

  private static let leafSize = 8
  private static let deepest = 48

  /// Builds the tree of points [n, 3].
  init(_ points: [Double]) {
    let count = points.count / 3
    order = (0..<count).map { Int32($0) }
    guard count > 0 else { return }
    var lowest = [points[0], points[1], points[2]]
    var highest = lowest
    for index in points.indices {
      lowest[index % 3] = min(lowest[index % 3], points[index])
      highest[index % 3] = max(highest[index % 3], points[index])
    }
    let side = (0..<3).reduce(Double.leastNormalMagnitude) { max($0, highest[$1] - lowest[$1]) }
    let half = side / 2
    var scratch = order
    add(
      0..<count, of: points, center: (lowest[0] + half, lowest[1] + half, lowest[2] + half),
      side: side, depth: 0, &scratch)
    self.points = order.flatMap { points[3 * Int($0)..<3 * Int($0) + 3] }
    for index in nodes.indices { concludeCenter(of: index) }
  }

  // Adds the node of some points, whose order becomes that of the tree, and the nodes within it.
  private mutating func add(
    _ range: Range<Int>, of points: [Double], center: (Double, Double, Double), side: Double,
    depth: Int, _ scratch: inout [Int32]
  ) {
    let node = nodes.count
    nodes.append(
      halompi_tree_node(
        x: 0, y: 0, z: 0, mass: Double(range.count), squared_side: side * side,
        first: Int32(range.lowerBound), end: Int32(range.upperBound), next: 0,
        is_leaf: range.count <= Self.leafSize || depth == Self.deepest ? 1 : 0))
    if nodes[node].is_leaf == 0 {
      func octant(_ index: Int32) -> Int {
        let start = 3 * Int(index)
        return (points[start] >= center.0 ? 4 : 0) + (points[start + 1] >= center.1 ? 2 : 0)
          + (points[start + 2] >= center.2 ? 1 : 0)
      }
      var ends = (0, 0, 0, 0, 0, 0, 0, 0, 0)
      withUnsafeMutableBytes(of: &ends) { bytes in
        let ends = bytes.bindMemory(to: Int.self)
        for sorted in range { ends[octant(order[sorted]) + 1] += 1 }
        for child in 1...8 { ends[child] += ends[child - 1] }
        for sorted in range {
          let child = octant(order[sorted])
          scratch[range.lowerBound + ends[child]] = order[sorted]
          ends[child] += 1
        }
      }
      for sorted in range { order[sorted] = scratch[sorted] }
      let starts = [0, ends.0, ends.1, ends.2, ends.3, ends.4, ends.5, ends.6, ends.7]
      let quarter = side / 4
      for child in 0..<8 where starts[child] < starts[child + 1] {
        add(
          range.lowerBound + starts[child]..<range.lowerBound + starts[child + 1], of: points,
          center: (
            center.0 + (child & 4 == 0 ? -quarter : quarter),
            center.1 + (child & 2 == 0 ? -quarter : quarter),
            center.2 + (child & 1 == 0 ? -quarter : quarter)
          ), side: side / 2, depth: depth + 1, &scratch)
      }
    }
    nodes[node].next = Int32(nodes.count)
  }

  private mutating func concludeCenter(of index: Int) {
    var sums = (0.0, 0.0, 0.0)
    for sorted in Int(nodes[index].first)..<Int(nodes[index].end) {
      sums.0 += points[3 * sorted]
      sums.1 += points[3 * sorted + 1]
      sums.2 += points[3 * sorted + 2]
    }
    nodes[index].x = sums.0 / nodes[index].mass
    nodes[index].y = sums.1 / nodes[index].mass
    nodes[index].z = sums.2 / nodes[index].mass
  }

  /// Returns the potential of the other points at each of them.
  ///
  /// - Parameters:
  ///   - openingAngle: A node of side s at distance d acts as a whole if s < angle d; less than 0.57, so
  ///     that no node does with the point in it.
  ///   - softening: The Plummer softening.
  /// - Returns: The potentials [n], in the order of the tree.
  func potentials(openingAngle: Double, softening: Double) -> [Double] {
    var potentials = [Double](repeating: 0, count: order.count)
    halompi_tree_potentials(
      nodes, nodes.count, points, order.count, openingAngle * openingAngle, softening * softening,
      &potentials, HALOMPI_FASTEST)
    return potentials
  }
}
