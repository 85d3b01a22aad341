package import Failures

/// A finding about one thing that jobs need.
struct Finding: Hashable, Sendable {
  /// A verdict on a thing that jobs need.
  enum Verdict: String, Hashable, Sendable {
    /// It is as it should be.
    case ok
    /// Jobs run, but slower, or without something.
    case warning
    /// Jobs cannot run.
    case fail
  }

  /// The thing that was looked at, such as `memory`.
  package let subject: String

  /// The verdict.
  let verdict: Verdict

  /// The finding, as a clause.
  package let text: String

  /// The remedy, as a sentence; `nil` if all is well.
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

/// The findings about a machine.
package struct Diagnosis: Hashable, Sendable, CustomStringConvertible {
  /// The findings, in the order in which things were looked at.
  let findings: [Finding]

  /// The error that jobs cannot run on this machine; `nil` if they can.
  package var failure: Failure? {
    let failures = findings.filter { $0.verdict == .fail }.map(\.subject)
    guard !failures.isEmpty else { return nil }
    return Failure(
      .checkFailed, "examining this machine",
      because: "jobs cannot run with its \(failures.joined(separator: ", "))",
      remedy: "do what is said there, and try again")
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

extension String {
  /// Returns the text, followed by blanks up to `width` characters.
  func padding(to width: Int) -> String {
    self + String(repeating: " ", count: max(0, width - count))
  }
}
