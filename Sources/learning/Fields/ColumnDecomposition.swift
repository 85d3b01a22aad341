internal import MPI

/// The columns of cells of each rank: ranges in order, with about equally many particles.
struct ColumnDecomposition {
  private let grid: CellGrid

  /// The first column of each rank, and the number of columns.
  private let bounds: [Int]

  /// Shares out the columns by the particles that all ranks have.
  ///
  /// Collective.
  init(
    _ positions: [Double], _ grid: CellGrid, on communicator: borrowing Communicator
  ) throws(MPIError) {
    var counts = [Int64](repeating: 0, count: grid.columnCount)
    for start in stride(from: 0, to: positions.count, by: 3) {
      counts[grid.column(positions[start], positions[start + 1])] += 1
    }
    var span = counts.mutableSpan
    try communicator.allReduce(&span, .sum)
    let total = Int(counts.reduce(0, +))
    var bounds = [0]
    var sum = 0
    for column in counts.indices {
      // Rank r begins where r/ranks of the particles lie before.
      while bounds.count < communicator.size, sum * communicator.size >= bounds.count * total {
        bounds.append(column)
      }
      sum += Int(counts[column])
    }
    while bounds.count <= communicator.size { bounds.append(grid.columnCount) }
    self.grid = grid
    self.bounds = bounds
  }

  /// The columns of a rank.
  func columns(of rank: Int) -> Range<Int> { bounds[rank]..<bounds[rank + 1] }

  /// The ranks that particles belong to.
  func destinations(_ positions: [Double]) -> [Int32] {
    let ranks = ranksOfColumns()
    return stride(from: 0, to: positions.count, by: 3).map { start in
      ranks[grid.column(positions[start], positions[start + 1])]
    }
  }

  /// Gets the particles of some columns from the ranks that have them.
  ///
  /// Collective.
  ///
  /// - Parameters:
  ///   - columns: The columns that this rank needs, in ascending order.
  ///   - own: The columns that this rank has.
  ///   - communicator: The ranks.
  /// - Returns: A list of the columns asked for.
  /// - Throws: The error that MPI reported.
  func fetch(
    _ columns: [Int], _ own: CellList, on communicator: borrowing Communicator
  ) throws(MPIError) -> CellList {
    let ranks = ranksOfColumns()
    let asking = Routing(columns.map { ranks[$0] }, ranks: communicator.size)
    let asked = try asking.exchange(columns.map { Int64($0) }, on: communicator)

    // Answers go back in the order of the questions, which is that of columns.
    var counts: [Int64] = []
    var offsets: [Float] = []
    var countCounts = [Int](repeating: 0, count: communicator.size)
    var offsetCounts = countCounts
    var question = 0
    for (rank, questions) in asked.counts.enumerated() {
      for column in asked.elements[question..<question + questions] {
        let cells = own.counts(ofColumn: Int(column))
        let particles = own.particles(ofColumn: Int(column))
        counts += cells
        countCounts[rank] += cells.count
        for particle in particles {
          for axis in 0..<3 { offsets.append(own.offsets[axis * own.count + particle]) }
        }
        offsetCounts[rank] += 3 * particles.count
      }
      question += questions
    }
    return CellList(
      grid: grid, columns: columns,
      counts: try communicator.allToAllVarying(counts, counts: countCounts).elements,
      interleaved: try communicator.allToAllVarying(offsets, counts: offsetCounts).elements)
  }

  private func ranksOfColumns() -> [Int32] {
    var ranks: [Int32] = []
    ranks.reserveCapacity(grid.columnCount)
    for rank in 0..<bounds.count - 1 {
      ranks += [Int32](repeating: Int32(rank), count: bounds[rank + 1] - bounds[rank])
    }
    return ranks
  }
}
