internal import MPI
internal import Snapshots

extension SiteFinder {
  /// Finds the usual convention of velocities by which particles come from a grid, where the units that
  /// were taken do not give one.
  ///
  /// Codes write peculiar velocities, a dx/dt, or momenta, a^2 dx/dt, where GADGET writes sqrt(a) dx/dt.
  /// Collective.
  ///
  /// - Parameters:
  ///   - particles: This rank's rows of the snapshot.
  ///   - communicator: The ranks.
  /// - Returns: The factor to multiply velocities by; `nil` if no convention fits.
  /// - Throws: The error that MPI reported.
  func velocityFactor(
    fitting particles: SnapshotParticles, on communicator: borrowing Communicator
  ) throws(MPIError) -> Double? {
    let root = snapshot.scaleFactor.squareRoot()
    for factor in [1 / root, root, 1 / (root * root * root)] {
      var scaled = undoing
      scaled.multiplyVelocities(by: factor)
      if try residual(of: particles, scaled, on: communicator) < 0.1 { return factor }
    }
    return nil
  }

  /// The root mean square distance of undone positions from the lattice that fits them best [cells].
  private func residual(
    of particles: SnapshotParticles, _ undoing: DisplacementUndoing,
    on communicator: borrowing Communicator
  ) throws(MPIError) -> Double {
    var phase = LatticePhase()
    for index in particles.ids.indices { phase.add(undoing.origin(particles, index)) }
    var sums = phase.sums
    try communicator.sum(&sums)
    let offset = LatticePhase.offset(sums)
    var squares: [Int64] = [0]
    for index in particles.ids.indices {
      let nearest = NearestSite(
        to: undoing.origin(particles, index), gridSize: planes.gridSize, offset: offset)
      squares[0] += Int64((nearest.squaredDistance * 0x1p28).rounded())
    }
    try communicator.sum(&squares)
    return (Double(squares[0]) * 0x1p-28 / Double(snapshot.particleCount)).squareRoot()
  }
}
