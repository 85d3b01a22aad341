package import Failures

/// Why weights could not be brought to another program, or taken from one.
package struct WeightFileError: Error, Hashable, Sendable {
  /// What was being done, such as "importing".
  package let action: String

  /// To which file.
  package let file: String

  /// Why it failed, as a clause.
  package let reason: String

  /// What to try, as a sentence.
  package let remedy: String

  /// Makes an error of what was being done, to which file, why it failed and what to try.
  package init(_ action: String, _ file: String, because reason: String, remedy: String) {
    self.action = action
    self.file = file
    self.reason = reason
    self.remedy = remedy
  }
}

extension WeightFileError: CustomStringConvertible {
  /// What was being done, to which file, why it failed and what to try.
  package var description: String { "\(action) \(file): \(reason). \(remedy)" }
}

extension WeightFileError: JobFailure {
  /// Weights that cannot be used.
  package var exitCode: JobExitCode { .badData }
}
