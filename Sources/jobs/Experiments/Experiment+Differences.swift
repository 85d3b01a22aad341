internal import DurableFiles
package import Settings
internal import SubBoxes
internal import Training

/// A setting that differs between two experiments.
package struct SettingsDifference: Hashable, Sendable, CustomStringConvertible {
  /// The way to the setting, such as `training.seed`.
  package let path: String

  /// The earlier value as it is written in a file, or `nil` if there was none.
  package let old: String?

  /// The present value as it is written in a file, or `nil` if there is none.
  package let new: String?

  /// Path, earlier and present value in a few words.
  package var description: String {
    "\(path) was \(old ?? "not given") and is \(new ?? "not given")"
  }
}

extension Experiment {
  /// Settings that may change between a stop and a resume, because no trained model depends on them:
  /// sections or keys, with `[]` for any list element.
  ///
  /// The paths and seeds of simulations are here because a resume compares the data themselves, the number of
  /// test samples because they are drawn apart from the others.
  static let settingsWithoutEffectOnTraining: Set<String> = [
    "name", "runs", "universe", "prediction", "analysis", "ablation", "cluster", "stream",
    "sampling.testSamples", "fields.threadsPerRank", "fields.potential", "fields.shear",
    "fields.tides", "fields.final",
    "training.coordinator", "training.threadsPerRank", "training.checkpointMinutes",
    "training.checkpointSteps", "training.keptCheckpoints", "training.tensorboard",
    "training.watchdogSeconds",
    "simulations[].initial", "simulations[].final", "simulations[].catalogue",
    "simulations[].labels", "simulations[].units", "simulations[].cosmology",
    "simulations[].ignoreTypes", "simulations[].seed", "simulations[].isInverted",
    "simulations[].reseedAbove", "simulations[].reseed",
  ]

  /// Settings that identify a training only where they are not at their defaults: they are younger than models that
  /// were made without them, whose bytes and checkpoints stay what they are.
  static let settingsThatIdentifyIfChanged: Set<String> = [
    "training.schedule", "training.clipNorm", "training.symmetries",
    "training.initialModel", "training.shells", "training.mask", "fields.inputs", "fields.filter",
    "sampling.includesField",
  ]

  /// The settings that a trained model depends on, a line each, such as `fields.neighbours = 32`.
  ///
  /// A training may be resumed only by an experiment with the same lines. Test simulations and their twins are
  /// left out, and those of the other roles keep their order. A model that it starts from is named by its checksum, or by
  /// its path where it cannot be read; so it may be moved, but not exchanged.
  package func trainingIdentity() throws(SettingsError) -> [String] {
    var trained = self
    trained.fields = fields.withoutListOfOne()
    trained.training.shells = training.boxes.shells
    trained.simulations.removeAll { $0.role == .test || $0.role == .twin }
    trained.training.initialModel = training.initialModel.map { path in
      (try? Checksum.ofFile(path)).map { "checksum \($0)" } ?? path
    }
    let defaults = Dictionary(
      uniqueKeysWithValues: try Experiment().settings().map { ($0.path, $0.value) })
    return try trained.settings().filter { setting in
      Self.affectsTraining(setting.path)
        && !(Self.isOne(of: Self.settingsThatIdentifyIfChanged, setting.path)
          && defaults[setting.path] == setting.value)
    }
    .map { "\($0.path) = \($0.value)" }
  }

  /// Returns settings, a line each, such as `fields.neighbours = 32`.
  ///
  /// - Parameters:
  ///   - sections: The sections or keys to return, with `[]` for any list element.
  ///   - others: Those among them to leave out.
  /// - Returns: The lines, in the order of the file as used.
  /// - Throws: `SettingsError` if the experiment cannot be written.
  package func lines(
    of sections: Set<String>, without others: Set<String> = []
  ) throws(SettingsError) -> [String] {
    try settings().filter {
      Self.isOne(of: sections, $0.path) && !Self.isOne(of: others, $0.path)
    }.map { "\($0.path) = \($0.value)" }
  }

  /// Returns the settings that differ from those of `earlier`, in the order of the file.
  package func differences(from earlier: Experiment) throws(SettingsError) -> [SettingsDifference] {
    let old = try earlier.settings()
    let new = try settings()
    let oldValues = Dictionary(uniqueKeysWithValues: old.map { ($0.path, $0.value) })
    let newValues = Dictionary(uniqueKeysWithValues: new.map { ($0.path, $0.value) })
    let paths = new.map(\.path) + old.map(\.path).filter { newValues[$0] == nil }
    return paths.filter { oldValues[$0] != newValues[$0] }
      .map { SettingsDifference(path: $0, old: oldValues[$0], new: newValues[$0]) }
  }

  /// All settings as (path, value) in the order of the file as used.
  ///
  /// - Throws: `SettingsError` if a value cannot be written.
  package func settings() throws(SettingsError) -> [(path: String, value: String)] {
    try SettingsEncoder.tree(of: self).leaves()
  }

  /// Whether the setting at `path`, or a section around it, can change a trained model.
  private static func affectsTraining(_ path: String) -> Bool {
    !isOne(of: settingsWithoutEffectOnTraining, path)
  }

  /// Whether the setting at `path`, or a section around it, is one of a set.
  private static func isOne(of settings: Set<String>, _ path: String) -> Bool {
    let pattern = path.replacing(/\[\d+\]/, with: "[]")
    let prefixes = pattern.indices.filter { pattern[$0] == "." || pattern[$0] == "[" }
      .map { String(pattern[..<$0]) }
    return (prefixes + [pattern]).contains { settings.contains($0) }
  }
}
