internal import Failures
internal import Text

extension SettingOutOfRange {
  /// Describes a setting, or a word of a command, that cannot stand in a batch script.
  ///
  /// - Parameters:
  ///   - key: The way to the setting, or what the word is.
  ///   - value: The value, which may hold anything.
  ///   - allowed: What it may be.
  init(ofScript key: String, value: String, allowed: String) {
    self.init(
      key: key, value: Quoting.terminal(value), allowed: allowed, to: "write a batch script")
  }
}
