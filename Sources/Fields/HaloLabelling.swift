internal import Foundation
internal import MPI
internal import Snapshots

/// Labels the sites of particles with the halos they end in.
struct HaloLabelling {
  private let snapshot: Snapshot
  private let catalogue: GroupCatalogue
  private let label: HaloLabel

  init(_ snapshot: Snapshot, _ catalogue: GroupCatalogue, _ label: HaloLabel) {
    self.snapshot = snapshot
    self.catalogue = catalogue
    self.label = label
  }

  /// The halo table: groups in the catalogue's order.
  func halos() -> HaloTable {
    let bound = catalogue.boundCounts()
    var halos = HaloTable()
    halos.mass = catalogue.masses.map { Float($0) }
    halos.boundMass = bound.map { Float(Double($0) * snapshot.particleMass) }
    halos.center = catalogue.positions.map { Float($0) }
    halos.radius = catalogue.radii.map { Float($0) }
    halos.particleCount = catalogue.rows.map { Int64($0.count) }
    halos.boundCount = bound.map { Int64($0) }
    return halos
  }

  /// Fills in the labels of all sites.
  ///
  /// Collective.
  ///
  /// - Parameters:
  ///   - slab: The sites of this rank.
  ///   - particles: Rows of the final snapshot.
  ///   - routing: The way of these particles to their sites.
  ///   - communicator: The ranks.
  /// - Throws: A `SnapshotError` if the catalogue does not fit the particles.
  func label(
    _ slab: inout FieldSlab, with particles: SnapshotParticles, _ routing: SiteRouting,
    on communicator: borrowing Communicator
  ) throws {
    let rows = particles.rows
    var check = MembershipCheck(catalogue)
    var halos = [Int32](repeating: -1, count: rows.count)
    var radii = [Float](repeating: .nan, count: rows.count)
    for index in 0..<rows.count {
      let row = rows.lowerBound + index
      guard let group = catalogue.group(ofRow: row) else { continue }
      let distance = distance(particles, index, from: group)
      check.add(group, distance: distance)
      if label == .bound, !catalogue.isBound(row: row) { continue }
      halos[index] = Int32(group)
      radii[index] = Float(distance / catalogue.radii[group])
    }
    var sums = check.sums
    try communicator.sum(&sums)
    try communicator.agree { () throws(SnapshotError) in
      try check.conclude(sums, catalogue, snapshot)
    }
    slab.halo = try routing.send(halos, on: communicator)
    slab.radius = try routing.send(radii, on: communicator)
    let logMasses = logMasses()
    slab.logMass = slab.halo.map { $0 < 0 ? .nan : logMasses[Int($0)] }
  }

  /// log10 of the halos' masses by the label.
  private func logMasses() -> [Float] {
    let bound = catalogue.boundCounts()
    return catalogue.masses.indices.map { group in
      let mass =
        label == .fof ? catalogue.masses[group] : Double(bound[group]) * snapshot.particleMass
      return Float(log10(mass))
    }
  }

  /// The distance of a particle from a group's position, across the box's faces [Mpc/h].
  private func distance(_ particles: SnapshotParticles, _ index: Int, from group: Int) -> Double {
    var square = 0.0
    for axis in 0..<3 {
      let d = abs(
        particles.positions[3 * index + axis] - catalogue.positions[3 * group + axis])
      let nearest = min(d, snapshot.boxSize - d)
      square += nearest * nearest
    }
    return square.squareRoot()
  }
}
