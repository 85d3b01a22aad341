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
///
/// Temporary files of MPI, and of programs that tests start, are made in the folder of the process.
private let start = Result {
  setenv("TMPDIR", try ProcessFolder.own.get().path, 1)
  startHDF5()
  try withSharedMPI { _ in }
}

/// Initializes MPI if it is not yet.
///
/// To be called before a process is started, and before the pipes to it are made: the daemon that MPI starts beside a
/// single process inherits, and keeps open, that by whose closing the end of a process, or of a pipe, is noticed.
package func startMPI() throws { try start.get() }

/// The environment of this process without what a launcher, or MPI in this process, left in it.
package func programEnvironment() -> [String: String] {
  let launchers = ["OMPI_", "PMIX_", "PRTE_", "SLURM_"]
  return ProcessInfo.processInfo.environment.filter { variable in
    !launchers.contains { variable.key.hasPrefix($0) }
  }
}
