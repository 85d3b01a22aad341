package import Failures
internal import Settings

/// Why an ablation, or a run of it, was not executed to its end.
package enum AblationError: JobFailure, Hashable {
  /// There is no run of this name or index.
  case noSuchRun(String, known: [String])

  /// The manifest was not written yet.
  case missing(file: String)

  /// The manifest that is there has other runs.
  case changed(file: String, differences: [String])

  /// The manifest cannot be understood.
  case unreadable(file: String, reason: String)

  /// Some runs failed; the first of them with this exit code.
  case incomplete(failed: [String], of: Int, first: RunFailure)

  /// How the job ends.
  package var exitCode: JobExitCode {
    switch self {
    case .noSuchRun: .usage
    case .missing: .missingInput
    case .changed, .unreadable: .badData
    case .incomplete(_, _, let first): JobExitCode(rawValue: first.exitCode) ?? .internalFailure
    }
  }
}

extension AblationError: CustomStringConvertible {
  /// What was being done, to what, why it failed and what to try.
  package var description: String {
    switch self {
    case .noSuchRun(let word, let known):
      let remedy =
        nearestKey(to: word, among: known).map { "did you mean \($0)?" }
        ?? "give an index from 0 to \(known.count - 1), or one of \(known.joined(separator: ", "))"
      return "choosing a run of the ablation: there is no run `\(word)`; \(remedy)"
    case .missing(let file):
      return "opening the ablation's manifest \(file): it does not exist; make it with "
        + "halompi ablate expand, given the same experiment file, --set and --runs"
    case .changed(let file, let differences):
      return "comparing the ablation with its manifest \(file): it has other runs "
        + "(\(differences.joined(separator: "; "))); restore the settings, or give the experiment "
        + "another name"
    case .unreadable(let file, let reason):
      return "reading the ablation's manifest \(file): \(reason); move it away, and make it again "
        + "with halompi ablate expand"
    case .incomplete(let failed, let count, let first):
      return "\(failed.count) of \(count) runs of the ablation failed "
        + "(\(failed.joined(separator: ", "))), the first because: \(first.reason); halompi ablate "
        + "status tells of all, and halompi ablate --only-failed runs them again"
    }
  }
}
