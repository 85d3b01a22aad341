package import Failures

/// Finds out whether the members of halos lie around their positions.
///
/// Sums are whole numbers, so that those of ranks can be added in any order:
///
///     var check = MembershipCheck(members, in: snapshot)
///     check.add(particles)
///     // add `check.sums` of all ranks
///     try check.conclude(sums, path)
package struct MembershipCheck: Sendable {
  /// The distances of the members of each halo from its position, added [halo],
  /// [box side x 2^-32].
  package private(set) var sums: [Int64]

  private let members: HaloMembers
  private let snapshot: Snapshot

  /// Starts with no members of the halos of a snapshot.
  package init(_ members: HaloMembers, in snapshot: Snapshot) {
    sums = [Int64](repeating: 0, count: members.counts.count)
    self.members = members
    self.snapshot = snapshot
  }

  /// Adds rows of the snapshot, whose halos the members are; the position of a halo may be unknown.
  package mutating func add(_ particles: SnapshotParticles) {
    for index in members.halos.indices {
      let distance = members.distance(of: particles, index, in: snapshot)
      guard !distance.isNaN else { continue }
      sums[Int(members.halos[index])] += Int64((distance / snapshot.boxSize * 0x1p32).rounded())
    }
  }

  /// Refuses the halos if members are far from them.
  ///
  /// The mean distance of a halo's members must be less than four times the radius of a sphere
  /// of its mass with 200 times the mean density; one halo in fifty may be stranger.
  ///
  /// - Parameters:
  ///   - sums: The sums of all ranks, added.
  ///   - path: The file that says who the members are.
  /// - Throws: A `Failure` of the kind `mismatch`.
  package func conclude(_ sums: [Int64], _ path: String) throws(Failure) {
    let density = snapshot.cosmology.meanMatterDensity / snapshot.cosmology.hubble
    var strange: [Int] = []
    for halo in sums.indices where members.counts[halo] > 0 {
      let mean = Double(sums[halo]) * 0x1p-32 * snapshot.boxSize / Double(members.counts[halo])
      let volume = members.masses[halo] / (200 * density)
      let radius = (3 * volume / (4 * Double.pi)).cubeRoot()
      if !(mean < 4 * radius) { strange.append(halo) }
    }
    // A halo of many particles that are not around it, where the others are, is of those in none.
    if (strange.count - 1) * 50 <= sums.count,
      let loose = strange.first(where: { members.counts[$0] * 20 > snapshot.particleCount })
    {
      throw members.looseHalo(loose, in: snapshot, path)
    }
    guard strange.count * 50 > sums.count, let first = strange.first else { return }
    throw Failure(
      .mismatch, in: path,
      because: "the members of \(strange.count) of \(sums.count) halos, the first of them halo "
        + "\(first), do not lie around its position in \(snapshot.path)",
      remedy: "Give the catalogue of this snapshot, and the snapshot that the group finder wrote, "
        + "whose particles are in the order of groups.")
  }
}

extension HaloMembers {
  /// The distance of the particle of a row from the position of its halo, across the box's faces [Mpc/h]; NaN if it
  /// is in none, or the position is not known.
  package func distance(
    of particles: SnapshotParticles, _ index: Int, in snapshot: Snapshot
  ) -> Double {
    let halo = Int(halos[index])
    guard halo >= 0 else { return .nan }
    var square = 0.0
    for axis in 0..<3 {
      let d = abs(particles.positions[3 * index + axis] - positions[3 * halo + axis])
      let nearest = min(d, snapshot.boxSize - d)
      square += nearest * nearest
    }
    return square.squareRoot()
  }

  /// Returns the error for a halo that holds particles all over the box.
  fileprivate func looseHalo(_ halo: Int, in snapshot: Snapshot, _ path: String) -> Failure {
    let percent = (100 * Double(counts[halo]) / Double(snapshot.particleCount)).rounded()
    return Failure(
      .mismatch, in: path,
      because: "halo \(halo) holds \(counts[halo]) particles, \(Int(percent)) % of all, as no halo "
        + "does; they may be those in no halo",
      remedy: "Say which number stands for no halo (SWIFT's parameter FOF:group_id_default in "
        + "Parameters, -1 in a table of labels), or give the catalogue of this snapshot.")
  }
}
