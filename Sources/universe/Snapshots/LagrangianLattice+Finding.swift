package import MPI

extension LagrangianLattice {
  /// Finds how the IDs of initial particles name the sites that they started from.
  ///
  /// The IDs must run from 0 or 1, and exactly one convention must agree with where the particles
  /// come from when their displacements are undone. Collective; the same for any number of ranks.
  ///
  /// - Parameters:
  ///   - particles: This rank's rows of the snapshot, with velocities.
  ///   - snapshot: The initial snapshot.
  ///   - gridSize: The sites along one axis.
  ///   - communicator: The ranks, which together have all rows.
  /// - Returns: The lattice and the root mean square distance of particles from their sites once undone
  ///   [cells]; `nil` if the IDs name no sites.
  /// - Throws: The error that MPI reported.
  package static func found(
    in particles: SnapshotParticles, of snapshot: Snapshot, gridSize: Int,
    on communicator: borrowing Communicator
  ) throws(MPIError) -> (lattice: LagrangianLattice, residual: Double)? {
    let least = try communicator.allReduce(particles.ids.min() ?? .max, .minimum)
    let greatest = try communicator.allReduce(particles.ids.max() ?? 0, .maximum)
    let count = snapshot.particleCount
    guard least <= 1, greatest - least == UInt64(count - 1) else { return nil }
    var residuals = LatticeResiduals(gridSize: gridSize, firstID: least)
    residuals.add(particles, DisplacementUndoing(snapshot, gridSize: gridSize))
    var sums = residuals.sums
    var span = sums.mutableSpan
    try communicator.allReduce(&span, .sum)
    return residuals.verified(sums, count: count)
  }
}
