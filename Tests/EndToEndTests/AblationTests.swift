import Foundation
import TestSupport
import Testing

extension EndToEnd {
  /// An ablation of two variants and two seeds, by all executors, and with everything that goes wrong.
  @Suite struct AblationTests {
    private static let small = ["training.epochs=2", "ablation.seeds=[1, 2]"]

    private static let runs = ["raw-seed1", "averaged-seed1", "raw-seed2", "averaged-seed2"]

    private static var options: [String] { small.flatMap { ["--set", $0] } }

    /// Each run trained by `halompi train`, and predicted by `halompi predict`, without an ablation.
    nonisolated(unsafe) private static let alone = Result { () throws -> Workspace in
      let workspace = try Workspace.withFields()
      for variant in ["raw", "averaged"] {
        for seed in 1...2 {
          let options =
            options + ["--set", "training.variant=\(variant)", "--set", "training.seed=\(seed)"]
          try workspace.run("train", options, ranks: seed)
          try workspace.run("predict", options, ranks: 0)
        }
      }
      return workspace
    }

    private func expectBytesOfSingleRuns(
      in workspace: Workspace, at location: SourceLocation = #_sourceLocation
    ) throws {
      let reference = try Self.alone.get()
      for run in Self.runs {
        for file in [
          "training/\(run)/model.h5", "training/\(run)/metrics.jsonl",
          "predictions/\(run)/predictions.h5",
        ] {
          #expect(
            try workspace.result(file) == reference.result(file), "\(file)",
            sourceLocation: location)
        }
      }
    }

    @Test(arguments: [
      (5, ["--set", "ablation.ranksPerRun=2"]),
      (
        0,
        [
          "--executor", "local", "--set", "ablation.simultaneousRuns=2", "--set",
          "ablation.ranksPerRun=2",
        ]
      ),
    ])
    func allExecutorsMakeTheBytesOfSingleRuns(ranks: Int, executor: [String]) throws {
      let workspace = try Workspace.withFields()
      try workspace.run("ablate", Self.options + executor, ranks: ranks)
      try expectBytesOfSingleRuns(in: workspace)
      let status = try workspace.run("ablate status", Self.options, ranks: 0)
      #expect(status.output.contains("4 runs: 4 done"), "\(status.output)")
      let summary = try workspace.run("ablate summarize", Self.options, ranks: 0)
      #expect(summary.output.contains("4 of 4 done"), "\(summary.output)")
      #expect(summary.output.contains("(2 pairs)"), "\(summary.output)")
    }

    @Test func oneElementAtATimeMakesTheSameBytes() throws {
      let workspace = try Workspace.withFields()
      let early = try workspace.start("ablate run", Self.options + ["0"], ranks: 0).wait()
      #expect(early.code == 66, "\(early.messages)")
      #expect(early.messages.contains("halompi ablate expand"), "\(early.messages)")
      let list = try workspace.run("ablate expand", Self.options, ranks: 0)
      #expect(list.output.split(separator: "\n").count == 4)
      for (index, run) in Self.runs.enumerated() {
        try workspace.run(
          "ablate run", Self.options + [index == 0 ? run : "\(index)"], ranks: index)
      }
      try expectBytesOfSingleRuns(in: workspace)
    }

    /// A variant that diverges, with the settings of the others.
    private static let hot =
      "ablation.variants={raw: {training.variant: raw}, "
      + "hot: {training.optimizer.learningRate: 1.0e+30}, "
      + "averaged: {training.variant: averaged}}"

    /// What `local` does with a run that fails, the test of a killed one shows.
    @Test func aRunThatDivergesIsPutOnRecordAndTheOthersGoOn() throws {
      let workspace = try Workspace.withFields()
      let options = Self.options + ["--set", Self.hot]
      let end = try workspace.start("ablate", options + ["--executor", "inside"], ranks: 3)
        .wait()
      #expect(end.code == 65, "\(end.messages)")
      #expect(end.failures.count == 1, "\(end.messages)")
      #expect(end.messages.contains("2 of 6 runs of the ablation failed"), "\(end.messages)")
      try expectBytesOfSingleRuns(in: workspace)
      let status = try workspace.run("ablate status", options, ranks: 0)
      #expect(status.output.contains("6 runs: 4 done, 2 failed"), "\(status.output)")
      #expect(status.output.contains("diverged in step"), "\(status.output)")
      let summary = try workspace.run("ablate summarize", options, ranks: 0)
      #expect(summary.output.contains("hot-seed1: failed, because"), "\(summary.output)")
      #expect(summary.output.contains("averaged - raw"), "\(summary.output)")
    }

