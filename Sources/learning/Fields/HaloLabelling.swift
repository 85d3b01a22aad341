internal import Failures
internal import Foundation
internal import MPI
internal import Snapshots

/// Labels the sites of particles with the halos they end in.
struct HaloLabelling {
  private let snapshot: Snapshot
  private let members: HaloMembers
  private let label: HaloLabel

  init(_ snapshot: Snapshot, _ members: HaloMembers, _ label: HaloLabel) {
    self.snapshot = snapshot
    self.members = members
    self.label = label
  }

  /// The halo table, in the order of the members' halos.
  func halos() -> HaloTable {
    var halos = HaloTable()
    halos.mass = members.masses.map { Float($0) }
    halos.boundMass = members.boundCounts.map { Float(Double($0) * snapshot.particleMass) }
    halos.center = members.positions.map { Float($0) }
    halos.radius = members.radii.map { Float($0) }
    halos.particleCount = members.counts.map { Int64($0) }
    halos.boundCount = members.boundCounts.map { Int64($0) }
    return halos
  }

  /// Fills in the labels of all sites.
  ///
  /// Collective.
  ///
  /// - Parameters:
  ///   - slab: The sites of this rank.
  ///   - particles: Rows of the final snapshot, whose members are known.
  ///   - routing: The way of these particles to their sites.
  ///   - file: The file that says who the members are, for errors.
  ///   - communicator: The ranks.
  /// - Throws: A `Failure` if the catalogue does not fit the particles.
  func label(
    _ slab: inout FieldSlab, with particles: SnapshotParticles, _ routing: SiteRouting,
    file: String, on communicator: borrowing Communicator
  ) throws {
    let count = particles.rows.count
    var check = MembershipCheck(members, in: snapshot)
    check.add(particles)
    var halos = [Int32](repeating: -1, count: count)
    var radii = [Float](repeating: .nan, count: count)
    for index in 0..<count where members.halos[index] >= 0 {
      if label == .bound, !members.isBound[index] { continue }
      halos[index] = members.halos[index]
      let distance = members.distance(of: particles, index, in: snapshot)
      radii[index] = Float(distance / members.radii[Int(members.halos[index])])
    }
    var sums = check.sums
    try communicator.sum(&sums)
    try communicator.agree { () throws(Failure) in
      try check.conclude(sums, file)
    }
    slab.halo = try routing.send(halos, on: communicator)
    slab.radius = try routing.send(radii, on: communicator)
    let logMasses = logMasses()
    slab.logMass = slab.halo.map { $0 < 0 ? .nan : logMasses[Int($0)] }
  }

  /// log10 of the halos' masses by the label.
  private func logMasses() -> [Float] {
    members.masses.indices.map { halo in
      let mass =
        label == .fof
        ? members.masses[halo] : Double(members.boundCounts[halo]) * snapshot.particleMass
      return Float(log10(mass))
    }
  }
}
