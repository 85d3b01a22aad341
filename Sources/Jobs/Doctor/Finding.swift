/// What was found of one thing that jobs need.
public struct Finding: Hashable, Sendable {
  /// How it is.
  public enum Verdict: String, Hashable, Sendable {
    /// It is as it should be.
    case ok
    /// Jobs run, but slower, or without something.
    case warning
    /// Jobs cannot run.
    case fail
  }

  /// What was looked at, such as `memory`.
  public let subject: String

  /// How it is.
  public let verdict: Verdict

  /// What was found, as a clause.
  public let text: String

  /// What to do about it, as a sentence; nothing if it is well.
  public let remedy: String?

  /// Something that is as it should be.
  static func ok(_ subject: String, _ text: String) -> Finding {
    Finding(subject: subject, verdict: .ok, text: text, remedy: nil)
  }

  /// Something with which jobs run, but not as they could.
  static func warning(_ subject: String, _ text: String, _ remedy: String) -> Finding {
    Finding(subject: subject, verdict: .warning, text: text, remedy: remedy)
  }

  /// Something with which jobs cannot run.
  static func fail(_ subject: String, _ text: String, _ remedy: String) -> Finding {
    Finding(subject: subject, verdict: .fail, text: text, remedy: remedy)
  }
}

/// All that was found.
public struct Diagnosis: Hashable, Sendable, CustomStringConvertible {
  /// What was found, in the order in which things were looked at.
  public let findings: [Finding]

  /// The error that something is as jobs cannot run with it; nothing if none is.
  public var failure: DiagnosisError? {
    let failures = findings.filter { $0.verdict == .fail }.map(\.subject)
    return failures.isEmpty ? nil : DiagnosisError(subjects: failures)
  }

  /// A line for each finding, and what to do about it below.
  public var description: String {
    let width = findings.map(\.subject.count).max() ?? 0
    return findings.map { finding in
      let verdict = finding.verdict.rawValue.padding(to: 7)
      let line = "\(verdict)  \(finding.subject.padding(to: width))  \(finding.text)\n"
      let margin = String(repeating: " ", count: 7 + 2 + width + 2)
      return line + (finding.remedy.map { "\(margin)-> \($0).\n" } ?? "")
    }.joined()
  }
}

/// A machine on which jobs cannot run as it is.
public struct DiagnosisError: JobFailure, Hashable, CustomStringConvertible {
  /// What jobs cannot run with.
  public let subjects: [String]

  /// A check that did not pass.
  public var exitCode: JobExitCode { .checkFailed }

  /// What is wrong, and what to do.
  public var description: String {
    "examining this machine: jobs cannot run with its \(subjects.joined(separator: ", ")); "
      + "do what is said there, and try again"
  }
}

extension String {
  /// The text with blanks behind it, of at least so many characters.
  func padding(to width: Int) -> String {
    self + String(repeating: " ", count: max(0, width - count))
  }
}
