/// The wall-clock time that parts of a particle-mesh computation took on this rank.
package struct PhaseTimes: Hashable, Sendable {
  /// Painting particles to the mesh.
  package var paint = Duration.zero

  /// Transforms, with making the modes of the potential and moving rows within the rank.
  package var transform = Duration.zero

  /// Making the force of the potential at particles.
  package var readout = Duration.zero

  /// Moving particles and finding those that leave the rank.
  package var drift = Duration.zero

  /// Exchanging rows, ghost planes and particles with other ranks, waiting for them included.
  package var exchange = Duration.zero

  /// Measuring power spectra.
  package var spectrum = Duration.zero

  /// Makes times of nothing.
  package init() {}

  /// All together.
  package var total: Duration {
    paint + transform + readout + drift + exchange + spectrum
  }
}

/// The progress of a simulation.
package struct SimulationProgress: Hashable, Sendable {
  /// The number of completed steps.
  package let completedSteps: Int

  /// The number of all steps.
  package let steps: Int

  /// The scale factor of the positions.
  package let scaleFactor: Double

  /// The time since the run began, which may have been a resumption.
  package let elapsed: Duration

  /// The time that each phase took on this rank.
  package let times: PhaseTimes

  /// The redshift of the positions.
  package var redshift: Double { 1 / scaleFactor - 1 }
}
