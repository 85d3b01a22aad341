import Analysis
import Networks
internal import Settings
internal import Simulations
import Slurm
import Snapshots
import SubBoxes
internal import Text
import Training

extension Experiment {
  /// Whatever the types of the settings cannot rule out, in the order of the file.
  var problems: [SettingProblem] { problemsOfOneRun + ablationProblems }

  /// The same without those of the ablation.
  var problemsOfOneRun: [SettingProblem] {
    nameProblems + simulationProblems + twinProblems + realisationProblems + universeProblems
      + fieldProblems + networkProblems
      + samplingProblems + trainingProblems + analysisProblems + clusterProblems
  }

  /// What is wrong with the universe, if any simulation is made of it.
  private var universeProblems: [SettingProblem] {
    simulations.contains { $0.seed != nil } ? universe.problems : []
  }

  private var nameProblems: [SettingProblem] {
    isFileName(name)
      ? []
      : [
        SettingProblem(
          path: "name", reason: "\"\(name)\" cannot name the folder of the results",
          remedy: "give a name of letters, digits, - and _")
      ]
  }

  private var simulationProblems: [SettingProblem] {
    var problems: [SettingProblem] = []
    var firstUse: [String: Int] = [:]
    for (index, simulation) in simulations.enumerated() {
      let path = "simulations[\(index)]"
      if !isFileName(simulation.name) {
        problems.append(
          SettingProblem(
            path: "\(path).name", reason: "\"\(simulation.name)\" cannot name a file",
            remedy: "give a name of letters, digits, - and _"))
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
    if simulations(of: .training).isEmpty {
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
    return suppliedProblem(of: simulation, path)
  }

  /// What is known of snapshots beside their files must be possible.
  private func suppliedProblem(
    of simulation: SimulationSettings, _ path: String
  ) -> SettingProblem? {
    if let type = simulation.ignoreTypes?.first(where: { !(2...15).contains($0) }) {
      return SettingProblem(
        path: "\(path).ignoreTypes", reason: "type \(type) cannot be ignored",
        remedy: "give types from 2 on; 0 is gas, and 1 the dark matter that is read")
    }
    if let cosmology = simulation.cosmology,
      !(0...10).contains(cosmology.omegaMatter) || cosmology.omegaMatter == 0
        || !(-10...10).contains(cosmology.omegaLambda) || !(0.01...10).contains(cosmology.hubble)
    {
      return SettingProblem(
        path: "\(path).cosmology", reason: "it is no universe that expands",
        remedy: "give omegaMatter, omegaLambda and hubble [100 km/s/Mpc], such as 0.3, 0.7 and 0.7")
    }
    guard let units = simulation.units,
      ![units.length, units.mass, units.velocity].allSatisfy({ $0 > 0 && $0.isFinite })
    else { return nil }
    return SettingProblem(
      path: "\(path).units", reason: "a unit is not above 0",
      remedy: "give length [Mpc/h], mass [Msun/h] and velocity [km/s], such as 0.001, 1.0e10 and 1")
  }

  /// A realisation that is learnt from must not be validated on or tested.
  private var realisationProblems: [SettingProblem] {
    var problems: [SettingProblem] = []
    for (index, simulation) in simulations.enumerated() {
      let twin = simulations[..<index].first { isSameRealisation($0, simulation) }
      guard let twin else { continue }
      problems.append(
        SettingProblem(
          path: "simulations[\(index)]",
          reason: "\(simulation.name) (\(simulation.role)) has "
            + "\(simulation.seed == nil ? "a file" : "the seed") of \(twin.name) (\(twin.role)), so they are one realisation",
          remedy: "list every realisation once, in one role"))
    }
    return problems
  }

  private func isSameRealisation(
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

  private var fieldProblems: [SettingProblem] {
    var problems: [SettingProblem] = []
    if fields.neighbours < 1 {
      problems.append(
        SettingProblem(
          path: "fields.neighbours", reason: "\(fields.neighbours) is less than 1",
          remedy: "give 1 or more; the paper uses 32"))
    }
    if !(fields.finalVoxelSize > 0 && fields.finalVoxelSize.isFinite) {
      problems.append(
        SettingProblem(
          path: "fields.finalVoxelSize", reason: "\(fields.finalVoxelSize) is out of range",
          remedy: "it must be above 0; the paper has 0.03 Mpc/h"))
    }
    if !(1...1024).contains(fields.threadsPerRank) {
      problems.append(
        SettingProblem(
          path: "fields.threadsPerRank", reason: "\(fields.threadsPerRank) is out of range",
          remedy: "it must be from 1 to 1024"))
    }
    return problems
  }

  private var samplingProblems: [SettingProblem] {
    problem(at: "sampling") { () throws(SubBoxError) in try sampling.check() }
      + problem(at: "stream") { () throws(SubBoxError) in try stream.check() }
  }

  private func problem(
    at path: String, _ check: () throws(SubBoxError) -> Void
  ) -> [SettingProblem] {
    do {
      try check()
      return []
    } catch {
      return [SettingProblem(path: path, reason: error.reason, remedy: clause(error.remedy))]
    }
  }

  private var networkProblems: [SettingProblem] {
    do {
      try architecture.validate()
      return []
    } catch {
      let path = error.setting == "boxWidth" ? "sampling.boxWidth" : "network.\(error.setting)"
      return [
        SettingProblem(
          path: path, reason: "no network can be made with \(error.value)",
          remedy: "it must be \(error.allowed)")
      ]
    }
  }
}

extension Experiment {
  private var trainingProblems: [SettingProblem] {
    do {
      try training.check()
      return []
    } catch {
      guard case .setting(let key, let value, let allowed) = error else {
        return [
          SettingProblem(path: "training", reason: "\(error)", remedy: "change the settings")
        ]
      }
      return [
        SettingProblem(
          path: key, reason: "\(value) is out of range", remedy: "it must be \(allowed)")
      ]
    }
  }
}

extension Experiment {
  private var analysisProblems: [SettingProblem] {
    analysis.problems.map {
      SettingProblem(
        path: "analysis.\($0.key)", reason: "\($0.value) is out of range",
        remedy: "it must be \($0.allowed)")
    }
  }

  private var clusterProblems: [SettingProblem] {
    do {
      try cluster.check()
      return []
    } catch {
      guard case .setting(let key, _, let allowed) = error else {
        return [
          SettingProblem(path: "cluster", reason: "\(error)", remedy: "change the settings")
        ]
      }
      return [
        SettingProblem(
          path: key, reason: "this cannot stand in a batch script", remedy: "it must be \(allowed)")
      ]
    }
  }
}
