/// Something that a report lacks, and how to add it.
package struct Gap: Codable, Hashable, Sendable {
  /// What is missing.
  package var subject: String

  /// Why.
  package var reason: String

  /// What to do to have it.
  package var remedy: String

  /// Names a gap.
  package init(subject: String, reason: String, remedy: String) {
    self.subject = subject
    self.reason = reason
    self.remedy = remedy
  }
}
