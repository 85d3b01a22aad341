package import Failures
internal import Text

/// A failure to submit a job, or to ask after one.
package enum SchedulerError: Error, Hashable, Sendable {
  /// A command of the scheduler is not there, or cannot be started.
  case missingCommand(String, reason: String)

  /// A command of the scheduler failed.
  case failedCommand([String], code: Int32, message: String)

  /// A command of the scheduler answered something else than expected.
  case strangeAnswer([String], answer: String)
}

extension SchedulerError: CustomStringConvertible {
  /// The message: the operation, its object, the reason and the remedy.
  package var description: String {
    switch self {
    case .missingCommand(let name, let reason):
      """
      cannot start \(name): \(reason); submit on a machine with the scheduler's commands, or print the scripts with \
      --dry-run
      """
    case .failedCommand(let words, let code, let message):
      """
      `\(words.joined(separator: " "))` failed with exit code \(code): \(Quoting.terminal(message)); correct the \
      section `cluster` of the experiment, or ask the administrators of the cluster
      """
    case .strangeAnswer(let words, let answer):
      """
      `\(words.joined(separator: " "))` answered "\(Quoting.terminal(answer))", which is not understood; try the \
      command by hand
      """
    }
  }
}

extension SchedulerError: JobFailure {
  /// No scheduler, or one that refuses.
  package var exitCode: JobExitCode {
    switch self {
    case .missingCommand: .missingInput
    case .failedCommand, .strangeAnswer: .internalFailure
    }
  }
}
