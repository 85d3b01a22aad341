internal import Analysis
internal import Failures
internal import Networks
internal import Schedulers
internal import Settings
internal import Simulations
internal import Snapshots
internal import SubBoxes
internal import Text
internal import Training

extension Experiment {
  /// Whatever the types of the settings cannot rule out, in the order of the file.
  var problems: [SettingProblem] { problemsOfOneRun + symmetryProblems + ablationProblems }

  /// The same problems without those of the ablation.
  ///
  /// Checks across several settings are made only if every number is in its range.
  var problemsOfOneRun: [SettingProblem] {
    let outOfRange = rangeProblems
    guard outOfRange.isEmpty else { return outOfRange }
    let inputs = fields.inputProblems
    guard inputs.isEmpty else { return inputs }
    return nameProblems + simulationProblems + twinProblems + realizationProblems
      + universeProblems + networkProblems + samplingProblems + boxProblems + batchProblems
      + scheduleProblems
      + streamProblems
      + analysisProblems
      + clusterProblems
  }

  /// The problems with the universe, if any simulation is made from a seed; none otherwise.
  private var universeProblems: [SettingProblem] {
    simulations.contains { $0.seed != nil } ? universe.problems : []
  }

  private var nameProblems: [SettingProblem] {
    isName(name)
      ? []
      : [
        SettingProblem(
          path: "name", reason: "\"\(name)\" cannot name the folder of the results",
          remedy: "give a name of letters, digits, - and _, \(longestName) at most")
      ]
  }

  private var simulationProblems: [SettingProblem] {
    var problems: [SettingProblem] = []
    var firstUse: [String: Int] = [:]
    for (index, simulation) in simulations.enumerated() {
      let path = "simulations[\(index)]"
      if !isName(simulation.name) {
        problems.append(
          SettingProblem(
            path: "\(path).name", reason: "\"\(simulation.name)\" cannot name a file",
            remedy: "give a name of letters, digits, - and _, \(longestName) at most"))
      }
      if let first = firstUse[simulation.name] {
        problems.append(
          SettingProblem(
            path: "\(path).name",
            reason: "simulations[\(first)] is called \(simulation.name) too",
            remedy: "give every simulation a name of its own"))
      }
      firstUse[simulation.name] = firstUse[simulation.name] ?? index
      if let problem = fileProblem(of: simulation, path) { problems.append(problem) }
    }
    // Without simulations to learn from, an experiment may still predict with the model of another.
    if simulations(of: .training).isEmpty, !simulations(of: .validation).isEmpty {
      problems.append(
        SettingProblem(
          path: "simulations", reason: "no simulation has the role training",
          remedy: "give `role: training` to the simulations to learn from"))
    }
    return problems
  }

  /// A simulation has a seed alone, or two snapshots and at most one source of halos.
  private func fileProblem(
    of simulation: SimulationSettings, _ path: String
  ) -> SettingProblem? {
    let snapshots = [simulation.initial, simulation.final].compactMap { $0 }.count
    let halos = [simulation.catalogue, simulation.labels?.file].compactMap { $0 }.count
    if simulation.seed != nil {
      let hasMore =
        simulation.units != nil || simulation.cosmology != nil || simulation.ignoreTypes != nil
      guard snapshots + halos > 0 || hasMore else { return nil }
      return SettingProblem(
        path: path, reason: "\(simulation.name) has a seed, and files or units too",
        remedy: "give a seed alone to have it simulated, or files without a seed")
    }
    if snapshots < 2 {
      return SettingProblem(
        path: path,
        reason: "\(simulation.name) has \(snapshots) of the files initial and final and no seed",
        remedy: "give both snapshots and the catalogue, or a seed alone to have it simulated")
    }
    if halos > 1 {
      return SettingProblem(
        path: "\(path).labels", reason: "\(simulation.name) has a catalogue and labels",
        remedy: "give one of them")
    }
    return nil
  }

  /// The problems with realizations that are listed twice: none may serve two roles.
  private var realizationProblems: [SettingProblem] {
    var problems: [SettingProblem] = []
    for (index, simulation) in simulations.enumerated() {
      let twin = simulations[..<index].first { isSameRealization($0, simulation) }
      guard let twin else { continue }
      problems.append(
        SettingProblem(
          path: "simulations[\(index)]",
          reason: "\(simulation.name) (\(simulation.role)) has "
            + "\(simulation.seed == nil ? "a file" : "the seed") of \(twin.name) (\(twin.role)), so they are one realization",
          remedy: "list every realization once, in one role"))
    }
    return problems
  }

