/// A setting whose value is outside its documented range.
package struct SettingOutOfRange: JobFailure, Hashable, CustomStringConvertible {
  /// The way to the setting, such as `training.batchSize`.
  package let key: String

  /// The value, as it is written.
  package let value: String

  /// The allowed values, such as "from 1 to 4096".
  package let allowed: String

  /// Describes a value that was refused.
  package init(key: String, value: String, allowed: String) {
    self.key = key
    self.value = value
    self.allowed = allowed
  }

  /// A setting that cannot be used.
  package var exitCode: JobExitCode { .badData }

  /// The reason for refusing the value, without its key.
  package var reason: String { "\(value) is out of range" }

  /// The remedy: the values to choose from.
  package var remedy: String { "it must be \(allowed)" }

  /// Key, value, and what is allowed.
  package var description: String { "`\(key)`: \(reason); \(remedy)" }
}
