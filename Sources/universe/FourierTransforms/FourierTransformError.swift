package import Failures

/// An error in dealing a mesh to ranks.
package enum FourierTransformError: Error, Hashable, Sendable {
  /// The mesh has fewer than two cells on a side.
  case tooSmall(width: Int)

  /// There are more ranks than the mesh has planes.
  case tooManyRanks(ranks: Int, width: Int)
}

extension FourierTransformError: CustomStringConvertible {
  /// The message: the operation, the reason and the remedy.
  package var description: String {
    switch self {
    case .tooSmall(let width):
      "dealing a mesh of \(width)^3 cells to ranks: it needs at least 2 cells on a side. "
        + "Choose a finer mesh"
    case .tooManyRanks(let ranks, let width):
      "dealing a mesh of \(width)^3 cells to \(ranks) ranks: each rank needs a plane of its own, "
        + "and there are \(width). Start at most \(width) ranks, with more threads each, or choose "
        + "a finer mesh"
    }
  }
}

extension FourierTransformError: JobFailure {
  /// A mesh that cannot be shared among the ranks.
  package var exitCode: JobExitCode { .badData }
}
