internal import Heartbeat

extension CellColumns {
  /// Finds which cells are connected by friends.
  ///
  /// - Returns: The component of each particle, in the order they were given; components are
  ///   numbered from zero without gaps.
  /// - Complexity: 13 sweeps over pairs of columns, whatever the density of the particles in them.
  func components() -> [Int32] {
    var sets = DisjointSets(count: cellCount)
    for layer in 0..<layerCount {
      Heartbeat.beat()
      for row in 0..<cellsPerBox {
        let column = cells(layer, row)
        guard !column.isEmpty else { continue }
        linkWithin(column, &sets)
        // Half of the neighbouring columns: each pair is met once.
        for ahead in 0...min(2, layerCount - 1 - layer) {
          for beside in (ahead == 0 ? 1 : -2)...2 {
            let neighbour = (row + beside + cellsPerBox) % cellsPerBox
            link(column, cells(layer + ahead, neighbour), &sets)
          }
        }
      }
    }
    return numbered(&sets)
  }

  /// The cells of a column.
  @inline(__always)
  private func cells(_ layer: Int, _ row: Int) -> Range<Int> {
    let column = layer * cellsPerBox + row
    return Int(columnStarts[column])..<Int(columnStarts[column + 1])
  }

  private func linkWithin(_ column: Range<Int>, _ sets: inout DisjointSets) {
    for cell in column {
      var other = cell + 1
      while other < column.upperBound, cellHeights[other] - cellHeights[cell] <= 2 {
        linkCells(cell, other, &sets)
        other += 1
      }
      // Across the face of the box.
      let reach = Int(cellHeights[cell]) + 2 - cellsPerBox
      other = column.lowerBound
      while other < cell, Int(cellHeights[other]) <= reach {
        linkCells(cell, other, &sets)
        other += 1
      }
    }
  }

  private func link(_ column: Range<Int>, _ neighbour: Range<Int>, _ sets: inout DisjointSets) {
    guard !neighbour.isEmpty else { return }
    var first = neighbour.lowerBound
    for cell in column {
      let height = Int(cellHeights[cell])
      while first < neighbour.upperBound, Int(cellHeights[first]) < height - 2 { first += 1 }
      var other = first
      while other < neighbour.upperBound, Int(cellHeights[other]) <= height + 2 {
        linkCells(cell, other, &sets)
        other += 1
      }
      // Across the face of the box, from above and from below.
      other = neighbour.lowerBound
      while other < neighbour.upperBound, Int(cellHeights[other]) <= height + 2 - cellsPerBox {
        linkCells(cell, other, &sets)
        other += 1
      }
      other = neighbour.upperBound - 1
      while other >= neighbour.lowerBound, Int(cellHeights[other]) >= height - 2 + cellsPerBox {
        linkCells(cell, other, &sets)
        other -= 1
      }
    }
  }

  // Unites two cells if any of their particles are friends: at most a linking length apart, in
  // whole numbers. Each difference is less than three cells, so that the squares fit.
  @inline(__always)
  private func linkCells(_ first: Int, _ second: Int, _ sets: inout DisjointSets) {
    guard sets.representative(Int32(first)) != sets.representative(Int32(second)) else { return }
    let limit = UInt64(linkingLength) * UInt64(linkingLength)
    let isLinked = positions.withUnsafeBufferPointer { positions in
      for a in Int(cellStarts[first])..<Int(cellStarts[first + 1]) {
        let (x, y, z) = (positions[3 * a], positions[3 * a + 1], positions[3 * a + 2])
        for b in Int(cellStarts[second])..<Int(cellStarts[second + 1]) {
          let square =
            squaredDifference(x, positions[3 * b]) &+ squaredDifference(y, positions[3 * b + 1])
            &+ squaredDifference(z, positions[3 * b + 2])
          if square <= limit { return true }
        }
      }
      return false
    }
    if isLinked { sets.unite(Int32(first), Int32(second)) }
  }

  private func numbered(_ sets: inout DisjointSets) -> [Int32] {
    var numbers = [Int32](repeating: -1, count: cellCount)
    var components = [Int32](repeating: 0, count: order.count)
    var count: Int32 = 0
    for cell in 0..<cellCount {
      let representative = Int(sets.representative(Int32(cell)))
      if numbers[representative] < 0 {
        numbers[representative] = count
        count += 1
      }
      for sorted in Int(cellStarts[cell])..<Int(cellStarts[cell + 1]) {
        components[Int(order[sorted])] = numbers[representative]
      }
    }
    return components
  }
}

/// The square of the shortest way between two positions along an axis.
@inline(__always)
func squaredDifference(_ first: UInt32, _ second: UInt32) -> UInt64 {
  let difference = UInt64(Int32(bitPattern: first &- second).magnitude)
  return difference &* difference
}
