package import DurableFiles
internal import Foundation
internal import HDF5

/// The progress of a training, read from the files in its folder.
package struct TrainingRecord: Hashable, Sendable {
  /// The epoch that is under way, from zero.
  package let epoch: Int

  /// The steps done in all.
  package let step: Int

  /// The steps of an epoch; `nil` before the first checkpoint.
  package let stepsPerEpoch: Int?

  /// The epoch with the lowest validation loss, as of the newest checkpoint.
  let bestEpoch: Int?

  /// That loss.
  package let bestLoss: Double?

  private let progress: TrainingProgress
  private let hasModel: Bool

  /// The settings that it depends on, a line each; empty before the first checkpoint.
  package let settings: [String]

  /// The data that it was begun with; `nil` before the first checkpoint.
  package let data: DataDescription?

  /// The mean time of the latest steps in the log [seconds]; `nil` before the first.
  package let secondsPerStep: Double?

  /// Returns whether the training is over with these settings, and its model is what it will be.
  package func isComplete(with settings: TrainingSettings) -> Bool {
    progress.isOver(settings) && hasModel
  }

  /// Finds out whether the training went on for longer than one with these settings would have.
  ///
  /// - Parameters:
  ///   - settings: The settings, with the largest number of epochs and the patience.
  ///   - directory: The folder of the training.
  /// - Returns: Whether it is past that end.
  /// - Throws: `FileError` if its metrics cannot be read.
  package func isPastEnd(of settings: TrainingSettings, in directory: String) throws -> Bool {
    do {
      _ = try TrainingEnding.resumed(progress, settings, in: directory)
      return false
    } catch TrainingError.passedItsEnd {
      return true
    }
  }

  /// Reads the record of a folder.
  ///
  /// It is `nil` if nothing was trained in the folder yet. Neither weights nor whole logs are read, so it is quick, and may be done while the training runs.
  ///
  /// - Parameters:
  ///   - directory: The folder of the training.
  ///   - batchSize: The samples of a step.
  package init?(directory: String, batchSize: Int) {
    let folder = CheckpointFolder(path: "\(directory)/checkpoints", kept: 1)
    let header = folder.names().lazy.compactMap {
      try? Checkpoint.Header(contentsOf: "\(folder.path)/\($0)")
    }.first
    let lines = Self.lastLines(of: "\(directory)/metrics.jsonl")
    let last = lines.last { $0["kind"] as? String == "step" }
    guard header != nil || last != nil else { return nil }
    progress = header?.progress ?? TrainingProgress()
    hasModel = FileManager.default.fileExists(atPath: "\(directory)/model.h5")
    epoch = max(progress.epoch, last?["epoch"] as? Int ?? 0)
    step = max(progress.step, last?["step"] as? Int ?? 0)
    stepsPerEpoch = header.map { $0.data.trainingSamples / batchSize }
    bestEpoch = progress.bestEpoch
    bestLoss = progress.bestLoss
    settings = header?.settings ?? []
    data = header?.data
    let times = Self.lastLines(of: "\(directory)/timings.jsonl").compactMap {
      $0["seconds"] as? Double
    }
    secondsPerStep = times.isEmpty ? nil : times.reduce(0, +) / Double(times.count)
  }

  /// The whole lines at the end of a log, at most some hundred.
  private static func lastLines(of path: String) -> [[String: Any]] {
    guard let file = FileHandle(forReadingAtPath: path), let end = try? file.seekToEnd() else {
      return []
    }
    let start = end > 32768 ? end - 32768 : 0
    try? file.seek(toOffset: start)
    let data = (try? file.readToEnd()) ?? Data()
    // The first line may have lost its beginning, the last one its end: neither can be decoded then.
    return data.split(separator: UInt8(ascii: "\n")).compactMap {
      (try? JSONSerialization.jsonObject(with: $0)) as? [String: Any]
    }
  }
}

/// The validations of a training, epoch by epoch, as its metrics tell.
package struct ValidationRecord: Hashable, Sendable {
  /// The epoch, from zero.
  package let epoch: Int

  /// The mean likelihood of the validation samples [nats].
  package let likelihood: Double

  /// Whether the weights of this epoch were the best so far.
  package let isBest: Bool

  /// Reads all validations of a folder's `metrics.jsonl`.
  ///
  /// - Throws: `FileError` if it cannot be read.
  package static func all(in directory: String) throws(FileError) -> [ValidationRecord] {
    let data = try DurableFile.read("\(directory)/metrics.jsonl")
    let marker = Data("{\"kind\":\"epoch\"".utf8)
    return data.split(separator: UInt8(ascii: "\n")).filter { $0.starts(with: marker) }
      .compactMap { line in
        guard let object = (try? JSONSerialization.jsonObject(with: line)) as? [String: Any],
          let epoch = object["epoch"] as? Int, let isBest = object["isBest"] as? Bool,
          let validation = object["validation"] as? [String: Any],
          let likelihood = validation["likelihood"] as? Double
        else { return nil }
        return ValidationRecord(epoch: epoch, likelihood: likelihood, isBest: isBest)
      }
  }
}
