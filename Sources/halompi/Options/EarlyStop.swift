internal import Failures
internal import Foundation
internal import MPI
internal import Stopping

/// Signals that ask a stage to stop before it has begun its work.
///
/// Nothing is under way then that needs a checkpoint, and no file is half written under its final name: the process
/// ends at once with the code of a stop after which the same command goes on. Stages that can write a checkpoint
/// set handlers of their own later (`StopSignals`).
enum EarlyStop {
  /// The commands that go on where they were stopped.
  private static let stages: Set = [
    "run", "simulate", "prepare", "train", "predict", "analyze", "ablate",
  ]

  /// Lets SIGTERM, SIGUSR1, and SIGHUP unless it is ignored, end a stage resumably from now on; called first of all.
  ///
  /// MPICH's launcher does not notice that a rank ends before it has started MPI, and the others would wait for it for
  /// ever: there a signal takes effect when all ranks have started.
  static func install() {
    guard isStage else { return }
    guard MPIFamily.current == .mpich, Launcher.size > 1 else { return StopSignals.endProcess() }
    StopSignals.install()
  }

  /// Ends this process, and so the job, if a signal came while MPI was started; from now on others do at once.
  static func takeEffect() {
    guard isStage else { return }
    StopSignals.endProcess()
    if StopSignals.last != nil { _exit(JobExitCode.resumableStop.rawValue) }
  }

  private static var isStage: Bool {
    CommandLine.arguments.dropFirst().first.map(stages.contains) == true
  }
}
