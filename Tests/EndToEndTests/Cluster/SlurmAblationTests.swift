import Foundation
import TestSupport
import Testing

extension SlurmTests {
  /// Two variants with two seeds each, as an array of four jobs.
  private static let settings =
    [
      "--set", "ablation.seeds=[1, 2]", "--set", "ablation.simultaneousRuns=2", "--set",
      "training.epochs=10",
    ] + Workspace.analysisOptions

  private static let runs = ["raw-seed1", "averaged-seed1", "raw-seed2", "averaged-seed2"]

  /// The runs by themselves, without Slurm and without a kill.
  private static let alone = Task {
    try await onAnotherThread {
      let alone = try Workspace.withFields()
      try alone.run("ablate expand", settings, ranks: 0)
      for run in runs { try alone.run("ablate run", [run] + settings, ranks: 0) }
      return alone
    }
  }

  private func halompi(_ words: [String], in workspace: Workspace) async throws -> [String] {
    try await SlurmCluster.run([Job.program] + words, in: workspace.folder)
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
      guard program?.hasSuffix("/halompi") == true else { return false }
      let environment = FileManager.default.contents(atPath: "/proc/\(process)/environ") ?? Data()
      let variables = Set(
        environment.split(separator: 0).map { String(decoding: $0, as: UTF8.self) })
      return wanted.allSatisfy(variables.contains)
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

  private func expectBytesOfSingleRuns(
    in workspace: Workspace, at location: SourceLocation = #_sourceLocation
  ) async throws {
    let alone = try await Self.alone.value
    for run in Self.runs {
      let made = results(of: run, in: workspace)
      #expect(!made.contains(nil), "\(run)", sourceLocation: location)
      #expect(made == results(of: run, in: alone), "\(run)", sourceLocation: location)
    }
  }

  @Test func aKilledRunOfAnAblationTakesNoOtherWithItAndIsMadeUpFor() async throws {
    let workspace = try await onAnotherThread { try Workspace.withFields() }
    let folder = workspace.folder
    let submit = ["ablate", "experiment.yaml", "--executor", "slurm"] + Self.settings
    let submitted = try await halompi(submit, in: workspace)
    #expect(submitted.map { $0.split(separator: " ")[1] } == ["ablation", "summary", "analyze"])
    let jobs = submitted.map { String($0.prefix { $0 != " " }) }
    let job = try #require(jobs.first)
    let victim = "averaged-seed1"
    try await wait(
      for: "steps of \(victim)", interval: 5, log: { SlurmCluster.logs(in: folder) }
    ) { steps(of: victim, in: workspace) >= 8 }
    // The rank itself, as a fault of the machine would; its batch script lives on.
    try #require(killRank(ofElement: 1, of: job), "the run had ended already")
    var mostAtOnce = 0
    var states: [String] = []
    try await wait(
      for: "the end of the array", interval: 200, log: { SlurmCluster.logs(in: folder) }
    ) {
      states = try await SlurmCluster.states(of: job, in: folder)
      mostAtOnce = max(mostAtOnce, states.count { $0 == "RUNNING" })
      return states.count == 4 && states.allSatisfy { ["COMPLETED", "FAILED"].contains($0) }
    }
    #expect(states.count { $0 == "FAILED" } == 1, "\(states) \(SlurmCluster.logs(in: folder))")
    #expect(mostAtOnce <= 2, "ablation.simultaneousRuns")
    // The comparison starts though a run has failed, and tells that it is missing.
    try await SlurmCluster.waitForEnd(of: [jobs[1]], in: folder)
    let summary = try String(
      contentsOfFile: workspace.path("runs/small/slurm/small-summary-\(jobs[1]).log"),
      encoding: .utf8)
    #expect(summary.contains(victim), "\(summary)")
    // So does the report, on the predictions that are there.
    try await SlurmCluster.waitForEnd(of: [jobs[2]], in: folder)
    #expect(FileManager.default.fileExists(atPath: workspace.path("runs/small/report/report.json")))
    let list = ["ablate", "expand", "experiment.yaml", "--unfinished"] + Self.settings
    #expect(try await halompi(list, in: workspace) == ["1\t\(victim)"])

    let again = try await halompi(submit + ["--only-failed"], in: workspace)
    let second = try #require(again.first?.split(separator: " ").first.map(String.init))
    try await SlurmCluster.waitForEnd(of: [second], in: folder)
    #expect(SlurmCluster.logs(in: folder).contains("goes on from the checkpoint of step"))
    #expect(try await halompi(list, in: workspace) == [])
    try await expectBytesOfSingleRuns(in: workspace)
  }

  @Test func theReadyScriptOfAnAblationMakesTheRunsOfItsManifest() async throws {
    let workspace = try await onAnotherThread { try Workspace.withFields() }
    _ = try await halompi(
      ["ablate", "expand", "experiment.yaml"] + Self.settings, in: workspace)
    let job = try await SlurmCluster.run(
      [
        "sbatch", "--parsable", "--nodes=1", "--ntasks-per-node=2", "--cpus-per-task=1",
        "--time=10", "--array=0-3%4", "\(Self.readyScripts)/ablation.sbatch", "experiment.yaml",
      ] + Self.settings, in: workspace.folder)[0]
    try await SlurmCluster.waitForEnd(of: [job], in: workspace.folder)
    try await expectBytesOfSingleRuns(in: workspace)
  }
}
