/// The outcome of a job, as the batch system sees it.
///
/// The numbers are those of `sysexits.h`.
package enum JobExitCode: Int32, CaseIterable, Hashable, Sendable {
  /// Everything was done.
  case done = 0
  /// A check was made, and what it checked is not within its tolerance.
  case checkFailed = 1
  /// The command line is wrong (`EX_USAGE`).
  case usage = 64
  /// A file is not what it must be (`EX_DATAERR`).
  case badData = 65
  /// A file that is needed is not there (`EX_NOINPUT`).
  case missingInput = 66
  /// The program, or a library under it, failed (`EX_SOFTWARE`).
  case internalFailure = 70
  /// A file could not be read or written (`EX_IOERR`).
  case inputOutput = 74
  /// The job was stopped, and the same command resumes it (`EX_TEMPFAIL`).
  case resumableStop = 75

  /// The meaning of the code for a user, as a sentence.
  package var meaning: String {
    switch self {
    case .done: "Everything was done."
    case .checkFailed: "A check was made, and what it checked is not as it must be."
    case .usage: "The command line is wrong, or asks for what cannot be."
    case .badData: "A file is not what it must be."
    case .missingInput: "A file that is needed is not there."
    case .internalFailure: "The program, or a library under it, failed."
    case .inputOutput: "A file could not be read or written."
    case .resumableStop: "The job was stopped; the same command goes on."
    }
  }
}

/// An error that ends a job with a documented exit code.
///
/// Its description is one sentence for the user: what was being done, to what, why it failed and
/// what to try.
package protocol JobFailure: Error {
  /// The exit code of the job.
  var exitCode: JobExitCode { get }
}
