internal import Failures

/// Particles or settings that halos cannot be found with.
extension Failure {
  private init(ofFindingGroupsBecause reason: String, remedy: String) {
    self.init(.badData, "finding groups failed", because: reason, remedy: remedy)
  }

  /// The box cannot be cut into as many slabs that are wider than the linking length.
  static func tooManyRanks(ranks: Int, slabs: Int) -> Failure {
    Failure(
      ofFindingGroupsBecause:
        "\(ranks) ranks, but only \(slabs) slabs of the box are as wide as the linking length",
      remedy: "Use at most \(slabs) ranks for this simulation")
  }

  /// A particle's momentum is not a finite number.
  static func invalidMomentum(site: Int64) -> Failure {
    Failure(
      ofFindingGroupsBecause: "the momentum of the particle from site \(site) is not finite",
      remedy: "Check the time steps of the simulation, or the velocities of the snapshot")
  }

  /// The linking length is not within what the positions resolve and a fourth of the box.
  static func unusableLinkingLength(meanSeparations: Double, particles: Int) -> Failure {
    Failure(
      ofFindingGroupsBecause:
        "\(meanSeparations) mean separations of \(particles) particles is more than a fourth of "
        + "the box, or less than the positions resolve",
      remedy: "Use a linking length near 0.2")
  }
}
