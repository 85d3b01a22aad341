import Foundation
import TestSupport
import Testing

extension EndToEnd.SlurmTests {
  /// Two variants with two seeds each, as an array of four jobs.
  private static let settings =
    [
      "--set", "ablation.seeds=[1, 2]", "--set", "ablation.simultaneousRuns=2", "--set",
      "training.epochs=10",
    ] + EndToEnd.AnalyzeTests.options

  private static let runs = ["raw-seed1", "averaged-seed1", "raw-seed2", "averaged-seed2"]

  private func halompi(_ words: [String], in workspace: Workspace) throws -> [String] {
    try SlurmCluster.run([Job.program] + words, in: workspace.folder)
  }

  private func steps(of run: String, in workspace: Workspace) -> Int {
    let path = workspace.path("runs/small/training/\(run)/metrics.jsonl")
    return FileManager.default.contents(atPath: path)?.count { $0 == UInt8(ascii: "\n") } ?? 0
  }

  /// Kills the process of an element that is a rank of MPI.
  private func killRank(ofElement element: Int, of job: String) -> Bool {
    let wanted = ["SLURM_ARRAY_JOB_ID=\(job)", "SLURM_ARRAY_TASK_ID=\(element)", "PMIX_RANK=0"]
    let processes = (try? FileManager.default.contentsOfDirectory(atPath: "/proc")) ?? []
    let rank = processes.lazy.compactMap { pid_t($0) }.first { process in
      let program = try? FileManager.default.destinationOfSymbolicLink(
        atPath: "/proc/\(process)/exe")
      let environment = FileManager.default.contents(atPath: "/proc/\(process)/environ") ?? Data()
      let variables = Set(
        environment.split(separator: 0).map { String(decoding: $0, as: UTF8.self) })
      return program?.hasSuffix("/halompi") == true && wanted.allSatisfy(variables.contains)
    }
    return rank.map { kill($0, SIGKILL) == 0 } ?? false
  }

  private func results(of run: String, in workspace: Workspace) -> [Data?] {
    [
      "training/\(run)/model.h5", "training/\(run)/metrics.jsonl",
      "predictions/\(run)/predictions.h5",
    ]
    .map { FileManager.default.contents(atPath: workspace.path("runs/small/\($0)")) }
  }

  @Test func aKilledRunOfAnAblationTakesNoOtherWithItAndIsMadeUpFor() throws {
    let workspace = try Workspace.withFields()
    let folder = workspace.folder
    let submit = ["ablate", "experiment.yaml", "--executor", "slurm"] + Self.settings
    let submitted = try halompi(submit, in: workspace)
    #expect(submitted.map { $0.split(separator: " ")[1] } == ["ablation", "summary", "analyze"])
    let jobs = submitted.map { String($0.prefix { $0 != " " }) }
    let job = try #require(jobs.first)
    let victim = "averaged-seed1"
    try SlurmCluster.wait("steps of \(victim)", log: { SlurmCluster.logs(in: folder) }) {
      steps(of: victim, in: workspace) >= 8
    }
    // The rank itself, as a fault of the machine would; its batch script lives on.
    try #require(killRank(ofElement: 1, of: job), "the run had ended already")
    var mostAtOnce = 0
    try SlurmCluster.wait("the end of the array", log: { SlurmCluster.logs(in: folder) }) {
      let states = try SlurmCluster.states(of: job, in: folder)
      mostAtOnce = max(mostAtOnce, states.count { $0 == "RUNNING" })
      return states.count == 4 && states.allSatisfy { ["COMPLETED", "FAILED"].contains($0) }
    }
    let states = try SlurmCluster.states(of: job, in: folder)
    #expect(states.count { $0 == "FAILED" } == 1, "\(states) \(SlurmCluster.logs(in: folder))")
    #expect(mostAtOnce <= 2, "ablation.simultaneousRuns")
    // The comparison starts though a run has failed, and tells that it is missing.
    try SlurmCluster.waitForEnd(of: [jobs[1]], in: folder)
    let summary = try String(
      contentsOfFile: workspace.path("runs/small/slurm/small-summary-\(jobs[1]).log"),
      encoding: .utf8)
    #expect(summary.contains(victim), "\(summary)")
    // So does the report, on the predictions that are there.
    try SlurmCluster.waitForEnd(of: [jobs[2]], in: folder)
    #expect(FileManager.default.fileExists(atPath: workspace.path("runs/small/report/report.json")))
    let missing = try halompi(
      ["ablate", "expand", "experiment.yaml", "--unfinished"] + Self.settings, in: workspace)
    #expect(missing == ["1\t\(victim)"])

    let again = try halompi(submit + ["--only-failed"], in: workspace)
    let second = try #require(again.first?.split(separator: " ").first.map(String.init))
    try SlurmCluster.waitForEnd(of: [second], in: folder)
    #expect(SlurmCluster.logs(in: folder).contains("goes on from the checkpoint of step"))
    #expect(
      try halompi(
        ["ablate", "expand", "experiment.yaml", "--unfinished"] + Self.settings, in: workspace)
        == [])

    // The same as the runs by themselves, without Slurm and without a kill.
    let alone = try Workspace.withFields()
    _ = try halompi(["ablate", "expand", "experiment.yaml"] + Self.settings, in: alone)
    for run in Self.runs {
      let end = try Job(
        ["ablate", "run", "experiment.yaml", run] + Self.settings, ranks: 0, in: alone.folder
      ).wait()
      #expect(end.code == 0, "\(end.messages)")
      let made = results(of: run, in: workspace)
      #expect(!made.contains(nil), "\(run)")
      #expect(made == results(of: run, in: alone), "\(run)")
    }
  }
}
