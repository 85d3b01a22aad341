package import Failures
internal import Text

/// A file whose content is not what was written.
package struct InspectionError: JobFailure, Hashable, CustomStringConvertible {
  /// The path of the file.
  package let file: String

  /// The paths of the datasets and attributes (`/group/@name`) that are damaged or unreadable.
  package let datasets: [String]

  /// Makes the error of a tree with failures, or nothing if it has none.
  package init?(_ tree: FileTree) {
    guard !tree.failures.isEmpty else { return nil }
    file = tree.path
    datasets = tree.failures
  }

  /// A file that is not what it must be.
  package var exitCode: JobExitCode { .badData }

  /// Which parts of which file, and what to do.
  package var description: String {
    "verifying \(file): \(datasets.map { Quoting.terminal($0) }.joined(separator: ", ")) "
      + "\(datasets.count == 1 ? "differs" : "differ") from what was written; "
      + "restore the file from a copy, or make it again"
  }
}
