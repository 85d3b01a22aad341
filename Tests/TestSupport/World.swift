import Foundation
import HDF5
package import MPI

/// Runs `body` with the world communicator of this test process.
///
/// MPI is initialized once in the life of a process and finalized when it ends, so tests share it.
/// Tests that communicate run one at a time: on one rank they wait for each other, and on several
/// they are run with `--no-parallel`, in the same order on all ranks.
package func withWorld(_ body: (borrowing Communicator) throws -> Void) throws {
  try startMPI()
  worldLock.lock()
  defer { worldLock.unlock() }
  try withSharedMPI(body)
}

private let worldLock = NSRecursiveLock()

/// HDF5 is started first, as the program does it: it would close at the end what a failure left open.
private let start = Result {
  startHDF5()
  try withSharedMPI { _ in }
}

/// Initializes MPI if it is not yet.
///
/// To be called before a process is started, and before the pipes to it are made: the daemon that MPI starts beside a
/// single process inherits, and keeps open, that by whose closing the end of a process, or of a pipe, is noticed.
package func startMPI() throws { try start.get() }

/// A folder of a test's own, the same on all ranks, removed by the operating system's cleaning.
package func temporaryDirectory(_ name: String) throws -> String {
  let job =
    ProcessInfo.processInfo.environment["OMPI_MCA_ess_base_jobid"]
    ?? "\(ProcessInfo.processInfo.processIdentifier)"
  let path = FileManager.default.temporaryDirectory.appending(path: "halompi-\(job)-\(name)").path
  try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
  return path
}
