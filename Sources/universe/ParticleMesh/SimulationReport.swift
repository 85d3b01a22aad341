/// The wall-clock time that parts of a particle-mesh computation took on this rank.
public struct PhaseTimes: Hashable, Sendable {
  /// Painting particles to the mesh.
  public var paint = Duration.zero

  /// Transforms, with making the modes of the force and moving rows within the rank.
  public var transform = Duration.zero

  /// Interpolating the force at particles.
  public var readout = Duration.zero

  /// Moving particles and finding those that leave the rank.
  public var drift = Duration.zero

  /// Exchanging rows, ghost planes and particles with other ranks, waiting for them included.
  public var exchange = Duration.zero

  /// Measuring power spectra.
  public var spectrum = Duration.zero

  /// Makes times of nothing.
  public init() {}

  /// All together.
  public var total: Duration { paint + transform + readout + drift + exchange + spectrum }
}

/// The memory that a particle-mesh simulation needs on this rank at its peak [bytes].
public struct MemoryUse: Hashable, Sendable {
  /// Sites, positions and momenta: 32 bytes for each particle, and room for arrivals.
  public var particles: Int

  /// The real mesh with its ghost plane, its transform, and a plane for each thread.
  public var meshes: Int

  /// Messages to and from other ranks.
  public var messages: Int

  /// All together.
  public var total: Int { particles + meshes + messages }
}

/// How far a simulation is.
public struct SimulationProgress: Hashable, Sendable {
  /// How many steps are completed.
  public let completedSteps: Int

  /// How many there are in all.
  public let steps: Int

  /// The scale factor of the positions.
  public let scaleFactor: Double

  /// The time since the run began, which may have been a resumption.
  public let elapsed: Duration

  /// What took it on this rank.
  public let times: PhaseTimes

  /// The redshift of the positions.
  public var redshift: Double { 1 / scaleFactor - 1 }
}
