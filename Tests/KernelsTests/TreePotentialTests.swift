import CKernels
import Testing

/// The potential by a tree, on every instruction set of this CPU.
@Suite struct TreePotentialTests {
  /// A tree of two leaves under one root, over points of mass one.
  private struct Tree {
    var points: [Double] = []
    var nodes: [halompi_tree_node] = []

    init(leafSizes: [Int], spacing: Double) {
      var generator = TestGenerator(seed: 11)
      for (leaf, size) in leafSizes.enumerated() {
        let offsets = generator.values(3 * size, scale: 1).map(Double.init)
        points += offsets.enumerated().map { $1 + ($0 % 3 == 0 ? spacing * Double(leaf) : 0) }
      }
      let count = points.count / 3
      let whole = node(0..<count, side: spacing * Double(leafSizes.count), isLeaf: false)
      nodes = [whole]
      var first = 0
      for size in leafSizes {
        nodes.append(node(first..<first + size, side: 2, isLeaf: true))
        nodes[nodes.count - 1].next = Int32(nodes.count)
        first += size
      }
      nodes[0].next = Int32(nodes.count)
    }

    private func node(_ range: Range<Int>, side: Double, isLeaf: Bool) -> halompi_tree_node {
      let center = (0..<3).map { axis in
        range.reduce(0.0) { $0 + points[3 * $1 + axis] } / Double(range.count)
      }
      return halompi_tree_node(
        x: center[0], y: center[1], z: center[2], mass: Double(range.count),
        squared_side: side * side, first: Int32(range.lowerBound), end: Int32(range.upperBound),
        next: 0, is_leaf: isLeaf ? 1 : 0)
    }

    func potentials(_ angle: Double, _ softening: Double, _ instructions: InstructionSet)
      -> [Double]
    {
      var potentials = [Double](repeating: .nan, count: points.count / 3)
      halompi_tree_potentials(
        nodes, nodes.count, points, points.count / 3, angle * angle, softening * softening,
        &potentials, instructions.value)
      return potentials
    }

    /// By one walk for each point.
    func walked(_ angle: Double, _ softening: Double) -> [Double] {
      (0..<points.count / 3).map { point in
        func square(_ x: Double, _ y: Double, _ z: Double) -> Double {
          let (u, v, w) = (
            x - points[3 * point], y - points[3 * point + 1], z - points[3 * point + 2]
          )
          return u * u + v * v + w * w
        }
        var sum = 0.0
        var index = 0
        while index < nodes.count {
          let node = nodes[index]
          let distance = square(node.x, node.y, node.z)
          if node.squared_side < angle * angle * distance {
            sum -= node.mass / (distance + softening * softening).squareRoot()
            index = Int(node.next)
          } else if node.is_leaf != 0 {
            for other in Int(node.first)..<Int(node.end) where other != point {
              let pair = square(points[3 * other], points[3 * other + 1], points[3 * other + 2])
              sum -= 1 / (pair + softening * softening).squareRoot()
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

  @Test(arguments: InstructionSet.supported, [[1], [3, 8, 5, 8, 1, 7], [8, 8, 8, 8]])
  func eightWalksTogetherGiveTheBitsOfEachAlone(
    _ instructions: InstructionSet, _ leafSizes: [Int]
  ) {
    let tree = Tree(leafSizes: leafSizes, spacing: 3)
    // Nothing acts as a whole, some leaves do for some points of a group of eight, nearly all do.
    for (angle, softening) in [(0.0, 0.1), (0.3, 0.0), (0.55, 0.1)] {
      #expect(
        tree.potentials(angle, softening, instructions) == tree.walked(angle, softening),
        "opening angle \(angle)")
    }
  }

  @Test func anOpeningAngleIsUsed() {
    let tree = Tree(leafSizes: [8, 8, 8, 8, 8], spacing: 3)
    #expect(tree.potentials(0.5, 0.1, .portable) != tree.potentials(0, 0.1, .portable))
    #expect(tree.potentials(0.5, 0.1, .portable) != tree.potentials(0.5, 0.2, .portable))
  }
}
