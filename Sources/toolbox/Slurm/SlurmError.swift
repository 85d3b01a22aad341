package import Failures
internal import Text

/// A failure to make a batch script, to submit a job, or to ask after one.
package enum SlurmError: Error, Hashable, Sendable {
  /// A setting is out of its range, or could not stand in a script as one word.
  case setting(key: String, value: String, allowed: String)

  /// A path or a word of a command cannot stand in a script.
  case word(String, purpose: String, allowed: String)

  /// A command of Slurm is not there, or cannot be started.
  case missingCommand(String, reason: String)

  /// A command of Slurm failed.
  case failedCommand([String], code: Int32, message: String)

  /// A command of Slurm answered something else than expected.
  case strangeAnswer([String], answer: String)
}

extension SlurmError: CustomStringConvertible {
  /// The message: the operation, its object, the reason and the remedy.
  package var description: String {
    switch self {
    case .setting(let key, let value, let allowed):
      "cannot write a batch script with \(key) = \(Quoting.terminal(value)): it must be \(allowed)"
    case .word(let word, let purpose, let allowed):
      "cannot write a batch script with \(Quoting.terminal(word)) as \(purpose): it must be \(allowed)"
    case .missingCommand(let name, let reason):
      """
      cannot start \(name): \(reason); submit on a machine with Slurm's commands, or print the scripts with \
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

extension SlurmError: JobFailure {
  /// A setting that cannot stand in a script, no Slurm, or one that refuses.
  package var exitCode: JobExitCode {
    switch self {
    case .setting, .word: .badData
    case .missingCommand: .missingInput
    case .failedCommand, .strangeAnswer: .internalFailure
    }
  }
}
