/// Something that a report lacks, and how to add it.
package struct Gap: Codable, Hashable, Sendable {
  /// The thing that is missing.
  package var subject: String

  /// The reason why it is missing.
  package var reason: String

  /// The remedy, by which it can be added.
  package var remedy: String

  /// Names a gap.
  package init(subject: String, reason: String, remedy: String) {
    self.subject = subject
    self.reason = reason
    self.remedy = remedy
  }
}
