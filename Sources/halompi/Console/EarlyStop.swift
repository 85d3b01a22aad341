internal import Foundation
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
  static func install() {
    guard CommandLine.arguments.dropFirst().first.map(stages.contains) == true else { return }
    StopSignals.endProcess()
  }
}
