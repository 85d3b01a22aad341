package import Failures
package import FourierTransforms
package import MPI

/// A particle-mesh computation that cannot be done.
package enum ParticleMeshError: Error, Sendable {
  /// A setting has a value that makes no sense.
  case setting(name: String, value: String, reason: String, remedy: String)

  /// The mesh cannot be dealt to the ranks.
  case mesh(FourierTransformError)

  /// The particles are not those of a full lattice.
  case count(particles: Int, expected: Int)

  /// A cell of the mesh holds too many particles to count their mass.
  case overflow(width: Int)

  /// MPI reported a failure.
  case communication(MPIError)
}

extension ParticleMeshError: CustomStringConvertible {
  /// The message: the operation, the reason and the remedy.
  package var description: String {
    switch self {
    case .setting(let name, let value, let reason, let remedy):
      "setting up a particle-mesh simulation: \(name) = \(value) \(reason). \(remedy)"
    case .mesh(let error): "making the force mesh: \(error)"
    case .count(let particles, let expected):
      "starting a particle-mesh simulation: it was given \(particles) particles instead of "
        + "\(expected). Give the particles of a full lattice, each on one rank"
    case .overflow(let width):
      "painting particles to a mesh of \(width)^3 cells: a cell holds 65536 particles or more, which "
        + "is more than its integer can count. Choose a finer mesh"
    case .communication(let error): "exchanging particles and planes: \(error)"
    }
  }
}

extension ParticleMeshError: JobFailure {
  /// Settings that cannot be used, or a failure of the library under the ranks.
  package var exitCode: JobExitCode {
    switch self {
    case .communication: .internalFailure
    case .setting, .mesh, .count, .overflow: .badData
    }
  }
}
