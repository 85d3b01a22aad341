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

  /// Reads this rank's rows of the final snapshot, and fills in the labels of all sites.
  ///
  /// Collective.
  func label(
    _ slab: inout FieldSlab, _ rows: Range<Int>, _ map: SiteMap, _ planes: PlaneDecomposition,
    on communicator: borrowing Communicator
  ) throws {
    let particles = try communicator.agree { () throws(SnapshotError) in
      try snapshot.particles(in: rows)
    }
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
    let delivered = try map.deliver(
      particles.ids, halos, radii, to: planes, file: snapshot.path, on: communicator)
    try communicator.agree { () throws(SnapshotError) in
      try fill(&slab, delivered.sites, delivered.halos, delivered.radii)
    }
  }

  /// Puts labels at their sites, of which each must be met once.
  private func fill(
    _ slab: inout FieldSlab, _ sites: [Int64], _ halos: [Int32], _ radii: [Float]
  ) throws(SnapshotError) {
    let bound = catalogue.boundCounts()
    let logMasses = catalogue.masses.indices.map { group in
      let mass =
        label == .fof ? catalogue.masses[group] : Double(bound[group]) * snapshot.particleMass
      return Float(log10(mass))
    }
    var isMet = [Bool](repeating: false, count: slab.sites.count)
    for (index, site) in sites.enumerated() {
      let place = Int(site) - slab.sites.lowerBound
      guard !isMet[place] else {
        throw SnapshotError(
          .wrongIDs, in: snapshot.path, dataset: "PartType1/ParticleIDs",
          because: "the ID of the particle from site \(site) occurs more than once",
          remedy: "Copy the snapshot again, or use IDs that are wide enough.")
      }
      isMet[place] = true
      guard halos[index] >= 0 else { continue }
      slab.halo[place] = halos[index]
      slab.radius[place] = radii[index]
      slab.logMass[place] = logMasses[Int(halos[index])]
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
