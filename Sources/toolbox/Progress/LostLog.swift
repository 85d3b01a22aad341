internal import Foundation
internal import Text

/// The note `log-lost.txt` in a folder of results: that a job could not say something, when and why.
///
/// A job goes on when its log is lost: the disk of the log is full, the terminal was closed, nobody reads the pipe.
/// Who looks for the log later finds here why it ends, and how the job ended. Each job adds a few lines at most.
package struct LostLog: Hashable, Sendable {
  /// The path of the note.
  package let path: String

  /// Names the note in a folder; nothing is written.
  ///
  /// - Parameter folder: The run directory, or another folder of results.
  package init(in folder: String) { path = "\(folder)/log-lost.txt" }

  /// Adds a line with the time and the process.
  ///
  /// The folder must be there: a job that has made nothing leaves no note.
  ///
  /// - Parameter text: The note, as one sentence.
  /// - Returns: Whether the line is in the file; if not, it may be tried again later.
  package func add(_ text: String) -> Bool {
    let descriptor = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0o666)
    guard descriptor >= 0 else { return false }
    defer { close(descriptor) }
    let time = Date().formatted(.iso8601)
    let line =
      "\(time) process \(ProcessInfo.processInfo.processIdentifier) on \(thisHost): "
      + Quoting.terminal(text) + "\n"
    // One call, so that lines of several jobs do not mix.
    let bytes = Array(line.utf8)
    return write(descriptor, bytes, bytes.count) == bytes.count
  }
}
