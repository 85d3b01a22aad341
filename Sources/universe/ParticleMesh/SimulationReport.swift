/// The wall-clock time that parts of a particle-mesh computation took on this rank.
package struct PhaseTimes: Hashable, Sendable {
  /// Painting particles to the mesh.
  package var paint = Duration.zero

  /// Transforms, with making the modes of the force and moving rows within the rank.
  package var transform = Duration.zero

  /// Interpolating the force at particles.
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
  package var total: Duration { paint + transform + readout + drift + exchange + spectrum }
}

/// The memory that a particle-mesh simulation needs on this rank at its peak [bytes].
package struct MemoryUse: Hashable, Sendable {
  /// Sites, positions and momenta: 32 bytes for each particle, and room for arrivals.
  package var particles: Int

  /// The real mesh with its ghost plane, its transform, and a plane for each thread.
  package var meshes: Int

  /// Messages to and from other ranks.
  package var messages: Int

  /// All together.
  package var total: Int { particles + meshes + messages }
}

/// How far a simulation is.
package struct SimulationProgress: Hashable, Sendable {
  /// How many steps are completed.
  package let completedSteps: Int

  /// How many there are in all.
  package let steps: Int

  /// The scale factor of the positions.
  package let scaleFactor: Double

  /// The time since the run began, which may have been a resumption.
  package let elapsed: Duration

  /// What took it on this rank.
  package let times: PhaseTimes

  /// The redshift of the positions.
  package var redshift: Double { 1 / scaleFactor - 1 }
}
