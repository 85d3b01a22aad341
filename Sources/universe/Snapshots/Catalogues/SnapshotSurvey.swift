package import MPI

/// What the particles of a snapshot are like, as far as it matters for fields.
package struct SnapshotSurvey: Hashable, Sendable {
  /// The smallest and the largest ID.
  package let ids: ClosedRange<UInt64>

  /// Whether any ID occurs twice.
  package let repeatsIDs: Bool

  /// The grid that the particles started from, if their IDs name its sites and displacements are linear.
  package let lattice: LagrangianLattice?

  /// The halos that particles are in by the labels of the snapshot's own files, and the particles in them;
  /// `nil` without labels.
  package let labelled: Labelled?

  /// The halos of labels.
  package struct Labelled: Hashable, Sendable {
    /// The number of halos.
    package let halos: Int

    /// The number of particles in halos.
    package let particles: Int
  }

  /// Reads all particles of a snapshot.
  ///
  /// Memory: 60 bytes a particle.
  ///
  /// - Parameters:
  ///   - snapshot: The snapshot.
  ///   - communicator: A single rank.
  /// - Throws: A ``SnapshotError`` for particles that cannot be read, or what MPI reported.
  package init(_ snapshot: Snapshot, on communicator: borrowing Communicator) throws {
    precondition(communicator.size == 1, "a survey is made by one rank")
    let rows = 0..<snapshot.particleCount
    let particles = try snapshot.particles(in: rows, velocities: true)
    let sorted = particles.ids.sorted()
    ids = sorted[0]...sorted[sorted.count - 1]
    repeatsIDs = zip(sorted, sorted.dropFirst()).contains { $0 == $1 }
    let gridSize = try? snapshot.gridSize()
    lattice = try gridSize.flatMap {
      try LagrangianLattice.found(in: particles, of: snapshot, gridSize: $0, on: communicator)?
        .lattice
    }
    guard snapshot.hasHaloLabels else {
      labelled = nil
      return
    }
    let members = try HaloAssignment.labels.members(of: particles, in: snapshot, on: communicator)
    try members.check(particles, in: snapshot, snapshot.path)
    labelled = Labelled(halos: members.counts.count, particles: members.memberCount)
  }
}
