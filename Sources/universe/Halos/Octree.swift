/// A tree of cubes over points of mass one; each node knows its center of mass.
struct Octree {
  /// A cube with points in it.
  struct Node {
    /// The center of mass.
    var x = 0.0
    var y = 0.0
    var z = 0.0

    /// The number of points.
    var mass = 0.0

    /// The squared side of the cube.
    var squaredSide = 0.0

    /// The points, in sorted order; those of a leaf act one by one.
    var first: Int32 = 0
    var end: Int32 = 0

    /// The node that follows once this one and those within it are done with.
    var next: Int32 = 0

    var isLeaf = false
  }

  /// The indices of the points in the order of the tree.
  private(set) var order: [Int32]

  /// The nodes, each followed by those within it.
  private(set) var nodes: [Node] = []

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
      Node(
        mass: Double(range.count), squaredSide: side * side, first: Int32(range.lowerBound),
        end: Int32(range.upperBound),
        isLeaf: range.count <= Self.leafSize || depth == Self.deepest))
    if !nodes[node].isLeaf {
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

  /// Returns the potential of the other points at one of them.
  ///
  /// - Parameters:
  ///   - sorted: The point, counted in the order of the tree.
  ///   - squaredAngle: The square of the opening angle, which is less than 0.57, so that no node
  ///     with the point in it acts as a whole.
  ///   - squaredSoftening: The square of the softening.
  /// - Returns: The potential.
  func potential(
    atSorted sorted: Int, squaredAngle: Double, squaredSoftening: Double
  ) -> Double {
    points.withUnsafeBufferPointer { points in
      nodes.withUnsafeBufferPointer { nodes in
        let (x, y, z) = (points[3 * sorted], points[3 * sorted + 1], points[3 * sorted + 2])
        var sum = 0.0
        var index = 0
        while index < nodes.count {
          let node = nodes[index]
          let (u, v, w) = (node.x - x, node.y - y, node.z - z)
          let square = u * u + v * v + w * w
          if node.squaredSide < squaredAngle * square {
            sum -= node.mass / (square + squaredSoftening).squareRoot()
            index = Int(node.next)
          } else if node.isLeaf {
            for other in Int(node.first)..<Int(node.end) where other != sorted {
              let (u, v, w) = (
                points[3 * other] - x, points[3 * other + 1] - y, points[3 * other + 2] - z
              )
              sum -= 1 / (u * u + v * v + w * w + squaredSoftening).squareRoot()
            }
            index = Int(node.next)
          } else {
            index += 1
          }
        }
        return sum
      }
    }
  }
}
