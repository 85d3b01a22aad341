internal import Failures
internal import Foundation
internal import MPI
internal import Threads

/// Estimates the SPH density at every particle, or its smoothing length, from its nearest neighbours.
///
/// Particles are shared out among ranks by columns of cells, so that each rank has about as many;
/// a rank asks the others for the columns around its own, and asks for more as long as the last
/// neighbour of a particle may lie beyond them. Columns were preferred to one copy of all positions
/// on every node (12 bytes a particle, 13 GB at 1024^3): a rank holds its share and a margin.
///
/// The density is a function of the sorted distances (``SmoothingKernel``), and a distance one of
/// two positions, so the bits do not depend on ranks, threads or the order of particles.
///
/// Memory on a rank: 60 bytes for each of its particles while they are sorted, 24 for each
/// particle of the margin, and 12 bytes for each column of the box.
struct DensityEstimate: Sendable {
  /// The nearest neighbours of a particle, itself included.
  package let neighbours: Int

  /// The threads of a rank that search at a time.
  package let threads: Int

  /// Makes an estimate.
  ///
  /// - Parameters:
  ///   - neighbours: At least 2; 32 in the paper.
  ///   - threads: The threads of each rank.
  package init(neighbours: Int = 32, threads: Int = 1) {
    precondition(neighbours >= 2 && threads >= 1, "an estimate needs neighbours and a thread")
    self.neighbours = neighbours
    self.threads = threads
  }

  /// Computes the densities of particles that any ranks have.
  ///
  /// Collective.
  ///
  /// - Parameters:
  ///   - positions: This rank's particles [particle, 3], [Mpc/h], each coordinate in [0, box).
  ///   - boxSize: The side of the periodic box [Mpc/h].
  ///   - communicator: The ranks.
  /// - Returns: The density of each of this rank's particles [particle], [rho/rho_mean].
  /// - Throws: `AgreedFailure` with a `Failure` if there are too few particles, or many at one point.
  package func densities(
    at positions: [Double], boxSize: Double, on communicator: borrowing Communicator
  ) throws -> [Float] {
    try values(at: positions, boxSize: boxSize, on: communicator) { squares, volume in
      SmoothingKernel.density(ofSortedSquares: squares, volume: volume)
    }
  }

  /// Computes the smoothing lengths of particles that any ranks have: half the distance of the last
  /// neighbour.
  ///
  /// Collective.
  ///
  /// - Parameters:
  ///   - positions: This rank's particles [particle, 3], [Mpc/h], each coordinate in [0, box).
  ///   - boxSize: The side of the periodic box [Mpc/h].
  ///   - communicator: The ranks.
  /// - Returns: The smoothing length of each of this rank's particles [particle], [Mpc/h].
  /// - Throws: `AgreedFailure` with a `Failure` if there are too few particles, or many at one point.
  func smoothingLengths(
    at positions: [Double], boxSize: Double, on communicator: borrowing Communicator
  ) throws -> [Float] {
    try values(at: positions, boxSize: boxSize, on: communicator) { squares, _ in
      let length = SmoothingKernel.smoothingLength(ofSortedSquares: squares)
      return length > 0 ? length : .infinity
    }
  }

  /// Computes what follows from the squared distances of the neighbours in ascending order
  /// [(Mpc/h)^2] and the mean volume of a particle [(Mpc/h)^3]; infinite for particles at one point.
  private typealias Quantity = @Sendable (UnsafeBufferPointer<Float>, Double) -> Double

  private func values(
    at positions: [Double], boxSize: Double, on communicator: borrowing Communicator,
    _ quantity: @escaping Quantity
  ) throws -> [Float] {
    let count = positions.count / 3
    let first = try communicator.exclusiveSum(Int64(count))
    let firsts = try communicator.allGather(first)
    let tags = (0..<count).map { first + Int64($0) }
    let result = try search(positions, tags, quantity, boxSize: boxSize, on: communicator)
    let destinations = result.tags.map { tag in
      // The last rank that begins at or before the tag: those before it with the same are empty.
      Int32(firsts.lastIndex { $0 <= tag } ?? 0)
    }
    let routing = Routing(destinations, ranks: communicator.size)
    let returned = try routing.send(result.tags, on: communicator)
    let sent = try routing.send(result.values, on: communicator)
    var values = [Float](repeating: 0, count: count)
    for (tag, value) in zip(returned, sent) { values[Int(tag - first)] = value }
    return values
  }

  /// Computes values, and leaves each with its tag on the rank that searched for it.
  ///
  /// Collective.
  private func search(
    _ positions: [Double], _ tags: [Int64], _ quantity: @escaping Quantity, boxSize: Double,
    on communicator: borrowing Communicator
  ) throws -> (tags: [Int64], values: [Float]) {
    let count = Int(try communicator.allReduce(Int64(tags.count), .sum))
    try communicator.agree { () throws(Failure) in
      guard count < neighbours else { return }
      throw Failure(
        .badData, "estimating densities",
        because: "\(count) particles have no \(neighbours) nearest neighbours each",
        remedy: "Give more particles.")
    }
    let grid = CellGrid(particleCount: count, boxSize: boxSize)
    let columns = try ColumnDecomposition(positions, grid, on: communicator)
    let routing = Routing(columns.destinations(positions), ranks: communicator.size)
    let tags = try routing.send(tags, on: communicator)
    let mine = Array(columns.columns(of: communicator.rank))
    let (own, order) = CellList.sorting(
      try routing.send(positions, width: 3, on: communicator), into: mine, of: grid)

    var sorted = [Float](repeating: .nan, count: own.count)
    var reach = 1
    let volume = boxSize * boxSize * boxSize / Double(count)
    while try communicator.allReduce(Int32(sorted.contains(where: \.isNaN) ? 1 : 0), .maximum) > 0 {
      let waiting = mine.filter { column in
        own.particles(ofColumn: column).contains { sorted[$0].isNaN }
      }
      let surroundings = try columns.fetch(
        grid.neighbourhood(of: waiting, reach: reach), own, on: communicator)
      let search = NeighbourSearch(surroundings, neighbours: neighbours, reach: reach) {
        quantity($0, volume)
      }
      run(search, waiting, own, &sorted)
      reach += 1
    }
    try communicator.agree { () throws(Failure) in
      guard sorted.contains(where: { !$0.isFinite }) else { return }
      throw Failure(
        .badData, "estimating densities",
        because: "\(neighbours) particles or more are at one point, where the density has no value",
        remedy: "Check the positions.")
    }
    return (tags, order.map { sorted[$0] })
  }

  /// Searches columns on several threads, each column on one of them.
  private func run(
    _ search: NeighbourSearch, _ columns: [Int], _ own: CellList, _ values: inout [Float]
  ) {
    values.withUnsafeMutableBufferPointer { values in
      // Threads write to particles of different columns.
      nonisolated(unsafe) let values = values
      WorkerThreads(count: threads).forEach(of: columns.count) { index in
        let particles = own.particles(ofColumn: columns[index])
        search.search(
          column: columns[index],
          values: UnsafeMutableBufferPointer(rebasing: values[particles]))
      }
    }
  }
}
