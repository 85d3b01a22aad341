package import Failures

/// What was found of one thing that jobs need.
package struct Finding: Hashable, Sendable {
  /// How it is.
  package enum Verdict: String, Hashable, Sendable {
    /// It is as it should be.
    case ok
    /// Jobs run, but slower, or without something.
    case warning
    /// Jobs cannot run.
    case fail
  }

  /// What was looked at, such as `memory`.
  package let subject: String

  /// How it is.
  package let verdict: Verdict

  /// What was found, as a clause.
  package let text: String

  /// What to do about it, as a sentence; nothing if it is well.
  package let remedy: String?

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
package struct Diagnosis: Hashable, Sendable, CustomStringConvertible {
  /// What was found, in the order in which things were looked at.
  package let findings: [Finding]

  /// The error that something is as jobs cannot run with it; nothing if none is.
  package var failure: DiagnosisError? {
    let failures = findings.filter { $0.verdict == .fail }.map(\.subject)
    return failures.isEmpty ? nil : DiagnosisError(subjects: failures)
  }

  /// A line for each finding, and what to do about it below.
  package var description: String {
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
package struct DiagnosisError: JobFailure, Hashable, CustomStringConvertible {
  /// What jobs cannot run with.
  package let subjects: [String]

  /// A check that did not pass.
  package var exitCode: JobExitCode { .checkFailed }

  /// What is wrong, and what to do.
  package var description: String {
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
