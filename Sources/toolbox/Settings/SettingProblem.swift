/// A setting whose value has the right type and makes no sense.
package struct SettingProblem: Hashable, Sendable {
  /// The path of the setting, such as `universe.boxSize`.
  package let path: String

  /// Why the value makes no sense.
  package let reason: String

  /// What to give instead.
  package let remedy: String

  /// Describes a problem.
  package init(path: String, reason: String, remedy: String) {
    self.path = path
    self.reason = reason
    self.remedy = remedy
  }
}
