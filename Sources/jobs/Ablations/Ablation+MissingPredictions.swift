package import Analysis
internal import Experiments
internal import Foundation
package import Settings
internal import Text

extension Ablation {
  /// Returns a gap of a report for each run of the ablation in the run directory that has no predictions.
  ///
  /// There are none if no ablation was begun there.
  ///
  /// - Throws: `SettingsError` for a variant that overrides what it cannot.
  package func missingPredictions() throws(SettingsError) -> [Gap] {
    guard FileManager.default.fileExists(atPath: directory.ablation.manifestFile) else { return [] }
    return try statuses().filter { !$0.hasPredicted }.map { status in
      Gap(
        subject: "the run \(status.name)", reason: status.reasonWithoutPredictions,
        remedy: "halompi ablate and then halompi analyze, with the same experiment file and --runs")
    }
  }
}

extension RunStatus {
  /// The reason why there are no predictions of the run.
  fileprivate var reasonWithoutPredictions: String {
    switch state {
    case .pending: "nothing was trained for it"
    case .running: "a job works on it"
    case .preempted: "its training was stopped after \(steps) steps"
    case .failed: "it failed: \(failure.map { clause($0.reason) } ?? "nobody knows why")"
    case .done: "it was trained and has not predicted"
    }
  }
}
