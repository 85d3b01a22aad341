package import Analysis
internal import Experiments
import Foundation
package import Settings
internal import Text

extension Ablation {
  /// What a report of the run directory lacks of the ablation that was begun there: a gap for each run
  /// without predictions.
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
  /// Why there are no predictions of the run.
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
