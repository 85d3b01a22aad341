/// A setting whose value is outside its documented range.
package struct SettingOutOfRange: JobFailure, Hashable, CustomStringConvertible {
  /// The way to the setting, such as `training.batchSize`.
  package let key: String

  /// The value, as it is written.
  package let value: String

  /// The allowed values, such as "from 1 to 4096".
  package let allowed: String

  /// The purpose of the setting, such as "make a network", where it is not read from an experiment.
  package let purpose: String?

  /// The exit code of the job: that of bad data for a setting in a file, of usage for an option.
  package let exitCode: JobExitCode

  /// Describes a value that was refused.
  package init(
    key: String, value: String, allowed: String, to purpose: String? = nil,
    exitCode: JobExitCode = .badData
  ) {
    self.key = key
    self.value = value
    self.allowed = allowed
    self.purpose = purpose
    self.exitCode = exitCode
  }

  /// The reason for refusing the value, without its key.
  package var reason: String { "\(value) is out of range" }

  /// The remedy: the values to choose from.
  package var remedy: String { "it must be \(allowed)" }

  /// Key, value, and what is allowed.
  package var description: String {
    guard let purpose else { return "`\(key)`: \(reason); \(remedy)" }
    return "cannot \(purpose) with \(key) \(value): \(remedy)"
  }
}
