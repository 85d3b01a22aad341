package import Failures
internal import Heartbeat
package import MPI

/// A report, for the user, of the error that ends a job.
package struct FailureReport: Hashable, Sendable {
  /// The exit code of the job.
  package let exitCode: JobExitCode

  /// One line that ends with a full stop, with the rank and host that it comes from if there are several.
  package let message: String

  /// Makes the report of `error`.
  ///
  /// An error that is no ``JobFailure`` is a failure of the program itself.
  ///
  /// - Parameters:
  ///   - error: The error that ended the job.
  ///   - place: The rank and host of the error; `nil` for a command that is no job of several ranks.
  package init(of error: any Error, at place: JobPlace? = nil) {
    exitCode = (error as? any JobFailure)?.exitCode ?? .internalFailure
    var source = ""
    if let place, place.size > 1 {
      source = "[rank \(place.rank) of \(place.size), \(place.host)] "
    }
    // MPI does not know what it was called for.
    let sentence = error is MPIError ? "\(Heartbeat.phase): \(error)" : "\(error)"
    let isEnded = sentence.last.map { ".?!".contains($0) } ?? false
    message = "halompi: \(source)\(sentence)\(isEnded ? "" : ".")"
  }
}
