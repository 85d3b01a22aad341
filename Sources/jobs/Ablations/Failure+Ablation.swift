internal import Failures
internal import Settings

extension Failure {
  /// Returns the failure of looking for a run by a name or index that none has.
  static func noSuchRun(_ word: String, known: [String]) -> Failure {
    Failure(
      .usage, "choosing a run of the ablation", because: "there is no run `\(word)`",
      remedy: nearestKey(to: word, among: known).map { "did you mean \($0)?" }
        ?? "give an index from 0 to \(known.count - 1), or one of \(known.joined(separator: ", "))")
  }

  /// Returns the failure of a manifest that was not written yet.
  static func missingManifest(_ file: String) -> Failure {
    Failure(
      .missingInput, "opening the ablation's manifest \(file)", because: "it does not exist",
      remedy: "make it with halompi ablate expand, given the same experiment file, --set and --runs"
    )
  }

  /// Returns the failure of a manifest that has other runs.
  static func changedManifest(_ file: String, differences: [String]) -> Failure {
    Failure(
      .badData, "comparing the ablation with its manifest \(file)",
      because: "it has other runs (\(differences.joined(separator: "; ")))",
      remedy: "restore the settings, or give the experiment another name")
  }

  /// Returns the failure of a manifest that cannot be understood.
  static func unreadableManifest(_ file: String, because reason: String) -> Failure {
    Failure(
      .badData, "reading the ablation's manifest \(file)", because: reason,
      remedy: "move it away, and make it again with halompi ablate expand")
  }

  /// Returns the failure of an ablation of which runs failed; it ends as the first of them.
  static func incompleteAblation(failed: [String], of count: Int, first: RunFailure) -> Failure {
    Failure(
      JobExitCode(rawValue: first.exitCode) ?? .internalFailure,
      "\(failed.count) of \(count) runs of the ablation failed (\(failed.joined(separator: ", "))), the "
        + "first because", because: first.reason,
      remedy: "halompi ablate status tells of all, and halompi ablate --only-failed runs them again"
    )
  }

  /// Returns the failure of an ablation whose runs ended early without a record of the reason.
  static func unrecordedFailures(of runs: [String], in folder: String) -> Failure {
    Failure(
      .inputOutput,
      "executing the runs \(runs.joined(separator: ", ")) of the ablation in \(folder)",
      because: "they did not finish, and left no reason: they were stopped, or could not put one "
        + "on record",
      remedy:
        "look whether the file system is full, over quota or read-only, and give the same command again"
    )
  }
}
