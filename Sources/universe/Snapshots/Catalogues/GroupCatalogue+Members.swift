internal import Failures
package import MPI

extension GroupCatalogue {
  /// The groups that are rows of the snapshot, and which of them some rows are in.
  package func members(in rows: Range<Int>) -> HaloMembers {
    HaloMembers(
      masses: masses, positions: positions, radii: radii, counts: self.rows.map(\.count),
      boundCounts: boundCounts(), halos: rows.map { Int32(group(ofRow: $0) ?? -1) },
      isBound: rows.map { isBound(row: $0) })
  }

  /// The halos, and which of them this rank's particles are in, whether they are rows of the snapshot or
  /// IDs of a list.
  ///
  /// Of lists in which a particle is in several halos it is in the most massive, and halos that have no
  /// particle then are left out. Collective.
  ///
  /// - Parameters:
  ///   - particles: This rank's rows of the snapshot.
  ///   - snapshot: The snapshot.
  ///   - communicator: The ranks, which together have all rows.
  /// - Returns: The members; halos are the same on every rank.
  /// - Throws: `AgreedFailure` of a `Failure` on every rank.
  package func members(
    of particles: SnapshotParticles, in snapshot: Snapshot,
    on communicator: borrowing Communicator
  ) throws -> HaloMembers {
    if membership == .rows { return members(in: particles.rows) }
    let (halos, isBound) = try labels(of: particles, in: snapshot, on: communicator)
    var counts = [Int64](repeating: 0, count: 2 * count)
    for (halo, isBound) in zip(halos, isBound) where halo >= 0 {
      counts[Int(halo)] += 1
      if isBound { counts[count + Int(halo)] += 1 }
    }
    var sums = counts.mutableSpan
    try communicator.allReduce(&sums, .sum)
    let members = HaloMembers(
      masses: masses, positions: positions, radii: radii, counts: counts[..<count].map { Int($0) },
      boundCounts: counts[count...].map { Int($0) }, halos: halos, isBound: isBound)
    guard membership != .list else { return members }
    try communicator.agree { () throws(Failure) in try check(members, snapshot) }
    return members.withoutEmptyHalos()
  }

  /// The halo of each of this rank's particles, and whether it is bound.
  private func labels(
    of particles: SnapshotParticles, in snapshot: Snapshot,
    on communicator: borrowing Communicator
  ) throws -> (halos: [Int32], isBound: [Bool]) {
    if membership == .labels {
      let labels = try communicator.agree { () throws(Failure) in
        try format.file.labels(of: self, in: particles.rows, of: snapshot)
      }
      return (labels.halos, labels.isBound)
    }
    let (share, shares) = (communicator.rank, communicator.size)
    let listed = try communicator.agree { () throws(Failure) in
      try format.file.members(of: self, in: snapshot, share: share, of: shares)
    }
    // The halo, and whether the particle is bound to it, in one number, whose least is the answer.
    let values = listed.halos.indices.map {
      2 * Int64(listed.halos[$0]) + (listed.isBound[$0] ? 0 : 1)
    }
    let search = IDSearch(
      file: path, dataset: "the IDs of members", takesLeast: membership == .particles,
      remedy: "Give the catalogue that was made from this snapshot; it may be damaged.")
    let found = try search.values(
      of: particles.ids, in: (listed.ids, values), width: 1, snapshot, on: communicator)
    return (
      found.map { $0.first.map { Int32($0 / 2) } ?? -1 },
      found.map { $0.first.map { $0 % 2 == 0 } ?? false }
    )
  }

  /// Refuses masses in another unit than the format's, by the halo with most particles; where they are those of
  /// the members, by every halo.
  private func check(_ members: HaloMembers, _ snapshot: Snapshot) throws(Failure) {
    if format.file.hasMassesOfMembers {
      for (halo, count) in members.counts.enumerated() {
        let expected = Double(count) * snapshot.particleMass
        guard abs(masses[halo] - expected) <= 2e-3 * masses[halo] else {
          throw Failure(
            .mismatch, in: path, dataset: format.file.names.masses,
            because: "a halo has \(masses[halo]) Msun, but its \(count) particles in "
              + "\(snapshot.path) have \(expected)",
            remedy: "Give the catalogue that was made from this snapshot.")
        }
      }
    }
    guard let largest = members.counts.indices.max(by: { members.counts[$0] < members.counts[$1] })
    else { return }
    let count = members.counts[largest]
    let ratio = masses[largest] / (Double(count) * snapshot.particleMass)
    guard ratio > 0.05, ratio < 20 else {
      throw Failure(
        .mismatch, in: path, dataset: format.file.names.masses,
        because:
          "the halo with most particles has \(masses[largest]) Msun, \(ratio) times the mass "
          + "of its \(count) particles in \(snapshot.path)",
        remedy: "Give the catalogue that was made from this snapshot, with all of its particles.")
    }
  }

  /// The number of entries of the list of IDs.
  var listCount: Int { rows.last?.upperBound ?? 0 }

  /// The entries of a list of IDs that one of equal shares has.
  func listShare(_ share: Int, of shares: Int) -> Range<Int> {
    share * listCount / shares..<(share + 1) * listCount / shares
  }

  /// Adds entries of a list of IDs; those between groups are in no group.
  func add(_ ids: [UInt64], at first: Int, to members: inout ListedMembers) {
    for (index, id) in ids.enumerated() {
      guard let group = group(ofRow: first + index) else { continue }
      members.ids.append(id)
      members.halos.append(Int32(group))
      members.isBound.append(isBound(row: first + index))
    }
  }
}

extension HaloMembers {
  /// The same members without halos that have none.
  fileprivate func withoutEmptyHalos() -> HaloMembers {
    let kept = counts.indices.filter { counts[$0] > 0 }
    var place = [Int32](repeating: -1, count: counts.count)
    for (index, halo) in kept.enumerated() { place[halo] = Int32(index) }
    return HaloMembers(
      masses: kept.map { masses[$0] },
      positions: kept.flatMap { positions[3 * $0..<3 * $0 + 3] },
      radii: kept.map { radii[$0] }, counts: kept.map { counts[$0] },
      boundCounts: kept.map { boundCounts[$0] }, halos: halos.map { $0 < 0 ? -1 : place[Int($0)] },
      isBound: isBound)
  }
}
