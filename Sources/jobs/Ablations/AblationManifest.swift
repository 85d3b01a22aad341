package import Experiments
package import Settings
internal import Training

/// The runs of an ablation, expanded: a pure function of the experiment.
///
/// Runs are counted seed by seed, and variant by variant within a seed, so that pairs stand side by side
/// and a seed that is added later changes no number.
package struct AblationManifest: Codable, Hashable, Sendable {
  /// The name of the file format.
  package let format: String

  /// The version of the format.
  package let version: Int

  /// The settings that models depend on and all runs share, a line each, such as
  /// `training.batchSize = 64`.
  package let settings: [String]

  /// The runs, in the order of their indices.
  package let runs: [AblationRun]

  private static let format = "halompi-ablation"
  private static let version = 1

  /// Expands the ablation of an experiment.
  ///
  /// - Throws: `SettingsError` for a variant that overrides what it cannot.
  package init(of experiment: Experiment) throws(SettingsError) {
    var expanded: [(variant: String, seed: UInt64, lines: [String])] = []
    for seed in experiment.ablation.seeds {
      for variant in experiment.ablation.effectiveVariants.elements {
        let run = try experiment.overridden(by: variant, seed: seed)
        expanded.append((variant.name, seed, try run.trainingIdentity()))
      }
    }
    let shared = expanded.dropFirst().reduce(Set(expanded.first?.lines ?? [])) {
      $0.intersection($1.lines)
    }
    format = Self.format
    version = Self.version
    settings = expanded.first?.lines.filter(shared.contains) ?? []
    runs = expanded.enumerated().map { index, run in
      AblationRun(
        index: index, variant: run.variant, seed: run.seed,
        settings: run.lines.filter { !shared.contains($0) })
    }
  }

  /// Whether the file is one of these, as this program reads them.
  var isOfKnownFormat: Bool { format == Self.format && version == Self.version }

  /// Returns what would change for the runs of an earlier manifest, in words.
  ///
  /// Empty if the runs there are as they were, even if others were added behind them.
  package func differences(from earlier: AblationManifest) -> [String] {
    var differences: [String] = []
    for old in earlier.runs {
      guard runs.indices.contains(old.index), runs[old.index].name == old.name else {
        differences.append(
          "run \(old.index) was \(old.name) and is "
            + (runs.indices.contains(old.index) ? runs[old.index].name : "left out"))
        continue
      }
      // A run may go on for longer than it was asked to before.
      let before = Set(TrainingEnding.identity(earlier.settings + old.settings))
      let now = Set(TrainingEnding.identity(settings + runs[old.index].settings))
      let keys = Set(before.symmetricDifference(now).map(Self.key))
      for key in keys.sorted() where !differences.contains(where: { $0.hasPrefix("\(key) ") }) {
        let (old, new) = (Self.value(of: key, in: before), Self.value(of: key, in: now))
        differences.append("\(key) was \(old) and is \(new)")
      }
    }
    return differences
  }

  private static func key(of line: String) -> String {
    line.firstRange(of: " = ").map { String(line[..<$0.lowerBound]) } ?? line
  }

  private static func value(of key: String, in lines: Set<String>) -> String {
    lines.first { $0.hasPrefix("\(key) = ") }.map { String($0.dropFirst(key.count + 3)) } ?? "unset"
  }
}

/// One training of an ablation.
package struct AblationRun: Codable, Hashable, Sendable {
  /// The place of the run in the manifest, from zero.
  package let index: Int

  /// The name of the run and of its folders, such as `raw-seed3`.
  package let name: String

  /// The name of the variant.
  package let variant: String

  /// The seed of the initial weights and of the sample order.
  package let seed: UInt64

  /// The settings that models depend on and not all runs share, a line each.
  package let settings: [String]

  init(index: Int, variant: String, seed: UInt64, settings: [String]) {
    self.index = index
    self.variant = variant
    self.seed = seed
    self.settings = settings
    name = TrainingName(variant: variant, seed: seed).description
  }

  /// The name of the training in the run directory.
  package var training: TrainingName { TrainingName(variant: variant, seed: seed) }
}
