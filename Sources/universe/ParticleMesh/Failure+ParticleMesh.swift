internal import Failures

/// Particle-mesh computations that cannot be done.
extension Failure {
  /// A setting has a value that makes no sense.
  ///
  /// - Parameters:
  ///   - name: The name of the setting.
  ///   - value: The value, as it is written.
  ///   - reason: What the value is not, such as "is not 1, 2 or 3".
  ///   - remedy: The remedy, as a sentence.
  /// - Returns: The failure.
  static func setting(name: String, value: String, reason: String, remedy: String) -> Failure {
    Failure(
      .badData, "setting up a particle-mesh simulation", because: "\(name) = \(value) \(reason)",
      remedy: remedy)
  }

  /// The particles are not those of a full lattice.
  static func count(particles: Int, expected: Int) -> Failure {
    Failure(
      .badData, "starting a particle-mesh simulation",
      because: "it was given \(particles) particles instead of \(expected)",
      remedy: "Give the particles of a full lattice, each on one rank")
  }

  /// A cell of the mesh holds too many particles to count their mass.
  static func overflow(width: Int) -> Failure {
    Failure(
      .badData, "painting particles to a mesh of \(width)^3 cells",
      because: "a cell holds 65536 particles or more, which is more than its integer can count",
      remedy: "Choose a finer mesh")
  }
}
