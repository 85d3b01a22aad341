import Foundation
import TestSupport
import Testing

extension EndToEnd {
  /// Jobs of a real Slurm, on virtual nodes (`make test-slurm`).
  @Suite(.enabled(if: SlurmCluster.configuration != nil, "needs the cluster of scripts/test-slurm"))
  struct SlurmTests {
    /// Long enough to be interrupted: 15 epochs of 10 steps.
    private static let long = [
      "--set", "training.epochs=15", "--set", "training.checkpointSteps=50",
    ]

    nonisolated(unsafe) private static let longReference = Result {
      let workspace = try Workspace.withFields()
      try workspace.run("train", long, ranks: 1)
      return try ["model.h5", "metrics.jsonl"].map(workspace.trained)
    }

    private func expectLongReference(
      in workspace: Workspace, at location: SourceLocation = #_sourceLocation
    ) throws {
      let made = try ["model.h5", "metrics.jsonl"].map(workspace.trained)
      #expect(try made == Self.longReference.get(), sourceLocation: location)
    }

    /// Submits a job of the experiment, and returns the numbers of what was submitted.
    private func submit(
      _ job: String, _ options: [String] = [], in workspace: Workspace
    ) throws -> [String] {
      let words = [Job.program, "slurm", "experiment.yaml", "--job", job] + options
      return try SlurmCluster.run(words, in: workspace.folder).map {
        String($0.prefix { $0 != " " })
      }
    }

    private func log(of workspace: Workspace) -> String {
      SlurmCluster.logs(in: workspace.folder)
    }

