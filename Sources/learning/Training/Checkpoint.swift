internal import DurableFiles
internal import Foundation
internal import HDF5
internal import Networks

/// All that a training needs to go on as if it had never stopped, on any number of ranks.
struct Checkpoint: Sendable {
  var progress: TrainingProgress
  var state: TrainingState

  /// The weights of the best epoch so far; empty before the first validation.
  var bestParameters: [Float]

  var data: DataDescription

  /// The settings that the result depends on, a line each.
  var settings: [String]

  private static let format = "halompi-checkpoint"
  private static let version = 1

  func write(to path: String) throws {
    try NumberFile.write(to: path, format: Self.format, version: Self.version) { file in
      try NumberFile.addJSON("progress", progress, to: file)
      try NumberFile.addJSON("data", data, to: file)
      try NumberFile.addJSON("settings", settings, to: file)
      try NumberFile.addJSON("optimizerStep", state.optimizer.step, to: file)
      for (name, values, description) in [
        ("parameters", state.parameters, "the weights after the last step"),
        ("optimizer/m", state.optimizer.m, "first moments"),
        ("optimizer/v", state.optimizer.v, "second moments"),
        ("optimizer/vhat", state.optimizer.vhat, "largest second moments so far"),
        ("best/parameters", bestParameters, "the weights of the best epoch so far"),
      ] where !values.isEmpty {
        try NumberFile.add(
          name, values, shape: [values.count], unit: "1", description: description, to: file)
      }
    }
  }

  init(contentsOf path: String) throws {
    let file = try NumberFile.open(path, format: Self.format, version: Self.version)
    progress = try NumberFile.json("progress", from: file)
    data = try NumberFile.json("data", from: file)
    settings = try NumberFile.json("settings", from: file)
    let step: Int = try NumberFile.json("optimizerStep", from: file)
    state = TrainingState(
      parameters: try NumberFile.read("parameters", from: file),
      optimizer: AMSGrad.State(
        step: step, m: try NumberFile.read("optimizer/m", from: file),
        v: try NumberFile.read("optimizer/v", from: file),
        vhat: try NumberFile.read("optimizer/vhat", from: file)))
    bestParameters =
      try file.exists("best/parameters") ? NumberFile.read("best/parameters", from: file) : []
    try file.close()
  }

  /// What a checkpoint says besides its numbers.
  struct Header {
    let progress: TrainingProgress
    let data: DataDescription
    let settings: [String]

    init(contentsOf path: String) throws {
      let file = try NumberFile.open(path, format: Checkpoint.format, version: Checkpoint.version)
      progress = try NumberFile.json("progress", from: file)
      data = try NumberFile.json("data", from: file)
      settings = try NumberFile.json("settings", from: file)
      try file.close()
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

  /// How many checkpoints are kept.
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
