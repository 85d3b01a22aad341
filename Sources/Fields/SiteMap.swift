internal import MPI
internal import Snapshots

/// Which site of the Lagrangian grid the particle of an ID started from.
enum SiteMap {
  /// The ID names the site.
  case lattice(LagrangianLattice)

  /// Each rank knows the sites of the IDs that leave its number when divided by the ranks, in
  /// ascending order of IDs.
  case table(ids: [UInt64], sites: [Int64])

  /// Sends two numbers of each particle to the rank that has the particle's site.
  ///
  /// Collective.
  ///
  /// - Parameters:
  ///   - ids: The particles' IDs.
  ///   - halos: A whole number of each.
  ///   - radii: A number of each.
  ///   - planes: The sites of each rank.
  ///   - file: The snapshot, for errors.
  ///   - communicator: The ranks.
  /// - Returns: Sites of this rank, and the numbers of their particles.
  /// - Throws: A `SnapshotError` for an ID that has no site.
  func deliver(
    _ ids: [UInt64], _ halos: [Int32], _ radii: [Float], to planes: PlaneDecomposition,
    file: String, on communicator: borrowing Communicator
  ) throws -> (sites: [Int64], halos: [Int32], radii: [Float]) {
    var (ids, halos, radii) = (ids, halos, radii)
    if case .table = self {
      let ranks = UInt64(communicator.size)
      let routing = Routing(ids.map { Int32($0 % ranks) }, ranks: communicator.size)
      ids = try routing.send(ids, on: communicator)
      halos = try routing.send(halos, on: communicator)
      radii = try routing.send(radii, on: communicator)
    }
    let sites = try communicator.agree { () throws(SnapshotError) in
      try ids.map { (id) throws(SnapshotError) in
        guard let site = self.site(ofID: id) else {
          throw SnapshotError(
            .wrongIDs, in: file, dataset: "PartType1/ParticleIDs",
            because: "ID \(id) belongs to no particle of the initial snapshot",
            remedy: "Give the initial and the final snapshot of one simulation.")
        }
        return Int64(site)
      }
    }
    let routing = Routing(
      sites.map { Int32(planes.rank(ofSite: Int($0))) }, ranks: communicator.size)
    return (
      try routing.send(sites, on: communicator), try routing.send(halos, on: communicator),
      try routing.send(radii, on: communicator)
    )
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

extension SiteMap {
  /// Makes the table from the IDs of each rank's sites.
  ///
  /// Collective.
  ///
  /// - Throws: A `SnapshotError` if an ID occurs twice.
  static func table(
    ofIDs ids: [UInt64], sites: Range<Int>, file: String, on communicator: borrowing Communicator
  ) throws -> SiteMap {
    let ranks = UInt64(communicator.size)
    let routing = Routing(ids.map { Int32($0 % ranks) }, ranks: communicator.size)
    let mine = try routing.send(ids, on: communicator)
    let places = try routing.send(sites.map { Int64($0) }, on: communicator)
    let order = mine.indices.sorted { mine[$0] < mine[$1] }
    let sorted = order.map { mine[$0] }
    try communicator.agree { () throws(SnapshotError) in
      if let twin = sorted.indices.dropFirst().first(where: { sorted[$0] == sorted[$0 - 1] }) {
        throw .duplicateID(sorted[twin], file)
      }
    }
    return .table(ids: sorted, sites: order.map { places[$0] })
  }
}

extension SnapshotError {
  /// The error of an ID that two particles have.
  static func duplicateID(_ id: UInt64, _ file: String) -> SnapshotError {
    SnapshotError(
      .wrongIDs, in: file, dataset: "PartType1/ParticleIDs",
      because: "ID \(id) occurs more than once",
      remedy: "Give a snapshot with an ID of its own for each particle (GADGET's 64-bit IDs).")
  }
}
