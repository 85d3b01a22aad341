import Testing

@testable import Experiments
@testable import Failures
@testable import Pipelines

/// The stages of an experiment, and what follows from what.
struct PipelinePlanTests {
  private static func experiment(_ simulations: String) throws -> Experiment {
    try Experiment(yaml: "name: e\nsimulations:\n\(simulations)", file: "e.yaml", folder: "/")
  }

  private static let seeds = """
      - {name: a, role: training, seed: 1}
      - {name: v, role: validation, seed: 2}
      - {name: t, role: test, seed: 3}
    """

  private static let files = """
      - {name: a, role: training, initial: i, final: f, catalogue: c}
      - {name: v, role: validation, initial: j, final: g, catalogue: d}
    """

  @Test func anExperimentHasTheStagesThatItNeeds() throws {
    let embedded = try Self.experiment(Self.seeds)
    #expect(
      try PipelineStage.stages(of: embedded, hasAblation: false)
        == [.simulate, .prepare, .train, .predict, .analyze])
    #expect(
      try PipelineStage.stages(of: embedded, hasAblation: true, until: .ablate)
        == [.simulate, .prepare, .ablate])
    let foreign = try Self.experiment(Self.files)
    #expect(
      try PipelineStage.stages(of: foreign, hasAblation: false, until: .prepare) == [.prepare])
  }

  @Test func aStageThatIsNotThereIsAUsageError() throws {
    let foreign = try Self.experiment(Self.files)
    for (stage, hasAblation) in [(PipelineStage.simulate, false), (.train, true), (.ablate, false)]
    {
      let failure = #expect(throws: Failure.self) {
        try PipelineStage.stages(of: foreign, hasAblation: hasAblation, until: stage)
      }
      #expect(failure?.exitCode == .usage)
      #expect(failure?.reason.contains(stage.rawValue) == true)
    }
  }

  @Test func simulationsToTestAloneAreSimulatedAndPrepared() throws {
    let experiment = try Self.experiment("  - {name: t, role: test, seed: 3}")
    for (last, stages) in [
      (PipelineStage.simulate, [PipelineStage.simulate]), (.prepare, [.simulate, .prepare]),
    ] {
      #expect(
        try PipelineStage.stages(of: experiment, hasAblation: false, until: last) == stages)
    }
    for last in [nil, PipelineStage.train, .predict, .analyze] {
      let failure = #expect(throws: Failure.self) {
        try PipelineStage.stages(of: experiment, hasAblation: false, until: last)
      }
      #expect(failure?.exitCode == .usage)
      for words in ["role: training", "--until prepare"] {
        #expect(failure?.remedy.contains(words) == true)
      }
    }
  }

  private static func plan(
    field: [RemakeReason] = [], training: [RemakeReason] = [], report: [RemakeReason] = []
  ) -> PipelinePlan {
    PipelinePlan([
      StagePlan(
        .prepare,
        [ResultState("a", because: field), ResultState("t", because: [])]),
      StagePlan(
        .train,
        [
          ResultState(
            "raw-seed1", because: training, sources: [PipelinePlan.source(.prepare, "a")])
        ]),
      StagePlan(
        .predict,
        [
          ResultState(
            "raw-seed1", because: [],
            sources: [
              PipelinePlan.source(.train, "raw-seed1"), PipelinePlan.source(.prepare, "t"),
            ])
        ]),
      StagePlan(
        .analyze,
        [
          ResultState(
            "the report", because: report, sources: [PipelinePlan.source(.predict, "raw-seed1")])
        ]),
    ])
  }

  @Test func whatIsMadeOfAResultThatIsMadeIsMadeToo() {
    #expect(Self.plan().stages.allSatisfy { $0.wanted.isEmpty })
    let all = Self.plan(field: [.notMade]).stages
    #expect(all.map { $0.wanted.count } == [1, 1, 1, 1])
    #expect(all[1].wanted[0].reasons == [.earlier("the field file of a")])
    #expect(all[3].wanted[0].reasons == [.earlier("the prediction raw-seed1")])
    let later = Self.plan(training: [.setting("x was 1 and is 2")]).stages
    #expect(later.map { $0.wanted.count } == [0, 1, 1, 1])
    let last = Self.plan(report: [.missing("report.html")]).stages
    #expect(last.map(\.wanted.count) == [0, 0, 0, 1])
  }

  @Test func aStageSaysItselfInOneLine() {
    let plan = Self.plan(field: [.notMade], training: [.setting("x was 1 and is 2")])
    #expect(plan.stages[0].description == "prepare   runs for a: nothing of it is there")
    #expect(
      plan.stages[1].description
        == "train     runs for raw-seed1: x was 1 and is 2, and 1 other reason")
    #expect(
      plan.stages[0].explanation.split(separator: "\n").map(String.init)
        == [
          "prepare   runs for a: nothing of it is there",
          "          a: nothing of it is there", "          t: skipped",
        ])
    #expect(
      Self.plan().stages[0].description == "prepare   skipped: a, t are as they would be made")
    let many = StagePlan(.simulate, (1...5).map { ResultState("s\($0)", because: [.notMade]) })
    #expect(many.description == "simulate  runs for s1, s2 and 3 others: nothing of it is there")
  }
}
