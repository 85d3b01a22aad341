internal import Failures
internal import MPI
package import Snapshots

/// The way in which the sites of particles were found.
package enum SiteOrigin: Hashable, Codable, Sendable {
  /// The IDs name them, as the undone positions confirm.
  case ids(LagrangianLattice)

  /// Each particle took the site nearest to its undone position; `moved` of them took another,
  /// because a nearer particle had it.
  case positions(moved: Int)
}

/// The initial particles in the order of their sites.
struct SitedParticles {
  /// Positions of the particles of this rank's sites [site, 3], [Mpc/h].
  var positions: [Double]

  /// The map from particle IDs to sites.
  var map: SiteMap

  /// The way in which the sites were found.
  var origin: SiteOrigin

  /// The root mean square distance of undone positions from the sites [cells].
  var residual: Double

  /// The fraction of particles whose undone position is within half a cell of the site.
  var nearFraction: Double
}

/// Finds the site that each initial particle started from.
///
/// First by the IDs, of which exactly one convention must agree with the undone positions; else by
/// the undone positions; else not at all (Documentation/numerics.md). The result is the same for any number
/// of ranks.
struct SiteFinder {
  let snapshot: Snapshot
  let planes: PlaneDecomposition
  let undoing: DisplacementUndoing

  init(_ snapshot: Snapshot, _ planes: PlaneDecomposition) {
    self.snapshot = snapshot
    self.planes = planes
    undoing = DisplacementUndoing(snapshot, gridSize: planes.gridSize)
  }

  /// Finds the sites, and brings each particle to the rank of its site.
  ///
  /// Collective.
  func find(
    _ particles: SnapshotParticles, on communicator: borrowing Communicator
  ) throws -> SitedParticles {
    if let sited = try byIDs(particles, on: communicator) { return sited }
    return try byPositions(particles, on: communicator)
  }

  private func byIDs(
    _ particles: SnapshotParticles, on communicator: borrowing Communicator
  ) throws -> SitedParticles? {
    let found = try LagrangianLattice.found(
      in: particles, of: snapshot, gridSize: planes.gridSize, on: communicator)
    guard let (lattice, residual) = found else { return nil }

    var near: Int64 = 0
    for index in particles.ids.indices {
      let square = lattice.squaredDistance(
        from: undoing.origin(particles, index), toSiteOfID: particles.ids[index])
      if let square, square < 0.25 { near += 1 }
    }
    near = try communicator.allReduce(near, .sum)
    let sites = particles.ids.map { Int64(lattice.site(ofID: $0) ?? 0) }
    let routing = routing(sites, on: communicator)
    let arrived = try routing.send(sites, on: communicator)
    let moved = try routing.send(particles.positions, width: 3, on: communicator)
    let positions = try communicator.agree { () throws(Failure) in
      try place(moved, arrived, communicator.rank) { site in lattice.id(ofSite: site) }
    }
    return SitedParticles(
      positions: positions, map: .lattice(lattice), origin: .ids(lattice), residual: residual,
      nearFraction: Double(near) / Double(snapshot.particleCount))
  }

  private func byPositions(
    _ particles: SnapshotParticles, on communicator: borrowing Communicator
  ) throws -> SitedParticles {
    let n = planes.gridSize
    var phase = LatticePhase()
    for index in particles.ids.indices { phase.add(undoing.origin(particles, index)) }
    var sums = phase.sums
    try communicator.sum(&sums)
    let offset = LatticePhase.offset(sums)

    var proposals: [Int64] = []
    var squares: [Double] = []
    var residual: [Int64] = [0, 0]
    for index in particles.ids.indices {
      let nearest = NearestSite(
        to: undoing.origin(particles, index), gridSize: n, offset: offset)
      proposals.append(Int64(nearest.site))
      squares.append(nearest.squaredDistance)
      residual[0] += Int64((nearest.squaredDistance * 0x1p28).rounded())
      residual[1] += nearest.squaredDistance < 0.25 ? 1 : 0
    }
    try communicator.sum(&residual)
    let count = snapshot.particleCount
    let rms = (Double(residual[0]) * 0x1p-28 / Double(count)).squareRoot()
    if !(rms < 0.1) {
      let factor = try velocityFactor(fitting: particles, on: communicator)
      try communicator.agree { () throws(Failure) in
        throw noLattice("undone positions are \(rms) cells from any lattice", factor)
      }
    }

    let routing = routing(proposals, on: communicator)
    var claims = SiteClaims(
      ids: try routing.send(particles.ids, on: communicator),
      sites: try routing.send(proposals, on: communicator),
      squares: try routing.send(squares, on: communicator),
      positions: try routing.send(particles.positions, width: 3, on: communicator),
      origins: try routing.send(
        particles.ids.indices.flatMap { index in
          let place = undoing.origin(particles, index) - offset
          return [place.x, place.y, place.z]
        }, width: 3, on: communicator))
    let losers = claims.settle(planes.sites(of: communicator.rank))
    let moved = try communicator.allReduce(Int64(losers.count), .sum)
    try communicator.agree { () throws(Failure) in
      guard Int(moved) > max(8, count / 100) else { return }
      throw noLattice("\(moved) of \(count) particles came second at their nearest site")
    }
    try claims.place(losers, planes, on: communicator)
    return SitedParticles(
      positions: claims.placedPositions,
      map: try .table(
        ofIDs: claims.placedIDs, sites: planes.sites(of: communicator.rank), in: snapshot,
        on: communicator),
      origin: .positions(moved: Int(moved)), residual: rms,
      nearFraction: Double(residual[1]) / Double(count))
  }

  private func routing(_ sites: [Int64], on communicator: borrowing Communicator) -> Routing {
    Routing(sites.map { Int32(planes.rank(ofSite: Int($0))) }, ranks: communicator.size)
  }

  /// Puts positions in the order of sites; two particles at one site have one ID.
  private func place(
    _ positions: [Double], _ sites: [Int64], _ rank: Int, id: (Int) -> UInt64
  ) throws(Failure) -> [Double] {
    let mine = planes.sites(of: rank)
    var placed = [Double](repeating: .nan, count: 3 * mine.count)
    for (index, site) in sites.enumerated() {
      let place = 3 * (Int(site) - mine.lowerBound)
      guard placed[place].isNaN else { throw .duplicateID(id(Int(site)), snapshot) }
      for axis in 0..<3 { placed[place + axis] = positions[3 * index + axis] }
    }
    return placed
  }

  private func noLattice(_ reason: String, _ factor: Double? = nil) -> Failure {
    guard let factor else {
      return Failure(
        .noLattice, in: snapshot.path, dataset: snapshot.format.names.positions,
        because: "the particles did not start from a cubic grid: \(reason)",
        remedy: "Give initial conditions from a grid, not a glass, with GADGET's velocities, at a "
          + "redshift at which displacements are linear.")
    }
    let units = snapshot.units
    return Failure(
      .noLattice, in: snapshot.path, dataset: snapshot.format.names.velocities,
      because: "velocities are not sqrt(a) dx/dt as GADGET stores them: \(reason), but they come "
        + "from a cubic grid with velocities \(factor) times these",
      remedy: "Give the simulation `units: {length: \(units.length), mass: \(units.mass), "
        + "velocity: \(units.velocity * factor)}` in the experiment file.")
  }
}

extension Communicator {
  /// Adds arrays of whole numbers of all ranks, element by element.
  ///
  /// Collective.
  func sum(_ values: inout [Int64]) throws(MPIError) {
    var span = values.mutableSpan
    try allReduce(&span, .sum)
  }
}
