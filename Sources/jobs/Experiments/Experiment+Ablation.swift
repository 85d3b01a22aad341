package import Settings
internal import Text
internal import Training

extension Experiment {
  /// The experiment of one run: this one with the settings of a variant, and a seed.
  ///
  /// - Throws: `SettingsError` for a setting that there is not, one that all runs share, or a value
  ///   that makes no sense.
  package func overridden(
    by variant: AblationVariant, seed: UInt64
  ) throws(SettingsError) -> Experiment {
    var tree = try SettingsEncoder.tree(of: self)
    for override in variant.overrides {
      if let reason = Self.reasonToShare(override.key) {
        throw SettingsError(
          path: override.key, origin: .defaults,
          problem: .invalid(
            reason: "a variant cannot override it, because \(reason)",
            remedy: "set it for the whole experiment, or make two experiments"))
      }
      tree = try SettingsOverride(override.description).applied(to: tree)
    }
    var experiment = try SettingsDecoder.decode(Experiment.self, from: tree)
    experiment.training.seed = seed
    if variant.overrides.contains(where: { $0.key == "training.initialModel" }),
      let model = experiment.training.initialModel, !model.hasPrefix("/")
    {
      throw SettingsError(
        path: "training.initialModel", origin: .defaults,
        problem: .invalid(
          reason: "the path \(model) of a variant refers to no folder",
          remedy: "give an absolute path, or set it for the whole experiment"))
    }
    if let problem = experiment.problemsOfOneRun.first {
      throw SettingsError(
        path: problem.path, origin: .defaults,
        problem: .invalid(reason: problem.reason, remedy: problem.remedy))
    }
    return experiment
  }

  /// Returns why the setting at `key` is the same for all runs of an ablation; `nil` if it may differ.
  private static func reasonToShare(_ key: String) -> String? {
    let section = key.split(whereSeparator: { ".[".contains($0) }).first.map(String.init) ?? key
    if key == "training.seed" { return "runs are paired by the seeds of the ablation" }
    let own = ["fields.input", "fields.inputs", "fields.filter", "fields.finalVoxelSize"]
    let isOwn = own.contains { own in
      key == own || key.hasPrefix("\(own).") || key.hasPrefix("\(own)[")
    }
    if section == "fields", !isOwn {
      return "all runs read the same field files"
    }
    let reasons = [
      "name": "all runs are in one run directory", "runs": "all runs are in one run directory",
      "simulations": "all runs learn from the same simulations",
      "universe": "all runs learn from the same simulations",
      "ablation": "it is the ablation itself", "cluster": "all runs are in one batch job",
    ]
    return reasons[section]
  }

  /// The problems with the ablation.
  var ablationProblems: [SettingProblem] {
    listProblems + variantProblems
  }

  private var listProblems: [SettingProblem] {
    var problems: [SettingProblem] = []
    func add(_ key: String, _ reason: String, _ remedy: String) {
      problems.append(SettingProblem(path: "ablation.\(key)", reason: reason, remedy: remedy))
    }
    let variants = ablation.effectiveVariants.elements
    if ablation.variants != nil, ablation.matrix != nil {
      add("matrix", "ablation.variants are given too", "give one of the two")
    }
    for axis in ablation.matrix?.axes ?? [] where axis.values.isEmpty {
      add("matrix.\(axis.key)", "it has no value", "give one value or more")
    }
    if ablation.matrix?.isTooLarge == true {
      add(
        "matrix", "it has more than \(AblationMatrix.largestCount) combinations",
        "give fewer values, or make several experiments")
    }
    if ablation.seeds.isEmpty { add("seeds", "there is none", "give one seed or more") }
    for (index, seed) in ablation.seeds.enumerated() where ablation.seeds[..<index].contains(seed) {
      add("seeds", "the seed \(seed) is given twice", "give every seed once")
    }
    if variants.isEmpty {
      add("variants", "there is none", "give one variant or more, or null for raw and averaged")
    }
    for (index, variant) in variants.enumerated() {
      if !isName(variant.name) {
        let remedy = "give a name of letters, digits, - and _, \(longestName) at most"
        add(
          section(of: variant), "\"\(variant.name)\" cannot name a folder",
          ablation.variants == nil ? "write the runs as ablation.variants, and \(remedy)" : remedy)
      }
      for earlier in variants[..<index] {
        if earlier.name == variant.name {
          add(
            section(of: variant), "the name \(variant.name) is given twice",
            ablation.variants == nil
              ? "leave out a value, or write the runs as ablation.variants"
              : "give every variant its own")
        } else if Set(earlier.overrides) == Set(variant.overrides) {
          add(
            section(of: variant),
            "\(variant.name) overrides the same settings as \(earlier.name)", "remove one of them")
        }
      }
    }
    return problems
  }

  private var variantProblems: [SettingProblem] {
    ablation.effectiveVariants.elements.compactMap(problem(of:))
  }

  private func problem(of variant: AblationVariant) -> SettingProblem? {
    do {
      _ = try overridden(by: variant, seed: ablation.seeds.first ?? 1)
      return nil
    } catch {
      let mistake = SettingsError(path: error.path, origin: .defaults, problem: error.problem)
      return SettingProblem(
        path: "ablation.\(section(of: variant))", reason: "\(mistake)",
        remedy: "correct \(ablation.variants == nil ? "the value" : "the variant")")
    }
  }

  /// The part of the ablation that a variant comes from.
  private func section(of variant: AblationVariant) -> String {
    ablation.variants == nil && ablation.matrix != nil ? "matrix" : "variants.\(variant.name)"
  }
}
