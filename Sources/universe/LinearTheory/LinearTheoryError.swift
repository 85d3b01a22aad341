package import Failures

/// An input for which linear theory cannot be computed.
///
/// The description names what was asked for, what is wrong, and what to try.
package struct LinearTheoryError: Error, Hashable, Sendable {
  /// The kind of problem, for callers that tell problems apart.
  package enum Problem: Hashable, Sendable {
    /// A cosmological parameter is not finite or outside what any universe like ours has.
    case absurdParameter
    /// The densities do not add up to a flat universe.
    case notFlat
    /// The text of a table cannot be read as a power spectrum.
    case invalidTable
    /// A table does not reach the wavenumbers that are needed.
    case notCovered
  }

  /// The kind of problem.
  package let problem: Problem

  /// The parameter at fault, or the table and its line.
  package let subject: String

  /// The reason, as a clause.
  package let reason: String

  /// The remedy, as a sentence.
  package let remedy: String

  init(_ problem: Problem, in subject: String, because reason: String, remedy: String) {
    self.problem = problem
    self.subject = subject
    self.reason = reason
    self.remedy = remedy
  }
}

extension LinearTheoryError: CustomStringConvertible {
  /// The message: the parameter or table, the reason and the remedy.
  package var description: String { "\(subject): \(reason). \(remedy)" }
}

extension LinearTheoryError: JobFailure {
  /// A cosmology or a table that cannot be used.
  package var exitCode: JobExitCode { .badData }
}
