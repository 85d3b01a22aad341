/// A quantity of the particles of a cell list that follows from their nearest neighbours.
///
/// The particles of a cell share one list of candidates, those of the cells around. Where
/// particles cluster, cell and candidates are split into octants until the candidates are few
/// (``refine(_:_:cube:margin:)``). A particle is done when its last neighbour is nearer than the
/// edge of the candidates' cube; the others wait for a search that reaches further.
///
/// A distance is computed from the particle's and the neighbour's offsets in their cells and the
/// whole number of cells between the two, by the same operations whatever the path to it.
struct NeighbourSearch {
  private let list: CellList
  private let neighbours: Int
  private let quantity: @Sendable (UnsafeBufferPointer<Float>) -> Double
  private let reach: Int
  private let isWholeBox: Bool
  private let cellSize: Float
  private let boxSize: Float

  /// Candidates fewer than this are compared with every target, without splitting the cube.
  private static let leafSize = 1536

  /// - Parameters:
  ///   - list: The particles; it holds all columns within `reach` of those searched.
  ///   - neighbours: The nearest neighbours of a particle, itself included.
  ///   - reach: The cells searched on each side of a particle's cell.
  ///   - quantity: The function that computes the quantity from the squared distances of the
  ///     neighbours in ascending order [(Mpc/h)^2].
  init(
    _ list: CellList, neighbours: Int, reach: Int,
    quantity: @escaping @Sendable (UnsafeBufferPointer<Float>) -> Double
  ) {
    self.list = list
    self.neighbours = neighbours
    self.quantity = quantity
    self.reach = reach
    isWholeBox = list.grid.isWholeBox(reach: reach)
    cellSize = Float(list.grid.cellSize)
    boxSize = Float(list.grid.boxSize)
  }

  /// Computes the quantity of the waiting particles of one column.
  ///
  /// - Parameters:
  ///   - column: A column of the list.
  ///   - values: The value of each particle of the column in the list's order; NaN marks a
  ///     particle that waits, and stays where the search does not reach far enough.
  func search(column: Int, values: UnsafeMutableBufferPointer<Float>) {
    let grid = list.grid
    let particles = list.particles(ofColumn: column)
    guard !particles.isEmpty else { return }
    let firstCell = Int(list.slots[column]) * grid.cellsPerSide
    let candidates = PointCloud()
    let targets = PointCloud()
    let nearest = NearestNeighbours(count: neighbours)
    for cell in 0..<grid.cellsPerSide {
      let members = list.starts[firstCell + cell]..<list.starts[firstCell + cell + 1]
      targets.removeAll()
      for member in members where values[member - particles.lowerBound].isNaN {
        targets.append(
          list.offsets[member], list.offsets[list.count + member],
          list.offsets[2 * list.count + member], tag: member - particles.lowerBound)
      }
      if targets.count == 0 { continue }
      gather(column: column, cell: cell, into: candidates)
      let cube = Cube(x: 0, y: 0, z: 0, side: cellSize)
      let margin = isWholeBox ? Float.infinity : Float(reach) * cellSize
      refine(targets, candidates, cube: cube, margin: margin, nearest) { tag, squares in
        values[tag] = Float(quantity(squares))
      }
    }
  }

  /// Collects the particles of the cells around a cell, relative to its lower corner.
  private func gather(column: Int, cell: Int, into candidates: PointCloud) {
    let grid = list.grid
    let side = grid.cellsPerSide
    let (first, second) = column.quotientAndRemainder(dividingBy: side)
    let steps = isWholeBox ? -(side / 2)...(side - 1) / 2 : -reach...reach
    candidates.removeAll()
    list.offsets.withUnsafeBufferPointer { offsets in
      for i in steps {
        for j in steps {
          let slot = Int(list.slots[grid.wrapped(first + i) * side + grid.wrapped(second + j)])
          precondition(slot >= 0, "the cell list lacks a column that the search needs")
          for k in steps {
            let index = slot * side + grid.wrapped(cell + k)
            candidates.append(
              offsets, list.starts[index]..<list.starts[index + 1],
              shift: (Float(i) * cellSize, Float(j) * cellSize, Float(k) * cellSize))
          }
        }
      }
    }
  }

  /// Finds the neighbours of the targets in a cube among all particles within `margin` of it.
  private func refine(
    _ targets: PointCloud, _ candidates: PointCloud, cube: Cube, margin: Float,
    _ nearest: NearestNeighbours,
    found: (Int, UnsafeBufferPointer<Float>) -> Void
  ) {
    let isLeaf =
      isWholeBox || candidates.count <= Self.leafSize || targets.count <= 4
      || cube.side < cellSize * 0x1p-16
    if isLeaf {
      var guess = Float.infinity
      for target in 0..<targets.count {
        let (x, y, z) = targets.point(target)
        let edge = (margin + cube.distanceToFace(x, y, z)) * 0.99999
        let squares = nearest.squares(
          around: (x, y, z), among: candidates, within: edge * edge, guess: guess,
          period: isWholeBox ? boxSize : nil)
        guard let squares, let last = squares.last else { continue }
        guess = last * 1.2
        found(targets.tag(target), squares)
      }
      return
    }
    for octant in 0..<8 {
      let part = cube.octant(octant)
      let inside = targets.filtered { x, y, z in cube.octant(of: x, y, z) == octant }
      if inside.count == 0 { continue }
      let occupants = candidates.number { x, y, z in part.contains(x, y, z) }
      // Any point of a cube that holds enough particles has them within the cube's diagonal.
      let narrow = occupants >= neighbours ? min(margin, part.side * 1.7322) : margin
      let near = candidates.filtered { x, y, z in part.contains(x, y, z, margin: narrow) }
      refine(inside, near, cube: part, margin: narrow, nearest, found: found)
    }
  }
}

/// A cube in the coordinates of the cell that is searched.
private struct Cube {
  var x: Float
  var y: Float
  var z: Float
  var side: Float

  @inline(__always)
  func contains(_ x: Float, _ y: Float, _ z: Float, margin: Float = 0) -> Bool {
    x >= self.x - margin && x <= self.x + side + margin && y >= self.y - margin
      && y <= self.y + side + margin && z >= self.z - margin && z <= self.z + side + margin
  }

  /// Returns the distance of a point inside to the nearest face; not positive for one outside.
  @inline(__always)
  func distanceToFace(_ x: Float, _ y: Float, _ z: Float) -> Float {
    let low = min(x - self.x, y - self.y, z - self.z)
    return min(low, self.x + side - x, self.y + side - y, self.z + side - z)
  }

  @inline(__always)
  func octant(of x: Float, _ y: Float, _ z: Float) -> Int {
    let half = side / 2
    return (x >= self.x + half ? 4 : 0) + (y >= self.y + half ? 2 : 0)
      + (z >= self.z + half ? 1 : 0)
  }

  func octant(_ index: Int) -> Cube {
    let half = side / 2
    return Cube(
      x: x + (index & 4 != 0 ? half : 0), y: y + (index & 2 != 0 ? half : 0),
      z: z + (index & 1 != 0 ? half : 0), side: half)
  }
}
