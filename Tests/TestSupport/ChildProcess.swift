package import Foundation

/// Returns a process that is to be started, with MPI started before it and before any pipe to it is made.
///
/// The daemon that MPI starts beside a single process inherits what is open, and keeps it: a pipe made before would never
/// end for those who read it to its end.
package func childProcess() throws -> Process {
  try startMPI()
  return Process()
}

/// Starts a process in which no signal is blocked.
///
/// A child inherits the signals that are blocked, and threads of tests block nearly all.
package func startUnblocked(_ process: Process) throws {
  var none = sigset_t()
  var blocked = sigset_t()
  sigemptyset(&none)
  pthread_sigmask(SIG_SETMASK, &none, &blocked)
  defer { pthread_sigmask(SIG_SETMASK, &blocked, nil) }
  try process.run()
}
