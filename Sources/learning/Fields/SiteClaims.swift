internal import MPI
internal import Snapshots

/// Particles that claim sites of this rank, more than one perhaps the same.
struct SiteClaims {
  let ids: [UInt64]
  let sites: [Int64]
  let squares: [Double]
  let positions: [Double]

  /// Undone positions from the lattice's first site [particle, 3], [cells].
  let origins: [Double]

  /// The IDs and positions in the order of sites, once settled and placed.
  private(set) var placedIDs: [UInt64] = []
  private(set) var placedPositions: [Double] = []

  private var free: [Int64] = []

  init(
    ids: [UInt64], sites: [Int64], squares: [Double], positions: [Double], origins: [Double]
  ) {
    self.ids = ids
    self.sites = sites
    self.squares = squares
    self.positions = positions
    self.origins = origins
  }

  /// Gives each site to the nearest of its claimants, the lowest ID among equals.
  ///
  /// - Parameter range: The sites of this rank.
  /// - Returns: The particles that lost.
  mutating func settle(_ range: Range<Int>) -> [Int] {
    var winners = [Int](repeating: -1, count: range.count)
    var losers: [Int] = []
    for particle in ids.indices {
      let place = Int(sites[particle]) - range.lowerBound
      let other = winners[place]
      if other < 0 {
        winners[place] = particle
      } else if (squares[particle], ids[particle]) < (squares[other], ids[other]) {
        losers.append(other)
        winners[place] = particle
      } else {
        losers.append(particle)
      }
    }
    placedIDs = winners.map { $0 < 0 ? 0 : ids[$0] }
    placedPositions = winners.flatMap { winner in
      winner < 0 ? [0, 0, 0] : Array(positions[3 * winner..<3 * winner + 3])
    }
    free = winners.indices.filter { winners[$0] < 0 }.map { Int64($0 + range.lowerBound) }
    return losers
  }

  /// Gives the losers of all ranks the free sites.
  ///
  /// Collective.
  mutating func place(
    _ losers: [Int], _ planes: PlaneDecomposition, on communicator: borrowing Communicator
  ) throws(MPIError) {
    let allIDs = try communicator.allGatherVarying(losers.map { ids[$0] }).elements
    let allOrigins = try communicator.allGatherVarying(triples(origins, losers)).elements
    let allPositions = try communicator.allGatherVarying(triples(positions, losers)).elements
    let allFree = try communicator.allGatherVarying(free).elements
    let assigned = assignLeftOverSites(
      ids: allIDs,
      origins: allIDs.indices.map {
        SIMD3(allOrigins[3 * $0], allOrigins[3 * $0 + 1], allOrigins[3 * $0 + 2])
      }, free: allFree.map { Int($0) }, gridSize: planes.gridSize)
    let range = planes.sites(of: communicator.rank)
    for (particle, site) in assigned.enumerated() where range.contains(site) {
      let place = site - range.lowerBound
      placedIDs[place] = allIDs[particle]
      for axis in 0..<3 {
        placedPositions[3 * place + axis] = allPositions[3 * particle + axis]
      }
    }
  }

  private func triples(_ values: [Double], _ particles: [Int]) -> [Double] {
    particles.flatMap { Array(values[3 * $0..<3 * $0 + 3]) }
  }
}
