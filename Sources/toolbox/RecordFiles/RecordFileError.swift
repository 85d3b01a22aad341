package import Failures

/// A file of our own that is not what it must be.
package struct RecordFileError: JobFailure, Hashable {
  /// The path of the file.
  package let path: String

  /// What is wrong with it, as a clause.
  package let reason: String

  /// What to try, as a clause.
  package let remedy: String

  /// Makes an error of a file, what is wrong with it, and what to try.
  package init(_ path: String, because reason: String, remedy: String) {
    self.path = path
    self.reason = reason
    self.remedy = remedy
  }

  /// A file that is not what it must be.
  package var exitCode: JobExitCode { .badData }
}

extension RecordFileError: CustomStringConvertible {
  /// What was being done, to which file, why it failed and what to try.
  package var description: String { "cannot read \(path): \(reason); \(remedy)" }
}
