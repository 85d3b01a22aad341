package import Failures

/// A simulation that was asked to stop by a signal, and can go on.
struct StoppedSimulationError: JobFailure, Hashable, CustomStringConvertible {
  /// The folder of the simulation.
  let folder: String

  /// The steps that are done.
  let step: Int

  /// The same command goes on.
  var exitCode: JobExitCode { .resumableStop }

  /// Where it stopped, and how it goes on.
  var description: String {
    "simulating \(folder): stopped by a signal with a checkpoint after step \(step); the same command goes on"
  }
}
