/// A kind of problem with a file or a setting, for callers that tell apart what has one exit code.
///
/// Modules add the problems of their own files in extensions.
package struct Problem: Hashable, Sendable {
  /// The name, unlike that of any other problem.
  package let name: String

  /// The exit code of a job that meets the problem.
  package let exitCode: JobExitCode

  /// Makes a problem.
  package init(_ name: String, _ exitCode: JobExitCode = .badData) {
    self.name = name
    self.exitCode = exitCode
  }
}

extension Problem {
  /// The file is not there.
  package static let missingFile = Problem("missingFile", .missingInput)
  /// A number is NaN or infinite where it may not be, or a position far outside the box.
  package static let invalidValue = Problem("invalidValue")
}
