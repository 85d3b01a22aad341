package import Failures
package import Hardware
internal import Text

/// A job that needs more memory than a node has.
package struct MemoryError: JobFailure, Hashable, CustomStringConvertible {
  let needed: Int
  let limit: NodeMemory
  let ranks: Int
  let largest: String
  let largestBytes: Int
  let remedy: String

  /// The settings ask for too much.
  package var exitCode: JobExitCode { .usage }

  /// What is too large, and what to change.
  package var description: String {
    """
    planning the memory: \(ranks) ranks on a node are predicted to take \(mebibytes(needed)) MiB, and \
    \(limit.source) is \(mebibytes(limit.bytes)) MiB; the largest term is \(largest) with \
    \(mebibytes(largestBytes)) MiB; \(remedy)
    """
  }
}
