/// A setting whose value has the right type and makes no sense.
struct ExperimentProblem: Hashable, Sendable {
  let path: String
  let reason: String
  let remedy: String
}

extension Experiment {
  /// Whatever the types of the settings cannot rule out, in the order of the file.
  var problems: [ExperimentProblem] {
    nameProblems + simulationProblems + realisationProblems + fieldProblems + predictionProblems
  }

  private var nameProblems: [ExperimentProblem] {
    isFileName(name)
      ? []
      : [
        ExperimentProblem(
          path: "name", reason: "\"\(name)\" cannot name the folder of the results",
          remedy: "give a name of letters, digits, - and _")
      ]
  }

  private var simulationProblems: [ExperimentProblem] {
    var problems: [ExperimentProblem] = []
    var firstUse: [String: Int] = [:]
    for (index, simulation) in simulations.enumerated() {
      let path = "simulations[\(index)]"
      if !isFileName(simulation.name) {
        problems.append(
          ExperimentProblem(
            path: "\(path).name", reason: "\"\(simulation.name)\" cannot name a file",
            remedy: "give a name of letters, digits, - and _"))
      }
      if let first = firstUse[simulation.name] {
        problems.append(
          ExperimentProblem(
            path: "\(path).name",
            reason: "simulations[\(first)] is called \(simulation.name) too",
            remedy: "give every simulation a name of its own"))
      }
      firstUse[simulation.name] = firstUse[simulation.name] ?? index
    }
    if simulations(of: .training).isEmpty {
      problems.append(
        ExperimentProblem(
          path: "simulations", reason: "no simulation has the role training",
          remedy: "give `role: training` to the simulations to learn from"))
    }
    return problems
  }

  /// A realisation that is learnt from must not be validated on or tested.
  private var realisationProblems: [ExperimentProblem] {
    var problems: [ExperimentProblem] = []
    for (index, simulation) in simulations.enumerated() {
      let twin = simulations[..<index].first {
        $0.initial == simulation.initial || $0.final == simulation.final
          || $0.catalogue == simulation.catalogue
      }
      guard let twin else { continue }
      problems.append(
        ExperimentProblem(
          path: "simulations[\(index)]",
          reason: "\(simulation.name) (\(simulation.role)) has a file of "
            + "\(twin.name) (\(twin.role)), so they are one realisation",
          remedy: "list every realisation once, in one role"))
    }
    return problems
  }

  private var fieldProblems: [ExperimentProblem] {
    atLeast(1, fields.neighbours, "fields.neighbours", "the paper uses 32")
  }

  private var predictionProblems: [ExperimentProblem] {
    guard let samples = prediction.samples else { return [] }
    return atLeast(1, samples, "prediction.samples", "null predicts every halo particle")
  }

  private func atLeast(
    _ minimum: Int, _ value: Int, _ path: String, _ remark: String
  ) -> [ExperimentProblem] {
    guard value < minimum else { return [] }
    return [
      ExperimentProblem(
        path: path, reason: "\(value) is less than \(minimum)",
        remedy: "give \(minimum) or more; \(remark)")
    ]
  }
}

/// Whether `name` can be the name of a file on any system: letters, digits, `-`, `_`, and `.` inside.
private func isFileName(_ name: String) -> Bool {
  !name.isEmpty && !name.hasPrefix(".") && !name.hasPrefix("-")
    && name.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || "-_.".contains($0)) }
}
