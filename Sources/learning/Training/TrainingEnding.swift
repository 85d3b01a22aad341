internal import Foundation

/// The settings that decide when a training ends, and nothing that was done before.
///
/// They do not identify a training: one that was stopped, or is complete, goes on with more epochs or a longer
/// patience, and gives the bytes of a run that had them from the start. So a model does not record them.
package enum TrainingEnding {
  /// The keys of the settings.
  private static let keys: Set<String> = ["training.epochs", "training.patience"]

  /// Returns the lines `key = value` that identify a training, without those of its end.
  package static func identity(_ lines: [String]) -> [String] {
    lines.filter { line in
      let key = line.split(separator: "=", maxSplits: 1).first ?? ""
      return !keys.contains(key.trimmingCharacters(in: .whitespaces))
    }
  }

  /// Returns the progress of a checkpoint under the present settings, which may extend a training.
  ///
  /// - Parameters:
  ///   - progress: That of the checkpoint.
  ///   - settings: The present settings, with the largest number of epochs and the patience.
  ///   - directory: The folder of the training.
  /// - Returns: The progress, complete only if it is with these settings.
  /// - Throws: ``TrainingError/passedItsEnd(directory:epochs:done:)`` if a training with these settings would have
  ///   ended before, `FileError` if its metrics cannot be read.
  static func resumed(
    _ progress: TrainingProgress, _ settings: TrainingSettings, in directory: String
  ) throws -> TrainingProgress {
    var progress = progress
    var end = settings.epochLimit
    if let patience = settings.patience, progress.epoch > 0 {
      var best = 0
      for record in try ValidationRecord.all(in: directory) where record.epoch < progress.epoch {
        if record.isBest { best = record.epoch }
        if record.epoch - best >= patience { end = min(end, record.epoch + 1) }
      }
    }
    guard progress.epoch < end || progress.epoch == end && progress.stepInEpoch == 0 else {
      throw TrainingError.passedItsEnd(directory: directory, epochs: end, done: progress.epoch)
    }
    progress.isComplete = progress.isOver(settings)
    return progress
  }
}
