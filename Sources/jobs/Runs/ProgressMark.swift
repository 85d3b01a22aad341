internal import Foundation

/// The file by which a batch script knows that a job has done something since its start.
///
/// A job that stops resumably without it is not requeued: another start would do no more.
package final class ProgressMark {
  /// The variable of the environment that names the file.
  static let variable = "HALOMPI_PROGRESS_FILE"

  private var path: String?

  /// Makes the mark of this process; without the variable it does nothing.
  package init(environment: [String: String] = ProcessInfo.processInfo.environment) {
    path = environment[Self.variable]
  }

  /// Makes the file, the first time.
  ///
  /// Called on the first rank. A file that cannot be made is no reason to end a job: the script then says why
  /// it does not requeue.
  package func set() {
    guard let path else { return }
    _ = FileManager.default.createFile(atPath: path, contents: Data())
    self.path = nil
  }
}
