internal import Failures
internal import Hardware
internal import Text

extension Failure {
  /// Makes the failure of a job that needs more memory than a node has.
  ///
  /// - Parameters:
  ///   - needed: The memory that the job needs on a node [bytes].
  ///   - limit: The memory of a node.
  ///   - ranks: The ranks on a node.
  ///   - largest: The largest term, and its memory [bytes].
  ///   - remedy: The thing to try, as a clause.
  /// - Returns: The failure, which names the largest term.
  static func memory(
    _ needed: Int, of limit: NodeMemory, ranks: Int, largest: (name: String, bytes: Int),
    remedy: String
  ) -> Failure {
    Failure(
      .usage, "planning the memory",
      because: """
        \(ranks) ranks on a node are predicted to take \(mebibytes(needed)) MiB, and \
        \(limit.origin) is \(mebibytes(limit.bytes)) MiB; the largest term is \(largest.name) with \
        \(mebibytes(largest.bytes)) MiB
        """, remedy: remedy)
  }
}