    @Test func aKilledRunTakesNoOtherAndIsCompletedAlone() throws {
      let workspace = try Workspace.withFields()
      let local =
        Self.options + [
          "--executor", "local", "--set", "ablation.simultaneousRuns=2",
        ]
      let job = try workspace.start("ablate", local, ranks: 0)
      let victim = try #require(workspace.waitForProcess(of: "averaged-seed1", line: 3, of: job))
      kill(victim, SIGKILL)
      let end = try job.wait()
      #expect(end.code == 70, "\(end.messages)")
      #expect(end.messages.contains("1 of 4 runs of the ablation failed"), "\(end.messages)")
      #expect(end.messages.contains("was ended by signal 9"), "\(end.messages)")
      let status = try workspace.run("ablate status", Self.options, ranks: 0)
      #expect(status.output.contains("4 runs: 3 done, 1 failed"), "\(status.output)")
      let again = try workspace.run("ablate", local + ["--only-failed"], ranks: 0)
      #expect(again.messages.contains("1 of 4 runs are to be executed"), "\(again.messages)")
      try expectBytesOfSingleRuns(in: workspace)
    }

    @Test(arguments: [0, 3])
    func aSignalStopsAllRunsResumably(ranks: Int) throws {
      let workspace = try Workspace.withFields()
      let executor = ["--executor", ranks == 0 ? "local" : "inside"]
      let job = try workspace.start("ablate", Self.options + executor, ranks: ranks)
      let isStarted = workspace.waitForProcess(of: "raw-seed1", line: 3, of: job) != nil
      #expect(isStarted)
      job.send(SIGTERM, toRank: 0)
      let end = try job.wait()
      #expect(end.code == 75, "\(end.messages)")
      let status = try workspace.run("ablate status", Self.options, ranks: 0)
      #expect(status.output.contains("preempted"), "\(status.output)")
      #expect(!status.output.contains("failed"), "\(status.output)")
      try workspace.run("ablate", Self.options + executor, ranks: ranks)
      try expectBytesOfSingleRuns(in: workspace)
    }

    @Test func twoAblationsInOneFolderAtOnceAreRefused() throws {
      let workspace = try Workspace.withFields()
      let first = try workspace.start("ablate", Self.options, ranks: 0)
      _ = workspace.waitForProcess(of: "raw-seed1", line: 1, of: first)
      try workspace.expectFailure(
        of: "ablate", Self.options + ["--executor", "local"], code: 74,
        saying: ["ablation/lock", "is writing in this folder"])
      #expect(try first.wait().code == 0)
      try expectBytesOfSingleRuns(in: workspace)
      try workspace.expectFailure(
        of: "ablate", Self.options + ["--set", "training.batchSize=16"], code: 65,
        saying: ["training.batchSize was 32 and is 16"])
    }

    @Test func aTimelineShowsWhatEveryRankDid() throws {
      let workspace = try Workspace.withFields()
      let options = Self.options + ["--timeline", "timeline.json"]
      try workspace.run("train", options, ranks: 4)
      #expect(
        try workspace.trained("model.h5") == Self.alone.get().result("training/raw-seed1/model.h5"))
      let data = try Data(contentsOf: URL(filePath: workspace.path("timeline.json")))
      let trace = try #require(JSONSerialization.jsonObject(with: data) as? [String: Any])
      let events = try #require(trace["traceEvents"] as? [[String: Any]])
      let spans = events.filter { $0["ph"] as? String == "X" }
      #expect(events.count - spans.count == 4)
      func names(_ rank: Int) -> Set<String> {
        Set(spans.filter { $0["pid"] as? Int == rank }.compactMap { $0["name"] as? String })
      }
      #expect(names(0) == ["wait", "checkpoint"])
      for rank in 1...3 {
        #expect(names(rank) == ["fetch", "forward", "backward", "wait", "reduce", "update"])
      }
      // 20 steps of 32 samples go backward, and 2 validations of 48 only forward.
      #expect(spans.count { $0["name"] as? String == "backward" } == 640)
      #expect(spans.count { $0["name"] as? String == "forward" } == 640 + 96)
      #expect(
        spans.allSatisfy { ($0["ts"] as? Double ?? -1) >= 0 && ($0["dur"] as? Double ?? -1) >= 0 })
    }
  }
}

extension Workspace {
  /// The bytes of a file in the run directory.
  fileprivate func result(_ file: String) throws -> Data {
    try Data(contentsOf: URL(filePath: path("runs/small/\(file)")))
  }

  /// Waits until a run has written some lines of metrics, and returns the process that has its lock.
  fileprivate func waitForProcess(of run: String, line: Int, of job: Job) -> pid_t? {
    let folder = path("runs/small/training/\(run)")
    while job.isRunning {
      let metrics = FileManager.default.contents(atPath: "\(folder)/metrics.jsonl") ?? Data()
      if metrics.count(where: { $0 == UInt8(ascii: "\n") }) >= line {
        // "process 123 on host"
        let lock = try? String(contentsOfFile: "\(folder)/lock", encoding: .utf8)
        return lock?.split(separator: " ").dropFirst().first.flatMap { pid_t($0) }
      }
      usleep(500)
    }
    return nil
  }
}
