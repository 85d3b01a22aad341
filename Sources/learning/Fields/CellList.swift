/// Particles sorted by cell, for a set of whole columns of the cell grid.
///
/// Twelve bytes a particle and eight bytes a cell, and four bytes for each column of the box.
struct CellList: Sendable {
  let grid: CellGrid

  /// The columns held here, in ascending order.
  let columns: [Int]

  /// The place of each column of the box in ``columns``, -1 for one that is not held.
  let slots: [Int32]

  /// The index of the first particle of each cell: cell `z` of the column in slot `s` has entry
  /// `s * cellsPerSide + z`, and the last entry is the number of particles.
  let starts: [Int]

  /// Positions from the lower corner of the particle's cell, the axes one after the other
  /// [3, particle], [Mpc/h].
  let offsets: [Float]

  var count: Int { starts[starts.count - 1] }

  /// Sorts particles into cells, and tells where each of them went.
  ///
  /// - Parameters:
  ///   - positions: [particle, 3], [Mpc/h], each in [0, box), all of them in `columns`.
  ///   - columns: The columns to hold, in ascending order; some may be empty.
  ///   - grid: The cells of the box.
  /// - Returns: The list, and the index in the list of each particle given.
  static func sorting(
    _ positions: [Double], into columns: [Int], of grid: CellGrid
  ) -> (list: CellList, order: [Int]) {
    let slots = Self.slots(of: columns, grid)
    let side = grid.cellsPerSide
    let count = positions.count / 3
    var cells = [Int](repeating: 0, count: count)
    var starts = [Int](repeating: 0, count: columns.count * side + 1)
    for particle in 0..<count {
      let column = grid.column(positions[3 * particle], positions[3 * particle + 1])
      precondition(slots[column] >= 0, "a particle lies outside the columns of its list")
      let cell = Int(slots[column]) * side + grid.locate(positions[3 * particle + 2]).cell
      cells[particle] = cell
      starts[cell + 1] += 1
    }
    for cell in 1..<starts.count { starts[cell] += starts[cell - 1] }
    var next = starts
    var order = [Int](repeating: 0, count: count)
    var offsets = [Float](repeating: 0, count: 3 * count)
    for particle in 0..<count {
      let place = next[cells[particle]]
      next[cells[particle]] += 1
      order[particle] = place
      for axis in 0..<3 {
        offsets[axis * count + place] = grid.locate(positions[3 * particle + axis]).offset
      }
    }
    let list = CellList(
      grid: grid, columns: columns, slots: slots, starts: starts, offsets: offsets)
    return (list, order)
  }

  /// Joins columns that arrived cell by cell.
  ///
  /// - Parameters:
  ///   - grid: The cells of the box.
  ///   - columns: The columns, in ascending order.
  ///   - counts: The particles of each cell [column, cell].
  ///   - offsets: Their positions from the cell's lower corner [particle, 3], [Mpc/h].
  init(grid: CellGrid, columns: [Int], counts: [Int64], interleaved offsets: [Float]) {
    var starts = [0]
    starts.reserveCapacity(counts.count + 1)
    var total = 0
    for count in counts {
      total += Int(count)
      starts.append(total)
    }
    var split = [Float](repeating: 0, count: 3 * total)
    for particle in 0..<total {
      for axis in 0..<3 { split[axis * total + particle] = offsets[3 * particle + axis] }
    }
    self.init(
      grid: grid, columns: columns, slots: Self.slots(of: columns, grid), starts: starts,
      offsets: split)
  }

  private init(
    grid: CellGrid, columns: [Int], slots: [Int32], starts: [Int], offsets: [Float]
  ) {
    self.grid = grid
    self.columns = columns
    self.slots = slots
    self.starts = starts
    self.offsets = offsets
  }

  /// The particles of a held column.
  func particles(ofColumn column: Int) -> Range<Int> {
    let first = Int(slots[column]) * grid.cellsPerSide
    return starts[first]..<starts[first + grid.cellsPerSide]
  }

  /// The number of particles in each cell of a held column.
  func counts(ofColumn column: Int) -> [Int64] {
    let first = Int(slots[column]) * grid.cellsPerSide
    return (first..<first + grid.cellsPerSide).map { Int64(starts[$0 + 1] - starts[$0]) }
  }

  private static func slots(of columns: [Int], _ grid: CellGrid) -> [Int32] {
    var slots = [Int32](repeating: -1, count: grid.columnCount)
    for (slot, column) in columns.enumerated() { slots[column] = Int32(slot) }
    return slots
  }
}
