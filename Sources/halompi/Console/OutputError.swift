internal import Failures
internal import Foundation

/// The result of a command that could not be printed.
struct OutputError: JobFailure, Hashable, CustomStringConvertible {
  /// The name of the output, such as "standard error output".
  let name: String

  /// The error of the system.
  let code: Int32

  /// Something could not be written.
  var exitCode: JobExitCode { .inputOutput }

  /// Whether the reader has gone, as `head` does: it has what it wants, and there is nobody to tell.
  var isOfClosedPipe: Bool { code == EPIPE }

  /// A sentence that says what was being done, why it failed and what to try.
  var description: String {
    let remedy =
      switch code {
      case ENOSPC, EDQUOT: "free space, or send it elsewhere, and give the command again"
      case EBADF: "it is closed: give the command again without `>&-`"
      default: "send it to a file or a terminal that can be written, and give the command again"
      }
    return "writing the result to the \(name): \(String(cString: strerror(code))); \(remedy)"
  }
}
