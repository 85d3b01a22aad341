// How the errors of the libraries that are products of their own end a job.

package import Failures
package import HDF5
package import MPI

extension MPIError: JobFailure {
  /// A failure of the library or of the network under it.
  package var exitCode: JobExitCode { .internalFailure }
}

extension HDF5Error: JobFailure {
  /// A missing file, one that cannot be written, or one that is not what it must be.
  ///
  /// The library has no codes that last; its words for the system's errors do.
  package var exitCode: JobExitCode {
    func says(_ words: String) -> Bool { stack.contains { $0.message.contains(words) } }
    if says("No such file or directory") || says("MPI_ERR_NO_SUCH_FILE") { return .missingInput }
    let systemErrors = [
      "No space left on device", "MPI_ERR_NO_SPACE", "quota", "MPI_ERR_QUOTA", "Permission denied",
      "MPI_ERR_ACCESS", "Read-only file system", "MPI_ERR_READ_ONLY", "unable to lock file",
      "Input/output error", "MPI_ERR_IO",
    ]
    let isWriting = ["creating", "writing", "setting", "flushing", "closing"]
      .contains { operation.hasPrefix($0) }
    return isWriting || systemErrors.contains(where: says) ? .inputOutput : .badData
  }
}
