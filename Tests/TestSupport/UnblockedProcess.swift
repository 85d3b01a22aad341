package import Foundation

/// Starts a process in which no signal is blocked.
///
/// A child inherits the signals that are blocked, and threads of tests block nearly all.
package func startUnblocked(_ process: Process) throws {
  var none = sigset_t()
  var blocked = sigset_t()
  sigemptyset(&none)
  pthread_sigmask(SIG_SETMASK, &none, &blocked)
  defer { pthread_sigmask(SIG_SETMASK, &blocked, nil) }
  try startMPI()
  try process.run()
}
