package import MPI

/// The properties of a snapshot's particles that matter for fields.
package struct SnapshotSurvey: Hashable, Sendable {
  /// The smallest and the largest ID.
  package let ids: ClosedRange<UInt64>

  /// Whether any ID occurs twice.
  package let repeatsIDs: Bool

  /// The grid that the particles started from, if their IDs name its sites and displacements are linear.
  package let lattice: LagrangianLattice?

  /// Looks at all particles of a snapshot.
  ///
  /// Memory: 16 bytes a particle beside the particles.
  ///
  /// - Parameters:
  ///   - snapshot: The snapshot.
  ///   - particles: All of its particles, with velocities.
  ///   - communicator: A single rank.
  /// - Throws: A `Failure` for particles that cannot be read, or what MPI reported.
  package init(
    _ snapshot: Snapshot, _ particles: SnapshotParticles, on communicator: borrowing Communicator
  ) throws {
    precondition(communicator.size == 1, "a survey is made by one rank")
    let sorted = particles.ids.sorted()
    ids = sorted[0]...sorted[sorted.count - 1]
    repeatsIDs = zip(sorted, sorted.dropFirst()).contains { $0 == $1 }
    let gridSize = try? snapshot.gridSize()
    lattice = try gridSize.flatMap {
      try LagrangianLattice.found(in: particles, of: snapshot, gridSize: $0, on: communicator)?
        .lattice
    }
  }
}
