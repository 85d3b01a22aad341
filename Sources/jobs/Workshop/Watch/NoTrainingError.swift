package import Failures

/// A folder in which there is no training to watch.
package struct NoTrainingError: JobFailure, Hashable, CustomStringConvertible {
  /// The folder that was given.
  package let directory: String

  /// Makes the error of a folder.
  package init(directory: String) { self.directory = directory }

  /// A file that is needed is not there.
  package var exitCode: JobExitCode { .missingInput }

  /// What is missing, and what to give instead.
  package var description: String {
    "looking for a training in \(directory): neither it nor its folder training has a metrics.jsonl; "
      + "give a run directory, such as runs/quickstart, in which halompi train has begun"
  }
}
