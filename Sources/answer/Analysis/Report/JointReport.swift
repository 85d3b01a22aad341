/// Two variants and what they say together, by their reference seeds on the same particles.
package struct JointReport: Codable, Hashable, Sendable {
  /// The name of the first variant.
  package var first: String

  /// The name of the second variant.
  package var second: String

  /// The estimate.
  package var information: Outcome<JointSummary>

  /// The quantities with the names that tables give them, in the order in which they are read.
  package var parts: [(name: String, part: Outcome<JointSummary.Part>)] {
    [
      ("I(M; \(first), \(second))", information.map(\.joint)),
      ("I(M; \(first) | \(second))", information.map(\.firstGivenSecond)),
      ("I(M; \(second) | \(first))", information.map(\.secondGivenFirst)),
      ("I(M; \(first))", information.map(\.first)),
      ("I(M; \(second))", information.map(\.second)),
    ]
  }
}
