extension CellColumns {
  /// Returns the squared distances of the slab's own particles in a sphere, in no order.
  ///
  /// - Parameters:
  ///   - radius: Less than half of the box, in units of positions.
  ///   - center: The position of the center [3], anywhere in the box.
  /// - Returns: Squares of distances in units of positions.
  func squaredDistances(within radius: UInt32, of center: SIMD3<UInt32>) -> [UInt64] {
    let reach = Int(radius)
    let limit = UInt64(radius) * UInt64(radius)
    var distances: [UInt64] = []
    let rows = periodicCells(from: Int(center.y) - reach, to: Int(center.y) + reach)
    let heights = periodicCells(from: Int(center.z) - reach, to: Int(center.z) + reach)
    // The sphere, and its images across the faces: a particle is in one of them at most.
    for image in -1...1 {
      let ahead = Int(center.x &- UInt32(slabStart)) + (image << 32)
      let first = max(0, ((ahead - reach) * cellsPerBox) >> 32)
      let last = min(layerCount - 1, ((ahead + reach) * cellsPerBox) >> 32)
      guard first <= last else { continue }
      for layer in first...last {
        for row in rows {
          let column = layer * cellsPerBox + row % cellsPerBox
          for cell in Int(columnStarts[column])..<Int(columnStarts[column + 1]) {
            let height = Int(cellHeights[cell])
            guard heights.contains(height) || heights.contains(height + cellsPerBox) else {
              continue
            }
            for sorted in Int(cellStarts[cell])..<Int(cellStarts[cell + 1])
            where Int(order[sorted]) < ownCount {
              let x = abs(Int(positions[3 * sorted] &- UInt32(slabStart)) - ahead)
              guard x <= reach else { continue }
              let square =
                UInt64(x * x) &+ squaredDifference(positions[3 * sorted + 1], center.y)
                &+ squaredDifference(positions[3 * sorted + 2], center.z)
              if square <= limit { distances.append(square) }
            }
          }
        }
      }
    }
    return distances
  }

  // The cells between two positions along a periodic axis, from 0 to twice the cells of the box;
  // none comes twice.
  private func periodicCells(from low: Int, to high: Int) -> Range<Int> {
    let first = (low * cellsPerBox) >> 32
    let last = (high * cellsPerBox) >> 32
    guard last - first + 1 < cellsPerBox else { return 0..<cellsPerBox }
    let start = (first + cellsPerBox) % cellsPerBox
    return start..<start + last - first + 1
  }
}