  private func isSameRealization(
    _ first: SimulationSettings, _ second: SimulationSettings
  ) -> Bool {
    if first.seed != nil || second.seed != nil {
      return first.seed == second.seed && first.isInverted ?? false == second.isInverted ?? false
        && first.reseeding == second.reseeding
    }
    return first.initial == second.initial || first.final == second.final
      || first.catalogue != nil && first.catalogue == second.catalogue
      || first.labels != nil && first.labels?.file == second.labels?.file
  }

  private var samplingProblems: [SettingProblem] {
    do {
      try sampling.check()
      return []
    } catch {
      return [SettingProblem(path: "sampling", reason: error.reason, remedy: clause(error.remedy))]
    }
  }

  /// Shells hold voxels, a mask shows some, and ellipsoids have a density to take their axes from.
  private var boxProblems: [SettingProblem] {
    let fault = training.boxes.problem(
      boxWidth: sampling.boxWidth, input: fields.networkInput)
    return fault.map {
      [SettingProblem(path: "training.\($0.key)", reason: $0.reason, remedy: $0.remedy)]
    } ?? []
  }

  /// An epoch has one step at least.
  private var batchProblems: [SettingProblem] {
    let samples = sampling.trainingSamples
    guard samples > 0, samples < training.batchSize else { return [] }
    return [
      SettingProblem(
        path: "training.batchSize",
        reason:
          "a batch of \(training.batchSize) is more than sampling.trainingSamples, \(samples)",
        remedy: "draw more samples or make the batch smaller")
    ]
  }

  /// Some decays of the learning rate need a number of steps.
  private var scheduleProblems: [SettingProblem] {
    guard training.schedule.lacksSteps else { return [] }
    return [
      SettingProblem(
        path: "training.schedule.steps",
        reason: "training.schedule.decay: \(training.schedule.decayName) has no number of steps",
        remedy: "give the steps of the whole cosine, or from one factor of step to the next")
    ]
  }

  /// Final particles are in no order in which boxes could be read.
  private var streamProblems: [SettingProblem] {
    guard !fields.networkInput.canBeStreamed, stream.mode == .stream else { return [] }
    return [
      SettingProblem(
        path: "stream.mode",
        reason:
          "fields.input: \(fields.networkInput.name) is made of final particles, which are kept in memory",
        remedy: "set stream.mode to auto")
    ]
  }

  /// Boxes of shells are shown in one orientation, and shells of a tensor's components differ between orientations.
  ///
  /// An ablation may have averaged boxes beside raw ones, which alone are turned.
  private var symmetryProblems: [SettingProblem] {
    guard fields.networkInput.hasDirections, training.variant == .averaged else { return [] }
    return [
      ("training.symmetries", training.symmetries),
      ("prediction.symmetries", prediction.symmetries),
    ].filter { $0.1 != .none }.map { path, symmetries in
      SettingProblem(
        path: path,
        reason:
          "\(path): \(symmetries.rawValue) does not turn averaged boxes, and those of tides have directions",
        remedy: "set it to none, training.variant to raw, or use shear instead of tides")
    }
  }

  private var networkProblems: [SettingProblem] {
    do {
      try training.kernels.validate(architecture)
      return []
    } catch {
      guard error.key != "inputChannels" else {
        return [
          SettingProblem(
            path: "fields.inputs",
            reason:
              "\(fields.networkInput.name) has \(error.value) channels, and the fast kernels take 1 to 8",
            remedy:
              "leave out an input (shear has 3 channels, tides has 6), or set training.kernels to "
              + "reference, which takes any number and is slower")
        ]
      }
      let path = error.key == "boxWidth" ? "sampling.boxWidth" : "network.\(error.key)"
      return [
        SettingProblem(
          path: path, reason: "no network can be made with \(error.value)",
          remedy: "it must be \(error.allowed)")
      ]
    }
  }
}

extension Experiment {
  private var analysisProblems: [SettingProblem] {
    analysis.problems.map {
      SettingProblem(
        SettingOutOfRange(key: "analysis.\($0.key)", value: $0.value, allowed: $0.allowed))
    }
  }

  private var clusterProblems: [SettingProblem] {
    do {
      try cluster.check()
      return []
    } catch {
      return [
        SettingProblem(
          path: error.key, reason: "this cannot stand in a batch script", remedy: error.remedy)
      ]
    }
  }
}

/// The most characters of a name: files are called by it with other words around, and systems take 255 bytes.
let longestName = 100

/// Whether `name` can be the name of a file, and of others made of it.
func isName(_ name: String) -> Bool { isFileName(name) && name.utf8.count <= longestName }
