internal import MPI
internal import Particles

extension Routing {
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
