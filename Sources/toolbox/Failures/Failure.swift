/// A failure that ends a job.
///
/// Its description is one sentence: `<what was being done, to what>: <why it failed>; <what to try>`. A
/// remedy that is a sentence of its own begins with a capital letter, and a full stop precedes it.
/// Errors of libraries and of the system keep types of their own.
package struct Failure: JobFailure, Hashable {
  /// The kind of failure, as the batch system sees it.
  package let exitCode: JobExitCode

  /// The act that failed and its object, such as `opening the model a/model.h5`.
  package let action: String

  /// The reason, as a clause.
  package let reason: String

  /// The remedy, as a clause or a sentence; what a user should try.
  package let remedy: String

  /// The problem, where callers tell apart what has one exit code.
  package let problem: Problem?

  /// The path of the file to blame, where there is one.
  package let file: String?

  /// The dataset or attribute in the file, where one is to blame.
  package let dataset: String?

  /// Makes a failure of its parts.
  ///
  /// - Parameters:
  ///   - kind: The kind, which decides the exit code.
  ///   - action: The act that failed, and its object.
  ///   - reason: The reason, as a clause.
  ///   - remedy: The remedy, as a clause or a sentence.
  package init(
    _ kind: JobExitCode, _ action: String, because reason: String, remedy: String
  ) {
    exitCode = kind
    self.action = action
    self.reason = reason
    self.remedy = remedy
    problem = nil
    file = nil
    dataset = nil
  }

  /// Makes a failure of a file that cannot be used.
  ///
  /// - Parameters:
  ///   - problem: The problem, which decides the exit code.
  ///   - file: The path of the file, or the name of what cannot be used.
  ///   - name: The words for the file in the sentence, if not its path alone.
  ///   - dataset: The dataset or attribute, if one is to blame.
  ///   - reason: The reason, as a clause.
  ///   - remedy: The remedy, as a clause or a sentence.
  package init(
    _ problem: Problem, in file: String, called name: String? = nil, dataset: String? = nil,
    because reason: String, remedy: String
  ) {
    exitCode = problem.exitCode
    let place = name ?? file
    action = dataset.map { "\(place), \($0)" } ?? place
    self.reason = reason
    self.remedy = remedy
    self.problem = problem
    self.file = file
    self.dataset = dataset
  }
}

extension Failure: CustomStringConvertible {
  /// The sentence for the user.
  package var description: String {
    let isSentence = remedy.unicodeScalars.first?.properties.isUppercase == true
    return "\(action): \(reason)\(isSentence ? "." : ";") \(remedy)"
  }
}
