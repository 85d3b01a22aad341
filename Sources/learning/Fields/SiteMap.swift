internal import Failures
internal import MPI
internal import Snapshots

/// The map from particle IDs to the sites of the Lagrangian grid that the particles started from.
enum SiteMap {
  /// The ID names the site.
  case lattice(LagrangianLattice)

  /// Each rank knows the sites of the IDs that leave its number when divided by the ranks, in
  /// ascending order of IDs.
  case table(ids: [UInt64], sites: [Int64])

  /// Finds the way of particles to the ranks that have their sites.
  ///
  /// Collective.
  ///
  /// - Parameters:
  ///   - ids: The particles' IDs.
  ///   - planes: The sites of each rank.
  ///   - snapshot: The snapshot that they are of, for errors.
  ///   - communicator: The ranks.
  /// - Returns: The sites of this rank, and the way for numbers of their particles.
  /// - Throws: A `Failure` for an ID that has no site, or for two with the same.
  func routing(
    of ids: [UInt64], to planes: PlaneDecomposition, in snapshot: Snapshot,
    on communicator: borrowing Communicator
  ) throws -> SiteRouting {
    var ids = ids
    var toTable: Routing?
    if case .table = self {
      let ranks = UInt64(communicator.size)
      let routing = Routing(ids.map { Int32($0 % ranks) }, ranks: communicator.size)
      ids = try routing.send(ids, on: communicator)
      toTable = routing
    }
    let sites = try communicator.agree { () throws(Failure) in
      try ids.map { (id) throws(Failure) in
        guard let site = self.site(ofID: id) else {
          throw Failure(
            .wrongIDs, in: snapshot.path, dataset: snapshot.format.names.ids,
            because: "ID \(id) belongs to no particle of the initial snapshot",
            remedy: "Give the initial and the final snapshot of one simulation.")
        }
        return Int64(site)
      }
    }
    let toSites = Routing(
      sites.map { Int32(planes.rank(ofSite: Int($0))) }, ranks: communicator.size)
    let first = planes.sites(of: communicator.rank).lowerBound
    let places = try toSites.send(sites, on: communicator).map { Int($0) - first }
    try communicator.agree { () throws(Failure) in
      var isMet = [Bool](repeating: false, count: planes.sites(of: communicator.rank).count)
      for place in places {
        guard !isMet[place] else {
          throw Failure(
            .wrongIDs, in: snapshot.path, dataset: snapshot.format.names.ids,
            because: "the ID of the particle from site \(first + place) occurs more than once",
            remedy: "Copy the snapshot again, or use IDs that are wide enough.")
        }
        isMet[place] = true
      }
    }
    return SiteRouting(toTable: toTable, toSites: toSites, places: places)
  }

  /// The site of an ID, if this rank knows it.
  private func site(ofID id: UInt64) -> Int? {
    switch self {
    case .lattice(let lattice): return lattice.site(ofID: id)
    case .table(let ids, let sites):
      var low = 0
      var high = ids.count
      while low < high {
        let middle = (low + high) / 2
        if ids[middle] < id { low = middle + 1 } else { high = middle }
      }
      return low < ids.count && ids[low] == id ? Int(sites[low]) : nil
    }
  }
}

/// The way of particles to the ranks that have their sites.
struct SiteRouting {
  fileprivate let toTable: Routing?
  fileprivate let toSites: Routing

  /// The site of each particle that arrives, counted from the first of this rank.
  fileprivate let places: [Int]

  /// Sends each particle's values to its site.
  ///
  /// Collective.
  ///
  /// - Parameters:
  ///   - values: [particle, width], in the order of the IDs.
  ///   - width: The number of values of each particle.
  ///   - communicator: The ranks.
  /// - Returns: The values at the sites of this rank [site, width].
  /// - Throws: The error that MPI reported.
  func send<Element: MPIElement>(
    _ values: [Element], width: Int = 1, on communicator: borrowing Communicator
  ) throws(MPIError) -> [Element] {
    let known = try toTable?.send(values, width: width, on: communicator) ?? values
    let arrived = try toSites.send(known, width: width, on: communicator)
    var sorted = arrived
    for (index, place) in places.enumerated() {
      for column in 0..<width { sorted[place * width + column] = arrived[index * width + column] }
    }
    return sorted
  }
}

extension SiteMap {
  /// Makes the table from the IDs of each rank's sites.
  ///
  /// Collective.
  ///
  /// - Throws: A `Failure` if an ID occurs twice.
  static func table(
    ofIDs ids: [UInt64], sites: Range<Int>, in snapshot: Snapshot,
    on communicator: borrowing Communicator
  ) throws -> SiteMap {
    let ranks = UInt64(communicator.size)
    let routing = Routing(ids.map { Int32($0 % ranks) }, ranks: communicator.size)
    let mine = try routing.send(ids, on: communicator)
    let places = try routing.send(sites.map { Int64($0) }, on: communicator)
    let order = mine.indices.sorted { mine[$0] < mine[$1] }
    let sorted = order.map { mine[$0] }
    try communicator.agree { () throws(Failure) in
      if let twin = sorted.indices.dropFirst().first(where: { sorted[$0] == sorted[$0 - 1] }) {
        throw .duplicateID(sorted[twin], snapshot)
      }
    }
    return .table(ids: sorted, sites: order.map { places[$0] })
  }
}

extension Failure {
  /// The error of an ID that two particles have.
  static func duplicateID(_ id: UInt64, _ snapshot: Snapshot) -> Failure {
    Failure(
      .wrongIDs, in: snapshot.path, dataset: snapshot.format.names.ids,
      because: "ID \(id) occurs more than once",
      remedy: "Give a snapshot with an ID of its own for each particle (GADGET's 64-bit IDs).")
  }
}
