package import Failures

/// A setting whose value has the right type and makes no sense.
package struct SettingProblem: Hashable, Sendable {
  /// The path of the setting, such as `universe.boxSize`.
  package let path: String

  /// The reason for refusing the value, as a clause.
  package let reason: String

  /// The remedy: the value to give instead, as a clause.
  package let remedy: String

  /// Describes a problem.
  package init(path: String, reason: String, remedy: String) {
    self.path = path
    self.reason = reason
    self.remedy = remedy
  }

  /// Describes a value that is outside its range.
  package init(_ refused: SettingOutOfRange) {
    self.init(path: refused.key, reason: refused.reason, remedy: refused.remedy)
  }
}
