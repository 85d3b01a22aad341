internal import Settings

/// The trainings of an ablation, and how they are executed.
///
/// It trains every variant with every seed. Runs of the same seed start from the same weights and see
/// the same samples in the same order, so that they can be compared in pairs.
package struct AblationSettings: Codable, Hashable, Sendable {
  /// Who executes the runs.
  package enum Executor: String, Codable, CaseIterable, Hashable, Sendable {
    /// Teams of ranks in one MPI job.
    case inside
    /// Processes on this machine.
    case local
    /// Elements of an array of Slurm jobs.
    case slurm
  }

  /// The variants of the runs; without them raw and averaged sub-boxes.
  package var variants: AblationVariants?

  /// Settings of which every value is combined with every one of the others: as many variants as there are
  /// combinations, in the place of `variants`.
  package var matrix: AblationMatrix?

  /// The seeds with which every variant is trained.
  package var seeds: [UInt64] = [1, 2, 3, 4, 5]

  /// Who executes the runs.
  package var executor = Executor.inside

  /// The ranks that share a run; without it as few as leave no run waiting (`inside`), or one process
  /// without `mpirun` (`local`).
  package var ranksPerRun: Int?

  /// The runs that are executed at a time, where they are processes or jobs of their own.
  package var simultaneousRuns = 1

  /// Whether each run predicts when it is trained.
  package var predicts = true

  /// Makes the ablation of the paper.
  package init() {}

  /// The variants of the runs, with the default filled in.
  package var effectiveVariants: AblationVariants {
    variants ?? matrix?.variants ?? .rawAndAveraged
  }
}

/// The variants of an ablation, in the order of the file.
package struct AblationVariants: Codable, Hashable, Sendable {
  /// The variants.
  package var elements: [AblationVariant]

  /// Makes a list of variants.
  package init(_ elements: [AblationVariant]) { self.elements = elements }

  /// The two kinds of sub-boxes that the paper compares.
  static let rawAndAveraged = AblationVariants([
    AblationVariant(name: "raw", overrides: [.init(key: "training.variant", value: "raw")]),
    AblationVariant(
      name: "averaged", overrides: [.init(key: "training.variant", value: "averaged")]),
  ])

  /// Decodes a section of sections: name, and in it the settings that the variant overrides.
  package init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: VariantKey.self)
    elements = try container.allKeys.map { key in
      // Asks for the key, so that the decoder knows it.
      let tree = try container.decode(SettingsTree.self, forKey: key)
      return try AblationVariant(name: key.stringValue, tree: tree)
    }
  }

  /// Encodes a section of sections.
  package func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: VariantKey.self)
    for variant in elements {
      var section = container.nestedContainer(
        keyedBy: VariantKey.self, forKey: VariantKey(stringValue: variant.name))
      for override in variant.overrides {
        try section.encode(
          SettingsTree(value: override.value, option: override.description),
          forKey: VariantKey(stringValue: override.key))
      }
    }
  }
}

/// A variant of an ablation: its name, and the settings in which its runs differ from others.
package struct AblationVariant: Hashable, Sendable {
  /// A setting that is replaced; its description is what would be typed after `--set`.
  package struct Override: Hashable, Sendable, CustomStringConvertible {
    /// The way to the setting, such as `training.variant`.
    package var key: String

    /// The value, in YAML on one line.
    package var value: String

    /// Makes an override.
    package init(key: String, value: String) {
      self.key = key
      self.value = value
    }

    /// The override as it would be typed after `--set`.
    package var description: String { "\(key)=\(value)" }
  }

  /// The name, with which the folders of its runs begin.
  package var name: String

  /// The settings that are replaced, in the order of the file.
  package var overrides: [Override]

  /// Makes a variant.
  package init(name: String, overrides: [Override]) {
    self.name = name
    self.overrides = overrides
  }

  /// Takes the overrides from a section: keys with dots, sections in sections, or both.
  fileprivate init(name: String, tree: SettingsTree) throws(SettingsError) {
    switch tree.content {
    case .mapping, .null: break
    case .scalar, .sequence:
      throw SettingsError(
        path: "ablation.variants.\(name)", origin: tree.origin,
        problem: .wrongType(
          value: "no section", expected: "the settings to replace, such as {training.variant: raw}")
      )
    }
    self.name = name
    overrides = Self.flattened(tree, at: .root)
  }

  private static func flattened(_ tree: SettingsTree, at path: SettingsPath) -> [Override] {
    guard case .mapping(let entries) = tree.content, !entries.isEmpty else {
      return path.description.isEmpty
        ? [] : [Override(key: path.description, value: tree.inlineYAML)]
    }
    return entries.flatMap { flattened($0.value, at: path.appending(key: $0.key)) }
  }
}

/// A key that is whatever the file says.
struct VariantKey: CodingKey {
  let stringValue: String
  var intValue: Int? { nil }

  init(stringValue: String) { self.stringValue = stringValue }

  init?(intValue: Int) { nil }
}
