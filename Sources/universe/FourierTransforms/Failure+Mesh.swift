package import Failures

/// Meshes that cannot be shared among ranks.
extension Failure {
  /// The mesh has fewer than two cells on a side.
  static func tooSmall(width: Int) -> Failure {
    Failure(
      .badData, "dealing a mesh of \(width)^3 cells to ranks",
      because: "it needs at least 2 cells on a side", remedy: "Choose a finer mesh")
  }

  /// There are more ranks than the mesh has planes.
  package static func tooManyRanks(ranks: Int, width: Int) -> Failure {
    Failure(
      .badData, "dealing a mesh of \(width)^3 cells to \(ranks) ranks",
      because: "each rank needs a plane of its own, and there are \(width)",
      remedy: "Start at most \(width) ranks, with more threads each, or choose a finer mesh")
  }
}
