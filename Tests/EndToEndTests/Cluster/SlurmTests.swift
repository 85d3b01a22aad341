import Foundation
import TestSupport
import Testing

/// Jobs of a real Slurm, on virtual nodes (`make test-slurm`).
///
/// Most of their time is waiting, so they run side by side.
@Suite(
  .enabled(if: SlurmCluster.configuration != nil, "needs the cluster of scripts/test-slurm"))
struct SlurmTests {
  /// The folder of the scripts that take an experiment from the command line.
  static let readyScripts = URL(filePath: #filePath).deletingLastPathComponent()
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
    .appending(path: "slurm").path

  /// Long enough to be interrupted: 15 epochs of 10 steps.
  private static let long = [
    "--set", "training.epochs=15", "--set", "training.checkpointSteps=50",
  ]

  private static let longReference = Task {
    try await onAnotherThread {
      let workspace = try Workspace.withFields()
      try workspace.run("train", long, ranks: 1)
      return try ["model.h5", "metrics.jsonl"].map(workspace.trained)
    }
  }

  private func expectLongReference(
    in workspace: Workspace, at location: SourceLocation = #_sourceLocation
  ) async throws {
    let made = try ["model.h5", "metrics.jsonl"].map(workspace.trained)
    #expect(try await made == Self.longReference.value, sourceLocation: location)
  }

  /// Submits a job of the experiment, and returns the numbers of what was submitted.
  private func submit(
    _ job: String, _ options: [String] = [], in workspace: Workspace
  ) async throws -> [String] {
    let words = [Job.program, "slurm", "experiment.yaml", "--job", job] + options
    return try await SlurmCluster.run(words, in: workspace.folder).map {
      String($0.prefix { $0 != " " })
    }
  }

  private func log(of workspace: Workspace) -> String {
    SlurmCluster.logs(in: workspace.folder)
  }

  @Test func aFailedStageCancelsThoseAfterIt() async throws {
    // The folder has no snapshots of B: prepare fails with 66, and nothing after it runs.
    let workspace = try await onAnotherThread { try Workspace.withSimulations() }
    try FileManager.default.removeItem(atPath: workspace.path("B"))
    let jobs = try await submit("pipeline", in: workspace)
    try #require(jobs.count == 4)
    try await SlurmCluster.waitForEnd(of: [jobs[0]], in: workspace.folder, states: ["FAILED"])
    try await SlurmCluster.waitForEnd(
      of: Array(jobs[1...]), in: workspace.folder, states: ["CANCELLED"])
    #expect(log(of: workspace).contains("exit code 66"), "\(log(of: workspace))")
    #expect(!FileManager.default.fileExists(atPath: workspace.training))
  }

  /// Submits a training on two virtual nodes, whose ranks reach each other by TCP alone: by `halompi slurm` with
  /// `srun`, or by the ready script with `mpirun`.
  private func submitOnTwoNodes(
    launcher: String, in workspace: Workspace
  ) async throws -> String {
    if launcher == "srun" {
      let cluster = ["--set", "cluster.nodes=2", "--set", "cluster.minutes=10"]
      return try await submit("train", Self.long + cluster, in: workspace)[0]
    }
    return try await SlurmCluster.run(
      [
        "env", "HALOMPI_LAUNCHER=mpirun", "sbatch", "--parsable", "--nodes=2",
        "--ntasks-per-node=1", "--cpus-per-task=1", "--time=10",
        "\(Self.readyScripts)/train.sbatch", "experiment.yaml",
      ] + Self.long, in: workspace.folder)[0]
  }

  @Test(arguments: ["srun", "mpirun"])
  func aSignalledTrainingOnTwoNodesIsRequeuedAndMakesTheSameModel(launcher: String) async throws {
    let workspace = try await onAnotherThread { try Workspace.withFields() }
    let job = try await submitOnTwoNodes(launcher: launcher, in: workspace)
    try await wait(for: "ten steps", interval: 10, log: { log(of: workspace) }) {
      workspace.metricsLineCount >= 10
    }
    // What Slurm sends to the script before the time limit.
    try await SlurmCluster.run(["scancel", "-b", "-s", "USR1", job], in: workspace.folder)
    let facts = try await SlurmCluster.run(
      ["scontrol", "--oneliner", "show", "job", job], in: workspace.folder
    ).joined()
    #expect(facts.contains("NumNodes=2"), "\(facts)")
    try await SlurmCluster.startNow(job, in: workspace.folder)
    #expect(
      log(of: workspace).contains("requeued: restart 1 of at most 20"), "\(log(of: workspace))")
    let lines = workspace.metricsLineCount
    #expect(lines >= 10 && lines < 165, "it had ended already")
    try await SlurmCluster.waitForEnd(of: [job], in: workspace.folder)
    #expect(
      log(of: workspace).contains("goes on from the checkpoint of step"), "\(log(of: workspace))")
    try await expectLongReference(in: workspace)
  }

  @Test func aTrainingGoesOnBeyondItsTimeLimit() async throws {
    let workspace = try await onAnotherThread { try Workspace.withFields() }
    // The program knows the end of the job and keeps a minute for the checkpoint: one step is all.
    let job = try await submit(
      "train", Self.long + ["--set", "cluster.minutes=1", "--set", "cluster.warningSeconds=5"],
      in: workspace)[0]
    try await SlurmCluster.startNow(job, in: workspace.folder)
    #expect(log(of: workspace).contains("time limit is near"), "\(log(of: workspace))")
    #expect(workspace.metricsLineCount == 1)
    try await SlurmCluster.waitForEnd(of: [job], in: workspace.folder)
    try await expectLongReference(in: workspace)
  }

  @Test func slurmWarnsAJobBeforeItsTimeLimitAndCancellingItIsForGood() async throws {
    let workspace = try await onAnotherThread { try Workspace.withFields() }
    // Two minutes, of which the warning comes as early as Slurm's clock allows: after some seconds.
    let job = try await submit(
      "train",
      [
        "--set", "training.epochs=30000", "--set", "training.checkpointSteps=100000", "--set",
        "cluster.minutes=2", "--set", "cluster.warningSeconds=115",
      ], in: workspace)[0]
    try await SlurmCluster.startNow(job, in: workspace.folder)
    #expect(log(of: workspace).contains("a signal was received"), "\(log(of: workspace))")
    try await wait(for: "the second start", log: { log(of: workspace) }) {
      log(of: workspace).contains("goes on from the checkpoint of step")
    }
    let before = workspace.metricsLineCount
    try await wait(for: "another step", log: { log(of: workspace) }) {
      workspace.metricsLineCount > before
    }
    try await SlurmCluster.run(["scancel", job], in: workspace.folder)
    try await SlurmCluster.waitForEnd(of: [job], in: workspace.folder, states: ["CANCELLED"])
    #expect(
      log(of: workspace).matches(of: /requeued: restart/).count == 1, "\(log(of: workspace))")
    // It stopped at a step, with a checkpoint.
    #expect(workspace.newestCheckpoint != nil)
    #expect(log(of: workspace).contains("not requeued: the job is"), "\(log(of: workspace))")
  }

  @Test func waitingTellsWhatBecameOfTheJobs() async throws {
    let workspace = try await onAnotherThread { try Workspace.withFields() }
    try FileManager.default.removeItem(atPath: workspace.field("B"))
    await #expect {
      try await submit("train", ["--wait"], in: workspace)
    } throws: { error in
      "\(error)".contains("ended with 1:") && "\(error)".contains("is FAILED")
    }
  }
}
