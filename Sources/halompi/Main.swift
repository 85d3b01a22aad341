internal import ArgumentParser
internal import Foundation

/// Runs the command, and lets one rank alone speak of usage errors and help.
///
/// Both are found before MPI starts, so the rank is read from the launcher's variables.
@main
enum Main {
  static func main() {
    EarlyStop.install()
    StandardStreams.secure()
    do {
      var command = try Halompi.parseAsRoot()
      try command.run()
    } catch {
      var code = Halompi.exitCode(for: error)
      if Launcher.rank == 0 { code = speak(of: error, code) }
      // The launcher ends a job as soon as one of its processes fails: the first shall speak before.
      if code != .success, Launcher.rank > 0 { Thread.sleep(forTimeInterval: 2) }
      exit(code.rawValue)
    }
  }

  /// Prints help, or what is wrong with the command line, and returns the exit code.
  private static func speak(of error: any Error, _ code: ExitCode) -> ExitCode {
    let message = Halompi.fullMessage(for: error)
    guard !message.isEmpty else { return code }
    guard code == .success else {
      Console.error.say(message + "\n")
      return code
    }
    do {
      try Console.output.show(message)
      return code
    } catch {
      return ExitCode(report(error))
    }
  }
}
