import Foundation
import TestSupport
import Testing

extension EndToEnd {
  /// All stages by one command: what it makes, what it skips, and how it goes on.
  @Suite struct RunTests {
    private static let analysis = Workspace.analysisOptions

    /// What the separate commands make, to compare with.
    nonisolated(unsafe) private static let separate = Result { () throws -> Workspace in
      let workspace = try Workspace.withModel()
      try workspace.run("predict", ranks: 2)
      try workspace.run("analyze", analysis, ranks: 2)
      return workspace
    }

    /// Model, metrics, predictions and report must be those of the separate commands.
    private func expectBytesOfSeparateCommands(
      in workspace: Workspace, at location: SourceLocation = #_sourceLocation
    ) throws {
      for file in [
        "training/raw-seed1/model.h5", "training/raw-seed1/metrics.jsonl",
        "predictions/raw-seed1/predictions.h5", "report/report.json", "report/tables.md",
      ] {
        let expected = try Data(contentsOf: URL(filePath: Self.separate.get().small(file)))
        let made = FileManager.default.contents(atPath: workspace.small(file))
        #expect(made == expected, "\(file)", sourceLocation: location)
      }
    }

    /// The first words of the lines of a plan: stage and what it does.
    private func plan(
      _ options: [String] = [], in workspace: Workspace, ranks: Int = 0
    ) throws -> [String] {
      let end = try workspace.run("run", ["--dry-run"] + Self.analysis + options, ranks: ranks)
      return end.output.split(separator: "\n").map { line in
        line.split(separator: " ").prefix(2).joined(separator: " ")
          .trimmingCharacters(in: .punctuationCharacters)
      }
    }

    private static let nothing = [
      "prepare skipped", "train skipped", "predict skipped", "analyze skipped",
    ]

    @Test(arguments: [1, 2])
    func everythingRunsOnceAndASecondTimeNothing(ranks: Int) throws {
      let workspace = try Workspace.withSimulations()
      let all = ["prepare runs", "train runs", "predict runs", "analyze runs"]
      #expect(try plan(in: workspace, ranks: ranks) == all)
      #expect(workspace.resultFiles.isEmpty, "\(workspace.resultFiles)")

      let first = try workspace.run("run", Self.analysis, ranks: ranks)
      #expect(first.messages.contains("prepare   runs for A, B, C, D"), "\(first.messages)")
      #expect(first.output.contains("page            runs/small/report/report.html"))
      try expectBytesOfSeparateCommands(in: workspace)
      #expect(try plan(in: workspace, ranks: ranks) == Self.nothing)

      let before = workspace.states
      let second = try workspace.run("run", Self.analysis + ["--why"], ranks: ranks)
      #expect(second.messages.contains("analyze   skipped"), "\(second.messages)")
      #expect(second.messages.contains("raw-seed1: skipped"), "\(second.messages)")
      #expect(workspace.states == before)
      // The copy of a folder has other times and the same bytes.
      let copy = try Workspace.with(experiment: Workspace.experiment)
      for (name, _) in Workspace.simulations + [("runs", "")] {
        try FileManager.default.copyItem(atPath: workspace.path(name), toPath: copy.path(name))
      }
      #expect(try plan(in: copy) == Self.nothing)
    }

    @Test func theSeparateCommandsLeaveNothingToDo() throws {
      #expect(try plan(in: Self.separate.get()) == Self.nothing)
    }

    @Test(arguments: [
      ("analysis.information.bootstraps=3", 1), ("sampling.testSamples=50", 2),
      ("training.clipNorm=1", 3), ("training.epochs=4", 3), ("training.epochs=2", 3),
      ("fields.neighbours=24", 4), ("training.threadsPerRank=2", 0),
    ])
    func aSettingConcernsTheStagesThatDependOnIt(setting: String, count: Int) throws {
      let workspace = try Self.separate.get()
      let before = workspace.states
      let stages = try plan(["--set", setting], in: workspace)
      #expect(stages.suffix(count).allSatisfy { $0.hasSuffix("runs") }, "\(stages)")
      #expect(stages.dropLast(count).allSatisfy { $0.hasSuffix("skipped") }, "\(stages)")
      #expect(workspace.states == before)
    }

    @Test func onlyWhatDependsOnASettingIsMadeAgain() throws {
      let workspace = try Workspace.withSimulations()
      try workspace.run("run", Self.analysis + ["--until", "predict"], ranks: 2)
      #expect(!workspace.resultFiles.contains { $0.contains("report") })
      let model = workspace.states["small/training/raw-seed1/model.h5"]

      let fewer = ["--set", "sampling.testSamples=50"]
      let second = try workspace.run("run", Self.analysis + fewer, ranks: 2)
      #expect(second.messages.contains("train     skipped"), "\(second.messages)")
      #expect(second.messages.contains("sampling.testSamples was 100 and is 50"))
      #expect(second.output.contains("particles    50 of D"), "\(second.output)")
      #expect(workspace.states["small/training/raw-seed1/model.h5"] == model)

      let other = ["--set", "training.clipNorm=1", "--why"]
      let third = try workspace.run("run", Self.analysis + fewer + other, ranks: 1)
      #expect(third.messages.contains("prepare   skipped"), "\(third.messages)")
      #expect(third.messages.contains("replaced/training-raw-seed1-1"), "\(third.messages)")
      let aside = workspace.small("replaced/training-raw-seed1-1/model.h5")
      #expect(
        FileManager.default.contents(atPath: aside)
          == (try Workspace.uninterrupted().trained("model.h5")))
      #expect(try workspace.trained("model.h5") != Workspace.uninterrupted().trained("model.h5"))
      #expect(try plan(fewer + Array(other.prefix(2)), in: workspace) == Self.nothing)
    }

