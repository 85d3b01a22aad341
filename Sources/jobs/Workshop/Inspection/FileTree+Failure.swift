package import Failures
internal import Text

extension FileTree {
  /// The failure of a file in which data are not what was written; `nil` if all are.
  package var failure: Failure? {
    guard !failures.isEmpty else { return nil }
    let names = failures.map { Quoting.terminal($0) }.joined(separator: ", ")
    return Failure(
      .badData, "verifying \(path)",
      because: "\(names) \(failures.count == 1 ? "differs" : "differ") from what was written",
      remedy: "restore the file from a copy, or make it again")
  }
}
