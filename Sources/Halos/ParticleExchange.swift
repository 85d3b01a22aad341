internal import MPI
internal import Particles

/// Which rank each of some elements goes to; several arrays can be sent by one routing.
struct ParticleExchange {
  // The elements' indices, those for rank 0 first, in ascending order for each rank.
  private let order: [Int]
  private let counts: [Int]

  /// - Parameters:
  ///   - destinations: The rank that each element goes to.
  ///   - ranks: The number of ranks.
  init(_ destinations: [Int32], ranks: Int) {
    var counts = [Int](repeating: 0, count: ranks)
    for rank in destinations { counts[Int(rank)] += 1 }
    var next = [Int](repeating: 0, count: ranks)
    for rank in 1..<ranks { next[rank] = next[rank - 1] + counts[rank - 1] }
    var order = [Int](repeating: 0, count: destinations.count)
    for (index, rank) in destinations.enumerated() {
      order[next[Int(rank)]] = index
      next[Int(rank)] += 1
    }
    self.order = order
    self.counts = counts
  }

  /// Sends each element's values [element, width] to its rank.
  ///
  /// Collective.
  ///
  /// - Returns: What came from rank 0, then from rank 1, and so on [element, width].
  func send<Element: MPIElement>(
    _ values: [Element], width: Int = 1, on communicator: borrowing Communicator
  ) throws(MPIError) -> [Element] {
    precondition(values.count == order.count * width, "each element has \(width) values")
    let sent = [Element](unsafeUninitializedCapacity: values.count) { buffer, count in
      for index in order {
        for value in index * width..<(index + 1) * width {
          buffer.initializeElement(at: count, to: values[value])
          count += 1
        }
      }
    }
    return try communicator.allToAllVarying(sent, counts: counts.map { $0 * width }).elements
  }

  /// Sends each particle to its rank.
  ///
  /// Collective.
  func send(
    _ particles: Particles, on communicator: borrowing Communicator
  ) throws(MPIError) -> Particles {
    Particles(
      sites: try send(particles.sites, on: communicator),
      positions: try send(particles.positions, width: 3, on: communicator),
      momenta: try send(particles.momenta, width: 3, on: communicator))
  }
}

extension Particles {
  /// The particles of the given indices, in their order.
  func picking(_ indices: [Int]) -> Particles {
    var picked = Particles()
    picked.sites.reserveCapacity(indices.count)
    picked.positions.reserveCapacity(3 * indices.count)
    picked.momenta.reserveCapacity(3 * indices.count)
    for index in indices {
      picked.sites.append(sites[index])
      for axis in 3 * index..<3 * index + 3 {
        picked.positions.append(positions[axis])
        picked.momenta.append(momenta[axis])
      }
    }
    return picked
  }
}
