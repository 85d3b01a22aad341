import Foundation
import MPI
package import Testing

/// The number of ranks that the launcher of an MPI started, or one without it.
package let worldSize = launched(\.size).flatMap(Int.init) ?? 1

/// The number of this rank, as the launcher of an MPI told it.
package let worldRank = launched(\.rank) ?? "0"

private func launched(_ name: KeyPath<(rank: String, size: String), String>) -> String? {
  let environment = ProcessInfo.processInfo.environment
  return environment[MPIFamily.current.launcherVariables[keyPath: name]]
}

extension Trait where Self == ConditionTrait {
  /// Runs a test only in a job whose number of ranks is in `counts`.
  package static func ranks(_ counts: ClosedRange<Int>) -> Self {
    .enabled(if: counts.contains(worldSize), "needs \(counts) ranks")
  }
}
