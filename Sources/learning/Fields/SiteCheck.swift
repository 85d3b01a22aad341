internal import Failures
package import MPI
package import Snapshots

/// Whether the particles of an initial snapshot come from a cubic grid, by the test that preparation makes.
package struct SiteCheck: Hashable, Sendable {
  /// The way in which the sites are found.
  package let origin: SiteOrigin

  /// The root mean square distance of undone positions from their sites [cells].
  package let residual: Double

  /// Makes the test.
  ///
  /// Collective.
  ///
  /// - Parameters:
  ///   - particles: This rank's rows of the snapshot, with velocities.
  ///   - snapshot: The initial snapshot.
  ///   - communicator: The ranks, which together have all rows.
  /// - Throws: `AgreedFailure` of a `Failure` if preparation would refuse the snapshot.
  package init(
    _ particles: SnapshotParticles, of snapshot: Snapshot, on communicator: borrowing Communicator
  ) throws {
    let gridSize = try communicator.agree { () throws(Failure) in try snapshot.gridSize() }
    let planes = PlaneDecomposition(gridSize: gridSize, ranks: communicator.size)
    let sited = try SiteFinder(snapshot, planes).find(particles, on: communicator)
    origin = sited.origin
    residual = sited.residual
  }
}
