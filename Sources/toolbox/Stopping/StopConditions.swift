package import Foundation
internal import Schedulers

/// The conditions that stop a job at the next step boundary, with a checkpoint (exit code 75).
package struct StopConditions: Sendable {
  /// A file whose appearance asks to stop; rank 0 looks for it.
  package var file: String?

  /// The time by which the job must have ended, last step and checkpoint (``margin``) included.
  package var deadline: Date?

  /// The time before the deadline at which the job stops [seconds].
  package var margin = 60.0

  /// Makes conditions under which a job never stops by itself, except by a signal.
  package init() {}

  /// Makes the conditions of a run directory.
  ///
  /// - Parameters:
  ///   - directory: The run directory, in which a file named `stop` asks to stop.
  ///   - timeLimit: The time that the job may take [seconds]; without it, the end of the Slurm job
  ///     counts, if its environment tells it.
  package init(directory: String, timeLimit: Double? = nil) {
    file = directory + "/stop"
    if let timeLimit {
      deadline = Date(timeIntervalSinceNow: timeLimit)
    } else if let end = SlurmEnvironment().endTime {
      deadline = Date(timeIntervalSince1970: end)
    }
  }

  /// Returns the reason to stop now; `nil` to go on.
  ///
  /// The last step took `stepSeconds`: the next one must not pass the deadline.
  package func reason(stepSeconds: Double = 0) -> String? {
    if let file, FileManager.default.fileExists(atPath: file) { return "the file \(file) exists" }
    if let deadline, Date(timeIntervalSinceNow: margin + 2 * stepSeconds) > deadline {
      return "the time limit is near"
    }
    return nil
  }
}
