internal import Failures

/// An error in finding groups.
enum HaloError: Error, Hashable, Sendable {
  /// The box cannot be cut into as many slabs that are wider than the linking length.
  case tooManyRanks(ranks: Int, slabs: Int)

  /// A particle's momentum is not a finite number.
  case invalidMomentum(site: Int64)

  /// The linking length is not within what the positions resolve and a fourth of the box.
  case unusableLinkingLength(meanSeparations: Double, particles: Int)
}

extension HaloError: CustomStringConvertible {
  /// The message: the operation, the reason and the remedy.
  package var description: String {
    switch self {
    case .tooManyRanks(let ranks, let slabs):
      "finding groups failed: \(ranks) ranks, but only \(slabs) slabs of the box are as wide as the "
        + "linking length. Use at most \(slabs) ranks for this simulation"
    case .invalidMomentum(let site):
      "finding groups failed: the momentum of the particle from site \(site) is not finite. "
        + "Check the time steps of the simulation, or the velocities of the snapshot"
    case .unusableLinkingLength(let length, let particles):
      "finding groups failed: \(length) mean separations of \(particles) particles is more than a "
        + "fourth of the box, or less than the positions resolve. Use a linking length near 0.2"
    }
  }
}

extension HaloError: JobFailure {
  /// Particles or settings that halos cannot be found with.
  package var exitCode: JobExitCode { .badData }
}