    @Test func thePipelineMakesWhatItMakesWithoutSlurm() throws {
      let workspace = try Workspace.withSimulations()
      let alone = try Workspace.withModel()
      try alone.run("predict", ranks: 1)
      let script = repository.appending(path: "slurm/pipeline.sh").path
      let submitted = try SlurmCluster.run(
        [
          "env", "HALOMPI_STAGES=prepare train predict analyze", script, "--nodes=2",
          "--ntasks-per-node=1",
          "--cpus-per-task=1", "--time=10", "--", "experiment.yaml", "--quiet",
        ] + AnalyzeTests.options, in: workspace.folder)
      #expect(
        submitted.map { $0.split(separator: " ").last } == [
          "prepare", "train", "predict", "analyze",
        ])
      let jobs = submitted.map { String($0.prefix { $0 != " " }) }
      try SlurmCluster.waitForEnd(of: jobs, in: workspace.folder)
      for file in ["model.h5", "metrics.jsonl"] {
        #expect(try workspace.trained(file) == alone.trained(file), "\(file)")
      }
      let predictions = [workspace, alone].map {
        FileManager.default.contents(atPath: $0.predictions)
      }
      #expect(predictions[0] != nil && predictions[0] == predictions[1])
      #expect(
        FileManager.default.fileExists(atPath: workspace.path("runs/small/report/report.json")))
    }

    @Test func aFailedStageCancelsThoseAfterIt() throws {
      // The folder has no snapshots: prepare fails with 66, and nothing after it runs.
      let workspace = try Workspace.withSimulations()
      try FileManager.default.removeItem(atPath: workspace.path("B"))
      let jobs = try submit("pipeline", in: workspace)
      try #require(jobs.count == 4)
      try SlurmCluster.waitForEnd(of: [jobs[0]], in: workspace.folder, states: ["FAILED"])
      try SlurmCluster.waitForEnd(
        of: Array(jobs[1...]), in: workspace.folder, states: ["CANCELLED"])
      #expect(log(of: workspace).contains("exit code 66"), "\(log(of: workspace))")
      #expect(!FileManager.default.fileExists(atPath: workspace.training))
    }

    /// Two virtual nodes, so that the ranks reach each other by TCP alone.
    @Test(arguments: ["srun", "mpirun"])
    func aSignalledTrainingOnTwoNodesIsRequeuedAndMakesTheSameModel(launcher: String) throws {
      let workspace = try Workspace.withFields()
      let job = try submit(
        "train",
        Self.long + [
          "--set", "cluster.nodes=2", "--set", "cluster.launcher=\(launcher)", "--set",
          "cluster.minutes=10",
        ], in: workspace)[0]
      try SlurmCluster.wait("ten steps", log: { log(of: workspace) }) {
        workspace.metricsLineCount >= 10
      }
      let nodes = try SlurmCluster.run(
        ["squeue", "-h", "-j", job, "-o", "%D"], in: workspace.folder)
      #expect(nodes == ["2"])
      // What Slurm sends to the script before the time limit.
      try SlurmCluster.run(["scancel", "-b", "-s", "USR1", job], in: workspace.folder)
      try SlurmCluster.startNow(job, in: workspace.folder)
      #expect(
        log(of: workspace).contains("requeued: restart 1 of at most 20"), "\(log(of: workspace))")
      let lines = workspace.metricsLineCount
      #expect(lines >= 10 && lines < 165, "it had ended already")
      try SlurmCluster.waitForEnd(of: [job], in: workspace.folder)
      #expect(
        log(of: workspace).contains("goes on from the checkpoint of step"), "\(log(of: workspace))")
      try expectLongReference(in: workspace)
    }

    @Test func aTrainingGoesOnBeyondItsTimeLimit() throws {
      let workspace = try Workspace.withFields()
      // The program knows the end of the job and keeps a minute for the checkpoint: one step is all.
      let job = try submit(
        "train", Self.long + ["--set", "cluster.minutes=1", "--set", "cluster.warningSeconds=5"],
        in: workspace)[0]
      try SlurmCluster.startNow(job, in: workspace.folder)
      #expect(log(of: workspace).contains("time limit is near"), "\(log(of: workspace))")
      #expect(workspace.metricsLineCount == 1)
      try SlurmCluster.waitForEnd(of: [job], in: workspace.folder)
      try expectLongReference(in: workspace)
    }

    @Test func slurmWarnsAJobBeforeItsTimeLimitAndCancellingItIsForGood() throws {
      let workspace = try Workspace.withFields()
      // Two minutes, of which the warning comes as early as Slurm's clock allows: after some seconds.
      let job = try submit(
        "train",
        [
          "--set", "training.epochs=3000", "--set", "training.checkpointSteps=100000", "--set",
          "cluster.minutes=2",
          "--set", "cluster.warningSeconds=115",
        ], in: workspace)[0]
      try SlurmCluster.startNow(job, in: workspace.folder)
      #expect(log(of: workspace).contains("a signal was received"), "\(log(of: workspace))")
      try SlurmCluster.wait("the second start", log: { log(of: workspace) }) {
        log(of: workspace).contains("goes on from the checkpoint of step")
      }
      let before = workspace.metricsLineCount
      try SlurmCluster.wait("another step", log: { log(of: workspace) }) {
        workspace.metricsLineCount > before
      }
      try SlurmCluster.run(["scancel", job], in: workspace.folder)
      try SlurmCluster.waitForEnd(of: [job], in: workspace.folder, states: ["CANCELLED"])
      #expect(
        log(of: workspace).matches(of: /requeued: restart/).count == 1, "\(log(of: workspace))")
      // It stopped at a step, with a checkpoint.
      #expect(workspace.newestCheckpoint != nil)
      #expect(log(of: workspace).contains("not requeued: the job is"), "\(log(of: workspace))")
    }

    @Test func waitingTellsWhatBecameOfTheJobs() throws {
      let workspace = try Workspace.withFields()
      try FileManager.default.removeItem(atPath: workspace.field("B"))
      #expect {
        try submit("train", ["--wait"], in: workspace)
      } throws: { error in
        "\(error)".contains("ended with 1:") && "\(error)".contains("is FAILED")
      }
    }

    /// The root of this copy of the repository.
    private var repository: URL {
      URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent()
    }
  }
}
