/// The cubic cells of a periodic box, by which its particles are found.
package struct CellGrid: Hashable, Sendable {
  /// The cells along one axis.
  package let cellsPerSide: Int

  /// The side of the box [Mpc/h].
  package let boxSize: Double

  /// The side of a cell [Mpc/h].
  package let cellSize: Double

  /// Makes `cellsPerSide` cells along each axis of a box of `boxSize` [Mpc/h].
  package init(cellsPerSide: Int, boxSize: Double) {
    self.cellsPerSide = cellsPerSide
    self.boxSize = boxSize
    cellSize = boxSize / Double(cellsPerSide)
  }

  /// Makes the cells by which the 32 nearest neighbours of `particleCount` particles are found in a box of
  /// `boxSize` [Mpc/h].
  ///
  /// The cells follow from the number of particles and the box alone, never from the ranks, so that a
  /// distance computed from positions relative to the cells has the same bits everywhere. A cell
  /// holds 2.5^3 particles on average: on a slightly disturbed lattice the 32nd neighbour is
  /// 2.0 to 2.3 mean spacings away, and lies in the 27 cells around a particle.
  init(particleCount: Int, boxSize: Double) {
    var side = 1
    while 125 * (side + 1) * (side + 1) * (side + 1) <= 8 * particleCount { side += 1 }
    self.init(cellsPerSide: side, boxSize: boxSize)
  }

  /// The number of cells.
  package var cellCount: Int { cellsPerSide * cellsPerSide * cellsPerSide }

  /// The columns of cells along the last axis, numbered with the first axis slowest.
  var columnCount: Int { cellsPerSide * cellsPerSide }

  /// Returns the number of the cell of a position [Mpc/h], the first axis slowest; positions beyond the faces of the
  /// box are in the outermost cells.
  package func cell(_ x: Double, _ y: Double, _ z: Double) -> Int {
    column(x, y) * cellsPerSide + locate(z).cell
  }

  /// The cell of a coordinate along one axis, and the coordinate from the cell's lower face.
  @inline(__always)
  func locate(_ coordinate: Double) -> (cell: Int, offset: Float) {
    let cell = min(max(Int(coordinate / cellSize), 0), cellsPerSide - 1)
    return (cell, Float(coordinate - Double(cell) * cellSize))
  }

  /// The column of a position [Mpc/h].
  @inline(__always)
  func column(_ x: Double, _ y: Double) -> Int {
    locate(x).cell * cellsPerSide + locate(y).cell
  }

  /// The index of a cell that may lie up to one box outside.
  @inline(__always)
  func wrapped(_ cell: Int) -> Int {
    cell < 0 ? cell + cellsPerSide : cell >= cellsPerSide ? cell - cellsPerSide : cell
  }

  /// Whether a search of `reach` cells on every side is a search of the whole box.
  func isWholeBox(reach: Int) -> Bool { 2 * reach + 1 >= cellsPerSide }

  /// The columns within `reach` cells of those in `columns`, in ascending order.
  func neighbourhood(of columns: [Int], reach: Int) -> [Int] {
    guard !columns.isEmpty else { return [] }
    if isWholeBox(reach: reach) { return Array(0..<columnCount) }
    var isNeeded = [Bool](repeating: false, count: columnCount)
    for column in columns {
      let (first, second) = column.quotientAndRemainder(dividingBy: cellsPerSide)
      for i in first - reach...first + reach {
        for j in second - reach...second + reach {
          isNeeded[wrapped(i) * cellsPerSide + wrapped(j)] = true
        }
      }
    }
    return isNeeded.indices.filter { isNeeded[$0] }
  }
}
