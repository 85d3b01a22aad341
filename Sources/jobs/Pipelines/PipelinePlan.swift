/// A result of a stage, and why it is to be made.
struct ResultState: Hashable, Sendable {
  /// The name of the result, such as that of a simulation or a training.
  let name: String

  /// The reasons to make it; none if it is what it would be.
  var reasons: [RemakeReason]

  /// Whether what is there is set aside first, because the stage would refuse it or go on with it.
  let startsAnew: Bool

  /// The results of earlier stages that it is made of, as ``PipelinePlan`` calls them.
  let sources: [String]

  /// Makes the value of its parts.
  init(
    _ name: String, because reasons: [RemakeReason], startsAnew: Bool = false,
    sources: [String] = []
  ) {
    self.name = name
    self.reasons = reasons
    self.startsAnew = startsAnew
    self.sources = sources
  }
}

/// A stage, and what is to be made in it.
package struct StagePlan: Hashable, Sendable {
  /// The stage.
  let stage: PipelineStage

  /// Its results.
  let results: [ResultState]

  /// Makes the plan of a stage.
  init(_ stage: PipelineStage, _ results: [ResultState]) {
    self.stage = stage
    self.results = results
  }

  /// The results that are to be made.
  var wanted: [ResultState] { results.filter { !$0.reasons.isEmpty } }
}

extension StagePlan: CustomStringConvertible {
  /// One line: whether the stage runs, for which results, and the first reason.
  package var description: String {
    let title = stage.rawValue.padding(to: 8)
    let wanted = self.wanted
    guard let first = wanted.first, let reason = first.reasons.first else {
      return "\(title)  skipped: \(Self.list(results.map(\.name))) "
        + (results.count == 1 ? "is as it would be made" : "are as they would be made")
    }
    let others = Set(wanted.flatMap(\.reasons)).count - 1
    return "\(title)  runs for \(Self.list(wanted.map(\.name))): \(reason)"
      + (others > 0 ? ", and \(others) other reason\(others == 1 ? "" : "s")" : "")
  }

  /// The line, and one more for each result with all its reasons.
  package var explanation: String {
    let lines = results.map { result in
      let reasons = result.reasons.map(\.description).joined(separator: "; ")
      let words = result.startsAnew ? " (what is there is set aside)" : ""
      return "          \(result.name): \(reasons.isEmpty ? "skipped" : reasons + words)"
    }
    return ([description] + lines).joined(separator: "\n")
  }

  /// Names in a row, or their number where there are many.
  private static func list(_ names: [String]) -> String {
    names.count <= 4
      ? names.joined(separator: ", ")
      : "\(names.prefix(2).joined(separator: ", ")) and \(names.count - 2) others"
  }
}

/// The stages of an experiment and what is to be made in each: a pure function of what was found.
package struct PipelinePlan: Hashable, Sendable {
  /// The stages, in their order.
  package let stages: [StagePlan]

  /// Makes the plan: what is made of results that are made first is made too.
  ///
  /// - Parameter found: The stages in their order, with the reasons that each result has by itself.
  init(_ found: [StagePlan]) {
    var made: Set<String> = []
    stages = found.map { plan in
      let results = plan.results.map { result in
        var result = result
        if let source = result.sources.first(where: made.contains) {
          result.reasons.append(.earlier(source))
        }
        return result
      }
      let stage = StagePlan(plan.stage, results)
      for result in stage.wanted { made.insert(Self.source(plan.stage, result.name)) }
      return stage
    }
  }

  /// The name of a result as a source of others.
  static func source(_ stage: PipelineStage, _ name: String) -> String {
    switch stage {
    case .simulate: "the simulation \(name)"
    case .prepare: "the field file of \(name)"
    case .train, .ablate: "the model \(name)"
    case .predict: "the prediction \(name)"
    case .analyze: name
    }
  }
}

extension String {
  /// The text with blanks behind it, up to a width.
  fileprivate func padding(to width: Int) -> String {
    self + String(repeating: " ", count: max(0, width - count))
  }
}
