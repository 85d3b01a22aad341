package import Failures

/// The reason why samples could not be drawn, or a sub-box could not be made.
package struct SubBoxError: Error, Hashable, Sendable {
  /// The kind of a failure, which decides the exit code of a job.
  package enum Kind: String, Hashable, Sendable {
    /// A setting that cannot be honored with these data.
    case settings

    /// A value in a file that is not what it must be.
    case data

    /// A file that is not there.
    case missingFile

    /// A file that could not be read.
    case reading
  }

  /// The kind of the failure.
  package let kind: Kind

  /// The action that failed, such as "drawing 200000 training samples".
  package let action: String

  /// The path of the file that it was done to, if it was one.
  package let file: String?

  /// The path of the dataset inside the file, if it was one.
  package let dataset: String?

  /// The reason for the failure, as a clause.
  package let reason: String

  /// The remedy to try, as a sentence.
  package let remedy: String

  /// Makes an error of what was being done, to what, why it failed and what to try.
  package init(
    _ kind: Kind, while action: String, file: String? = nil, dataset: String? = nil,
    because reason: String, remedy: String
  ) {
    self.kind = kind
    self.action = action
    self.file = file
    self.dataset = dataset
    self.reason = reason
    self.remedy = remedy
  }
}

extension SubBoxError: CustomStringConvertible {
  /// The text for the user: the action, the dataset and file, the reason and the remedy.
  package var description: String {
    var text = action
    if let dataset { text += " of \(dataset)" }
    if let file { text += " in \(file)" }
    return "\(text): \(reason). \(remedy)"
  }
}

extension SubBoxError: JobFailure {
  /// A setting or file that cannot be used, one that is missing, or one that cannot be read.
  package var exitCode: JobExitCode {
    switch kind {
    case .settings, .data: .badData
    case .missingFile: .missingInput
    case .reading: .inputOutput
    }
  }
}