    @Test func damagedAndMissingResultsAreMadeAgainWithTheSameBytes() throws {
      let workspace = try Workspace.withSimulations()
      try workspace.run("run", Self.analysis, ranks: 2)
      try FileDamage.overwrite("density", at: 100, with: 9, in: workspace.field("D"))
      for (file, stage) in [
        ("predictions/raw-seed1/predictions.h5", "predict"),
        ("training/raw-seed1/model.h5", "train"),
      ] {
        var data = try Data(contentsOf: URL(filePath: workspace.small(file)))
        data[data.count - 5] ^= 1
        try data.write(to: URL(filePath: workspace.small(file)))
        let reasons = try workspace.run(
          "run", ["--dry-run", "--why"] + Self.analysis, ranks: 0)
        #expect(reasons.output.contains("\(stage)"), "\(reasons.output)")
        #expect(reasons.output.contains("is not what was written"), "\(reasons.output)")
      }
      try FileManager.default.removeItem(atPath: workspace.small("report/report.html"))
      let end = try workspace.run("run", Self.analysis + ["--why"], ranks: 2)
      #expect(end.messages.contains("D: D.h5 is not what was written"), "\(end.messages)")
      #expect(end.messages.contains("report.html is missing"), "\(end.messages)")
      #expect(!workspace.resultFiles.contains { $0.contains("replaced") })
      try expectBytesOfSeparateCommands(in: workspace)
      #expect(try plan(in: workspace) == Self.nothing)
    }

    @Test(arguments: [1, 2])
    func aSignalStopsItResumablyAndTheSameCommandGoesOn(ranks: Int) throws {
      let workspace = try Workspace.withSimulations()
      let job = try workspace.start("run", Self.analysis, ranks: ranks)
      job.waitForTraining(in: workspace, untilLine: 5)
      #expect(job.send(SIGTERM, toRank: ranks - 1))
      let end = try job.wait()
      #expect(end.code == 75, "\(end.messages)")
      #expect(end.failures.isEmpty, "\(end.messages)")
      #expect(workspace.metricsLineCount < Workspace.allLines)
      #expect(try plan(in: workspace).prefix(2) == ["prepare skipped", "train runs"])
      let last = try workspace.run("run", Self.analysis, ranks: 3)
      #expect(last.messages.contains("goes on from the checkpoint of step"), "\(last.messages)")
      try expectBytesOfSeparateCommands(in: workspace)
    }

    @Test func anAblationIsTrainedAndPredictedOnce() throws {
      let workspace = try Workspace.withSimulations()
      let options = Self.analysis + ["--set", "ablation.seeds=[1]"]
      let first = try workspace.run("run", options, ranks: 3)
      #expect(first.messages.contains("ablate    runs for raw-seed1, averaged-seed1"))
      #expect(first.messages.contains("predict   skipped"), "\(first.messages)")
      #expect(try workspace.trained("model.h5") == Workspace.uninterrupted().trained("model.h5"))
      let second = try workspace.run("run", options, ranks: 1)
      #expect(second.messages.contains("ablate    skipped"), "\(second.messages)")
      #expect(second.messages.contains("analyze   skipped"), "\(second.messages)")
      // Another prior for both: the manifest has other runs, and is set aside with the trainings.
      let third = try workspace.run(
        "run", options + ["--set", "training.alpha=0.01", "--until", "ablate"], ranks: 2)
      #expect(third.messages.contains("training-averaged-seed1-1"), "\(third.messages)")
      #expect(
        FileManager.default.fileExists(
          atPath: workspace.small("replaced/ablation-manifest.json-1")))
    }

    @Test func universesWithSeedsAreSimulatedFirst() throws {
      let workspace = try Workspace.with(
        experiment: """
          name: small
          universe: {boxSize: 6, gridSize: 16, mesh: {steps: {count: 4}}}
          simulations:
            - {name: one, role: training, seed: 1}
            - {name: two, role: validation, seed: 2}

          """)
      let prepare = ["--until", "prepare"]
      try workspace.run("run", prepare, ranks: 2)
      #expect(!workspace.resultFiles.contains { $0.contains("training") })
      let again = try workspace.run("run", prepare, ranks: 1)
      #expect(again.messages.contains("simulate  skipped"), "\(again.messages)")
      #expect(again.messages.contains("prepare   skipped"), "\(again.messages)")
      let other = try workspace.run(
        "run", prepare + ["--set", "simulations[1].seed=3"], ranks: 2)
      #expect(other.messages.contains("simulate  runs for two"), "\(other.messages)")
      #expect(other.messages.contains("replaced/simulation-two-1"), "\(other.messages)")
      #expect(other.messages.contains("prepare   runs for two"), "\(other.messages)")
      try workspace.expectFailure(
        of: "run", ["--until", "ablate"], ranks: 2, code: 64,
        saying: ["no stage ablate", "simulate, prepare, train"])
    }
  }
}

extension Workspace {
  /// Returns the path of a file in the run directory.
  fileprivate func small(_ file: String) -> String { path("runs/small/\(file)") }

  /// The times of the last change of all files of results.
  fileprivate var states: [String: Date] {
    var states: [String: Date] = [:]
    for file in resultFiles {
      let attributes = try? FileManager.default.attributesOfItem(atPath: path("runs/\(file)"))
      states[file] = attributes?[.modificationDate] as? Date
    }
    return states
  }
}
