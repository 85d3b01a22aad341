/// The cubic cells that a periodic box is searched by.
///
/// The cells follow from the number of particles and the box alone, never from the ranks, so that a
/// distance computed from positions relative to the cells has the same bits everywhere. A cell
/// holds 2.5^3 particles on average: on a slightly disturbed lattice the 32nd neighbour is
/// 2.0 to 2.3 mean spacings away, and lies in the 27 cells around a particle.
struct CellGrid: Hashable, Sendable {
  /// The cells along one axis.
  let cellsPerSide: Int

  /// The side of the box [Mpc/h].
  let boxSize: Double

  /// The side of a cell [Mpc/h].
  let cellSize: Double

  /// Makes the cells for `particleCount` particles in a box of `boxSize` [Mpc/h].
  init(particleCount: Int, boxSize: Double) {
    var side = 1
    while 125 * (side + 1) * (side + 1) * (side + 1) <= 8 * particleCount { side += 1 }
    cellsPerSide = side
    self.boxSize = boxSize
    cellSize = boxSize / Double(cellsPerSide)
  }

  /// The columns of cells along the last axis, numbered with the first axis slowest.
  var columnCount: Int { cellsPerSide * cellsPerSide }

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
