internal import DurableFiles
internal import Foundation
internal import Networks
internal import RecordFiles

/// All that a training needs to go on as if it had never stopped, on any number of ranks.
struct Checkpoint: Sendable {
  var progress: TrainingProgress
  var state: TrainingState

  /// The weights of the best epoch so far; empty before the first validation.
  var bestParameters: [Float]

  var data: DataDescription

  /// The settings that the result depends on, a line each.
  var settings: [String]

  private static let format = RecordFormat("halompi-checkpoint", version: 1)

  private static let parameters = RecordDataset<Float>(
    "parameters", unit: "1", meaning: "the weights after the last step")
  private static let m = RecordDataset<Float>("optimizer/m", unit: "1", meaning: "first moments")
  private static let v = RecordDataset<Float>("optimizer/v", unit: "1", meaning: "second moments")
  private static let vhat = RecordDataset<Float>(
    "optimizer/vhat", unit: "1", meaning: "largest second moments so far")
  private static let best = RecordDataset<Float>(
    "best/parameters", unit: "1", meaning: "the weights of the best epoch so far")

  func write(to path: String) throws {
    try RecordWriter.write(to: path, as: Self.format) { file in
      try file.addJSON("progress", progress)
      try file.addJSON("data", data)
      try file.addJSON("settings", settings)
      try file.addJSON("optimizerStep", state.optimizer.step)
      for (dataset, values) in [
        (Self.parameters, state.parameters), (Self.m, state.optimizer.m),
        (Self.v, state.optimizer.v), (Self.vhat, state.optimizer.vhat),
        (Self.best, bestParameters),
      ] where !values.isEmpty {
        try file.add(dataset, values, extents: [values.count])
      }
    }
  }

  /// Reads a checkpoint, and verifies its checksums.
  init(contentsOf path: String) throws {
    let file = try RecordReader(path, as: Self.format)
    let header = try Header(file)
    progress = header.progress
    data = header.data
    settings = header.settings
    let step: Int = try file.json("optimizerStep")
    let parameters = try file.values(of: Self.parameters)
    let extents = [parameters.count]
    state = TrainingState(
      parameters: parameters,
      optimizer: AMSGrad.State(
        step: step, m: try file.values(of: Self.m, extents: extents),
        v: try file.values(of: Self.v, extents: extents),
        vhat: try file.values(of: Self.vhat, extents: extents)))
    bestParameters =
      try file.has(Self.best) ? file.values(of: Self.best, extents: extents) : []
    guard step >= 0, bestParameters.isEmpty || progress.bestEpoch != nil else {
      throw file.failure("its progress does not fit its numbers")
    }
    try file.close()
  }

  /// The progress, data and settings of a checkpoint, without its arrays of parameters and moments.
  struct Header {
    let progress: TrainingProgress
    let data: DataDescription
    let settings: [String]

    init(contentsOf path: String) throws {
      let file = try RecordReader(path, as: Checkpoint.format)
      try self.init(file)
      try file.close()
    }

    fileprivate init(_ file: borrowing RecordReader) throws {
      progress = try file.json("progress")
      data = try file.json("data")
      settings = try file.json("settings")
      guard progress.isPossible else { throw file.failure("its progress is impossible") }
      if let reason = data.fault { throw file.failure("its data cannot be used: \(reason)") }
    }
  }

  init(
    progress: TrainingProgress, state: TrainingState, bestParameters: [Float],
    data: DataDescription, settings: [String]
  ) {
    self.progress = progress
    self.state = state
    self.bestParameters = bestParameters
    self.data = data
    self.settings = settings
  }
}

/// The checkpoints of one training, of which the newest are kept.
struct CheckpointFolder: Sendable {
  let path: String

  /// The number of checkpoints that are kept.
  let kept: Int

  /// The names of the checkpoints, newest first.
  func names() -> [String] {
    let names = (try? FileManager.default.contentsOfDirectory(atPath: path)) ?? []
    return names.filter { $0.hasPrefix("step-") && $0.hasSuffix(".h5") }.sorted(by: >)
  }

  /// Writes a checkpoint, and then removes those that are too old.
  func add(_ checkpoint: Checkpoint) throws -> String {
    try DurableFile.createDirectory(path)
    let digits = "\(checkpoint.progress.step)"
    let number = String(repeating: "0", count: max(0, 9 - digits.count)) + digits
    // The letter orders the checkpoints before and after the validation of the same step.
    let suffix = checkpoint.progress.stepInEpoch == 0 ? "b" : "a"
    let target = "\(path)/step-\(number)\(suffix).h5"
    try checkpoint.write(to: target)
    for old in names().dropFirst(kept) {
      try? FileManager.default.removeItem(atPath: "\(path)/\(old)")
    }
    return target
  }

  /// Reads the newest intact checkpoint; damaged ones that are newer are moved aside.
  ///
  /// If none is intact, all stay, so that no later job starts anew in silence.
  ///
  /// - Parameter warn: Is told of each damaged one that was passed over.
  /// - Returns: The checkpoint, or `nil` if there are none at all.
  /// - Throws: ``TrainingError/noIntactCheckpoint(directory:reasons:)``.
  func newest(warn: (String) -> Void) throws -> Checkpoint? {
    var damaged: [(name: String, reason: String)] = []
    for name in names() {
      do {
        let checkpoint = try Checkpoint(contentsOf: "\(path)/\(name)")
        for (name, reason) in damaged { moveAside(name, because: reason, warn: warn) }
        return checkpoint
      } catch {
        damaged.append((name, "\(error)"))
      }
    }
    guard damaged.isEmpty else {
      throw TrainingError.noIntactCheckpoint(directory: path, reasons: damaged.map(\.reason))
    }
    return nil
  }

  private func moveAside(_ name: String, because reason: String, warn: (String) -> Void) {
    let aside = "\(name).damaged"
    warn("the checkpoint \(name) is damaged, is passed over and kept as \(aside): \(reason)")
    try? FileManager.default.moveItem(atPath: "\(path)/\(name)", toPath: "\(path)/\(aside)")
  }
}
