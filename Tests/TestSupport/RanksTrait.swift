import Foundation
package import Testing

/// The number of ranks that `mpirun` started, or one without it.
package let worldSize =
  ProcessInfo.processInfo.environment["OMPI_COMM_WORLD_SIZE"].flatMap(Int.init) ?? 1

extension Trait where Self == ConditionTrait {
  /// Runs a test only in a job whose number of ranks is in `counts`.
  package static func ranks(_ counts: ClosedRange<Int>) -> Self {
    .enabled(if: counts.contains(worldSize), "needs \(counts) ranks")
  }
}
