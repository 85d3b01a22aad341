/// The particles of a slab of the box and those just above it, sorted into small cubic cells.
///
/// The box has `cellsPerBox` cells along each axis, so small that the particles of one cell are
/// all friends: the side is at most the linking length / sqrt(3). Friends are then at most two
/// cells apart. Cells are numbered in the order (x, y, z), and only those with particles count; a
/// column is a run of cells that share x and y. Along x the cells begin at the slab, along y and z
/// the box is periodic.
///
/// Not the cells of `Fields`: positions are whole numbers here, cells are far smaller than the mean distance of
/// particles, so that only those with particles are kept, and they begin at the slab.
///
/// Memory: 28 bytes a particle and 4 bytes for each of about 75 columns per square separation.
struct CellColumns {
  /// The linking length in units of positions.
  let linkingLength: UInt32

  /// The cells along each axis of the box, seven at least.
  let cellsPerBox: Int

  /// The cells along x that the slab and what is above it take.
  let layerCount: Int

  /// The position at which the slab begins along x.
  let slabStart: UInt64

  /// The number of the slab's own particles, the first of those given.
  let ownCount: Int

  /// The particles in the order of cells: indices of the slab's own, then of those above it.
  let order: [Int32]

  /// Their positions [n, 3].
  let positions: [UInt32]

  /// The first cell of each column [layer, cellsPerBox], and the end of the last.
  let columnStarts: [Int32]

  /// The first particle of each cell, and the end of the last.
  let cellStarts: [Int32]

  /// The position of each cell along z, counted in cells.
  let cellHeights: [Int32]

  /// The number of cells with particles.
  var cellCount: Int { cellHeights.count }

  /// Sorts particles into cells.
  ///
  /// - Parameters:
  ///   - positions: Those of the slab, then those within a linking length above it [n, 3].
  ///   - ownCount: The number of the slab's own particles.
  ///   - slab: The range of positions that the slab takes along x.
  ///   - linkingLength: In units of positions, from 1024 to 2^30.
  init(positions: [UInt32], ownCount: Int, slab: Range<UInt64>, linkingLength: UInt32) {
    precondition(linkingLength >= 1 << 10 && linkingLength <= 1 << 30, "an unusable linking length")
    self.linkingLength = linkingLength
    slabStart = slab.lowerBound
    self.ownCount = ownCount
    // The cells' side w is at most l / sqrt(3), and more than l / 2 as l is at most a fourth of the
    // box, so that particles three cells apart are more than 2 w > l apart.
    let side = (Double(linkingLength) / 3.0.squareRoot()).rounded(.down)
    let cellsPerBox = Int((0x1p32 / side).rounded(.up))
    self.cellsPerBox = cellsPerBox
    let width = UInt64(slab.upperBound - slab.lowerBound)
    layerCount = Self.cell(width + UInt64(linkingLength), cellsPerBox) + 1

    let count = positions.count / 3
    var columns = [Int32](repeating: 0, count: count)
    var heights = [Int32](repeating: 0, count: count)
    for index in 0..<count {
      let ahead = UInt64(positions[3 * index] &- UInt32(slab.lowerBound))
      let x =
        index < ownCount
        ? ahead
        : width + UInt64(positions[3 * index] &- UInt32(truncatingIfNeeded: slab.upperBound))
      let column =
        Self.cell(x, cellsPerBox) * cellsPerBox
        + Self.cell(UInt64(positions[3 * index + 1]), cellsPerBox)
      columns[index] = Int32(column)
      heights[index] = Int32(Self.cell(UInt64(positions[3 * index + 2]), cellsPerBox))
    }
    let identity = (0..<count).map { Int32($0) }
    let byHeight = Self.sorted(identity, by: heights, below: cellsPerBox)
    let order = Self.sorted(byHeight, by: columns, below: layerCount * cellsPerBox)
    self.order = order
    self.positions = [UInt32](unsafeUninitializedCapacity: 3 * count) { buffer, initialized in
      for index in order {
        for axis in 3 * Int(index)..<3 * Int(index) + 3 {
          buffer.initializeElement(at: initialized, to: positions[axis])
          initialized += 1
        }
      }
    }
    var columnStarts = [Int32](repeating: 0, count: layerCount * cellsPerBox + 1)
    var cellStarts: [Int32] = []
    var cellHeights: [Int32] = []
    cellStarts.reserveCapacity(count + 1)
    cellHeights.reserveCapacity(count)
    var last: (column: Int32, height: Int32) = (-1, -1)
    for (sorted, index) in order.enumerated() {
      let here = (columns[Int(index)], heights[Int(index)])
      guard here != last else { continue }
      cellStarts.append(Int32(sorted))
      cellHeights.append(here.1)
      columnStarts[Int(here.0) + 1] += 1
      last = here
    }
    cellStarts.append(Int32(count))
    for column in 1..<columnStarts.count { columnStarts[column] += columnStarts[column - 1] }
    self.columnStarts = columnStarts
    self.cellStarts = cellStarts
    self.cellHeights = cellHeights
  }

  /// The cell that a position along an axis is in.
  @inline(__always)
  static func cell(_ position: UInt64, _ cellsPerBox: Int) -> Int {
    Int((position * UInt64(cellsPerBox)) >> 32)
  }

  // Sorts indices by their keys, and keeps the order of those with the same.
  private static func sorted(_ indices: [Int32], by keys: [Int32], below bound: Int) -> [Int32] {
    var next = [Int32](repeating: 0, count: bound + 1)
    for key in keys { next[Int(key) + 1] += 1 }
    for key in 1...bound { next[key] += next[key - 1] }
    return [Int32](unsafeUninitializedCapacity: indices.count) { buffer, initialized in
      for index in indices {
        let key = Int(keys[Int(index)])
        buffer.initializeElement(at: Int(next[key]), to: index)
        next[key] += 1
      }
      initialized = indices.count
    }
  }
}
