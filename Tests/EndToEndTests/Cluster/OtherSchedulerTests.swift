import Foundation
import MPI
import TestSupport
import Testing

extension EndToEnd {
  /// Real trainings in the queue of `scripts/checks/mock_scheduler`, which stands in for PBS, LSF and Flux.
  struct OtherSchedulers {
    private static let checks = URL(filePath: #filePath).deletingLastPathComponent()
      .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
      .appending(path: "scripts/checks").path

    /// A queue beside a workspace.
    private struct Queue {
      let workspace: Workspace
      let scratch: ScratchFolder

      init(beside workspace: Workspace) throws {
        self.workspace = workspace
        scratch = try ScratchFolder()
        for folder in ["tools", "queue"] {
          try FileManager.default.createDirectory(
            atPath: scratch.path(folder), withIntermediateDirectories: true)
        }
        // The plain name of the launcher may belong to another MPI.
        let name = MPIFamily.current == .mpich ? "mpiexec" : "mpirun"
        try writeExecutable(
          "#!/bin/bash\nexec \(launcher) \"$@\"\n", to: scratch.path("tools/\(name)"))
        try run(["\(OtherSchedulers.checks)/mock_scheduler", "install", scratch.path("tools")])
      }

      private var launcher: String { MPIFamily.current.launcher(ranks: 1)[0] }

      private var environment: [String: String] {
        var environment = Job.environment
        let path = environment["PATH"] ?? "/usr/bin:/bin"
        environment["PATH"] = "\(scratch.path("tools")):\(path)"
        environment["MOCK_QUEUE"] = scratch.path("queue")
        environment["MOCK_LAUNCH"] = launcher
        return environment
      }

      /// Runs a command in the folder of the workspace, which must succeed.
      @discardableResult
      func run(_ words: [String]) throws -> String {
        let process = try childProcess()
        process.executableURL = URL(filePath: "/usr/bin/env")
        process.arguments = words
        process.currentDirectoryURL = workspace.folder
        process.environment = environment
        process.standardInput = FileHandle.nullDevice
        let output = Pipe()
        (process.standardOutput, process.standardError) = (output, output)
        try startUnblocked(process)
        let data = output.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        let text = String(decoding: data, as: UTF8.self)
        #expect(process.terminationStatus == 0, "\(words): \(text)")
        return text
      }

      func submit(_ scheduler: String, _ job: String, _ options: [String] = []) throws
        -> [Substring]
      {
        try run(
          [Job.program, "submit", "experiment.yaml", "--scheduler", scheduler, "--job", job]
            + options
        ).split(separator: "\n")
      }

      func drain() throws -> String {
        try run(["timeout", "600", "\(OtherSchedulers.checks)/mock_scheduler", "drain"])
        return try run(["\(OtherSchedulers.checks)/mock_scheduler", "show"])
      }
    }

    /// A minute is the last one, in which each start does one step; after two requeues the command does the rest.
    @Test(arguments: ["pbs", "lsf", "flux"])
    func aTrainingStopsBeforeItsLimitIsPutBackAndMakesTheSameModel(scheduler: String) throws {
      let workspace = try Workspace.withFields()
      let queue = try Queue(beside: workspace)
      let submitted = try queue.submit(
        scheduler, "train",
        [
          "--set", "cluster.minutes=1", "--set", "cluster.warningSeconds=5", "--set",
          "cluster.maximumRequeues=2", "--set", "cluster.ranksPerNode=2",
        ])
      #expect(submitted.count == 1 && submitted[0].hasSuffix("small-train.\(scheduler)"))
      let states = try queue.drain()
      let logs = SlurmCluster.logs(in: workspace.folder)
      #expect(workspace.metricsLineCount == 3, "\(states)\n\(logs)")
      for words in [
        "time limit is near", "restart 1 of at most 2", "restart 2 of at most 2",
        "not put back: it was put back 2 times already", "goes on from the checkpoint of step 2",
      ] { #expect(logs.contains(words), "\(words): \(states)\n\(logs)") }
      try workspace.run("train", ranks: 1)
      try workspace.expectUninterruptedBytes()
    }

    @Test func theJobsOfAPipelineWaitForEachOther() throws {
      let workspace = try Workspace.withSimulations()
      let queue = try Queue(beside: workspace)
      let options = ["--set", "training.epochs=1"] + Workspace.analysisOptions
      #expect(try queue.submit("lsf", "pipeline", options).count == 4)
      let states = try queue.drain()
      #expect(states.split(separator: "\n").count { $0.contains("done 0 after 1 starts") } == 4)
      #expect(workspace.resultFiles.contains("small/report/report.json"), "\(states)")
    }

    @Test func waitingIsForSlurmAlone() throws {
      let workspace = try Workspace.with(
        experiment: "name: e\nsimulations: [{name: a, role: training, seed: 1}]\n")
      let end = try Job(
        ["submit", "experiment.yaml", "--scheduler", "pbs", "--job", "simulate", "--wait"],
        ranks: 0, in: workspace.folder
      ).wait()
      #expect(end.code == 64 && end.messages.contains("--wait asks Slurm alone"), "\(end)")
    }

    @Test func withoutTheCommandsOfASchedulerItSaysSo() throws {
      let workspace = try Workspace.with(
        experiment: "name: e\nsimulations: [{name: a, role: training, seed: 1}]\n")
      let end = try Job(
        ["submit", "experiment.yaml", "--scheduler", "lsf", "--job", "simulate"], ranks: 0,
        in: workspace.folder
      ).wait()
      #expect(end.code == 66 && end.messages.contains("cannot start bsub"), "\(end)")
    }

    // MARK: - Flux's own parser

    private static let python = PythonCheck.interop.flatMap {
      PythonCheck.has("ply, jsonschema, _flux", $0) ? $0 : nil
    }

    @Test(
      .enabled(
        if: python != nil,
        "there is no .venv-interop with flux-python (scripts/interop/setup): Flux reads no script"))
    func fluxReadsTheOptionsOfScripts() throws {
      let python = try #require(Self.python)
      let workspace = try Workspace.withFields()
      let queue = try Queue(beside: workspace)
      try queue.submit(
        "flux", "train",
        [
          "--set", "cluster.nodes=2", "--set", "cluster.coresPerRank=3", "--set",
          "cluster.partition=long", "--set", "cluster.account=me", "--set",
          "cluster.memoryPerNode=9000", "--set", "cluster.options=['--requires=a|b']",
        ])
      let script = workspace.path("runs/small/flux/small-train.flux")
      let read = try PythonCheck.run("flux_options.py", [script], by: python)
      #expect(read.code == 0, "\(read.text)")
      for value in [
        "\"nodes\": 2", "\"nslots\": 2", "\"cores_per_slot\": 3", "\"queue\": \"long\"",
        "\"bank\": \"me\"", "\"exclusive\": true", "\"signal\": \"USR1@120s\"",
        "\"time_limit\": \"240m\"", "\"requires\": [\"a|b\"]", "\"job_name\": \"small-train\"",
      ] { #expect(read.text.contains(value), "\(value): \(read.text)") }
      try workspace.write("#!/bin/bash\n# flux: --nodez=2\n", to: "wrong")
      let refused = try PythonCheck.run("flux_options.py", [workspace.path("wrong")], by: python)
      #expect(refused.code != 0 && refused.text.contains("--nodez=2"))
    }
  }
}
