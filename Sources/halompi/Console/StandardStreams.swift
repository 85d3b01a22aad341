internal import Failures
internal import Foundation

/// The three descriptors that every program is started with, and the signals of outputs that cannot be written.
enum StandardStreams {
  /// Makes them safe to use, before anything else is done.
  ///
  /// A descriptor that is closed would be given to the next file that is opened, and messages would be written into a
  /// file of results. Each gets the null device, opened so that what the program does with it fails as before.
  ///
  /// Writing into a pipe that nobody reads, and past the limit on the size of files, returns an error instead of
  /// ending the process. Handlers are used, as programs that this one starts get the default back.
  static func secure() {
    for descriptor in [STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO]
    where fcntl(descriptor, F_GETFD) == -1 {
      let flags = descriptor == STDIN_FILENO ? O_WRONLY : O_RDONLY
      // The lowest free number is taken.
      guard open("/dev/null", flags) == descriptor else {
        exit(JobExitCode.inputOutput.rawValue)
      }
    }
    for number in [SIGPIPE, SIGXFSZ] { signal(number) { _ in } }
  }
}
