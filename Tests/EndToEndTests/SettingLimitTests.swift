import Foundation
import TestSupport
import Testing

extension Refusals {
  /// Settings that once trapped, and signals that come before there is anything to resume.
  @Suite struct SettingLimitTests {
    /// 65,536 units in four layers: 52 GB of weights.
    private static let huge = [
      "--set", "network.hiddenUnits=[65536, 65536, 65536, 65536]",
    ]

    @Test(arguments: ["plan", "train"])
    func aNetworkThatDoesNotFitIsRefusedBeforeItIsMade(command: String) throws {
      let workspace = try Workspace.withFields()
      try workspace.expectFailure(
        of: command, Self.huge, code: 64, saying: ["planning the memory", "largest term is"])
    }

    @Test(arguments: [
      ("train", ["stream.threads=9223372036854775807"], 64, "1 or more, 1024 at most"),
      ("train", ["stream.lookAhead=9223372036854775807"], 64, "1 or more"),
      ("train", ["training.epochs=9223372036854775807"], 64, "1 or more"),
      ("train", ["sampling.trainingSamples=9223372036854775807"], 64, "from 0 to"),
      ("train", ["sampling.validationSamples=1000000000000"], 64, "planning the memory"),
      ("train", ["network.convolutionChannels=[4, 4]"], 64, "multiples of 16"),
      ("prepare", ["fields.neighbours=1"], 64, "2 or more, 10000 at most"),
      (
        "slurm --job pipeline --dry-run", ["cluster.memoryPerNode=9223372036854775807"], 64,
        "from 1 to"
      ),
      ("plan", ["universe.boxSize=1.0e+300"], 64, "from 0.01 to 100000"),
    ])
    func aValueThatCannotBeGetsASentence(
      command: String, settings: [String], code: Int, words: String
    ) throws {
      let workspace = try Workspace.withSimulations()
      let needsFields = command == "train" && code == 64 && words.hasPrefix("planning")
      let place = needsFields ? try Workspace.withFields() : workspace
      try place.expectFailure(
        of: command, settings.flatMap { ["--set", $0] }, code: Int32(code), saying: [words])
    }

    /// Numbers of the command line, which are no settings of the experiment.
    @Test(arguments: [
      ("benchmark kernels", ["box-width", "runs"]),
      ("benchmark step", ["box-width", "threads", "batch", "runs"]),
      ("benchmark boxes experiment.yaml", ["boxes"]),
      ("benchmark simulate", ["grid-size", "refinement", "steps", "runs", "threads"]),
      ("information experiment.yaml --columns=a,b", ["bootstraps", "threads", "seed"]),
      ("watch .", ["interval"]), ("train experiment.yaml", ["time-limit"]),
      ("check universe --reference a b --made a b", ["power-tolerance", "offset-tolerance"]),
      (
        "plan experiment.yaml",
        ["nodes", "ranks-per-node", "threads", "memory", "latency", "bandwidth", "storage"]
      ),
    ])
    func anOptionThatCannotBeIsAUsageError(command: String, options: [String]) throws {
      let workspace = try Workspace.withSimulations()
      let words = command.split(separator: " ").map(String.init)
      for option in options {
        for value in [
          "-1", option == "grid-size" ? "5" : "-2", "18446744073709551616", "-9223372036854775808",
          "1e300", "nan", "x", "",
        ] {
          let end = try Job(
            words + ["--\(option)=\(value)"], ranks: 0, in: workspace.folder
          ).wait()
          #expect(end.code == 64, "--\(option)=\(value): \(end.code) \(end.messages)")
          #expect(end.messages.contains(option), "--\(option)=\(value): \(end.messages)")
        }
      }
    }

    @Test(arguments: [
      ("benchmark kernels --box-width 512", "measuring the time of a sample"),
      ("benchmark step --box-width 512 --threads 1024", "measuring the time of a sample"),
      ("benchmark simulate --grid-size 256", "planning the memory"),
    ])
    func aBenchmarkThatDoesNotFitIsRefused(command: String, words: String) throws {
      let workspace = try Workspace.with(experiment: "")
      let end = try Job(
        command.split(separator: " ").map(String.init), ranks: 0, in: workspace.folder,
        launcher: ["env", "SLURM_MEM_PER_NODE=300"]
      ).wait()
      #expect(end.code == 64 && end.failures.count == 1, "\(end.code): \(end.messages)")
      #expect(end.messages.contains(words), "\(end.messages)")
    }

    /// A thread that the system refuses would be waited for without end.
    @Test(arguments: ["train", "predict"])
    func threadsThatCannotBeStartedAreRefused(command: String) throws {
      let workspace = try Workspace.withModel()
      let end = try workspace.start(
        command, ["--set", "training.threadsPerRank=1024", "--set", "training.epochs=4"], ranks: 0,
        launcher: ["bash", "-c", "ulimit -v 5000000; exec \"$@\"", "bash"]
      ).wait()
      #expect(end.code == 64 && end.failures.count == 1, "\(end.code): \(end.messages)")
      #expect(end.messages.contains("starting "), "\(end.messages)")
    }

    @Test(arguments: ["nan", "inf", "-1", "-inf", "1e10"])
    func aTimeLimitThatIsNoneIsAUsageError(limit: String) throws {
      let workspace = try Workspace.withSimulations()
      let end = try workspace.start("train", ["--time-limit=\(limit)"], ranks: 0).wait()
      #expect(end.code == 64 && end.messages.contains("--time-limit"), "\(end.messages)")
    }

    /// Whether a process has a handler of SIGUSR1, the last that is set, as the system tells.
    private func isReady(_ process: pid_t) -> Bool {
      let status = (try? String(contentsOfFile: "/proc/\(process)/status", encoding: .utf8)) ?? ""
      let line = status.split(separator: "\n").first { $0.hasPrefix("SigCgt:") }
      let mask = line?.split(separator: "\t").last.flatMap { UInt64($0, radix: 16) } ?? 0
      return mask & 1 << UInt64(SIGUSR1 - 1) != 0
    }

    /// At random moments of the first second after the first line of the program.
    @Test func aSignalInTheFirstSecondStopsResumably() throws {
      try expectResumableStops(attempts: 50, ranks: 0) { job, attempt in
        job.send([SIGTERM, SIGUSR1, SIGHUP][attempt % 3], toRank: 0)
      }
    }

    /// `mpirun` returns 1 if it is sent SIGTERM itself, whatever its ranks return, and forwards SIGUSR1.
    @Test func aSignalToARankOrThroughTheLauncherStopsResumably() throws {
      try expectResumableStops(attempts: 12, ranks: 2) { job, attempt in
        if attempt % 2 == 0 {
          job.send(SIGTERM, toRank: attempt / 2 % 2)
        } else {
          kill(job.processIdentifier, SIGUSR1)
        }
      }
    }

    /// Stops a training again and again in the first second, then runs it to its end.
    ///
    /// A training that was done before its signal came is thrown away, so that the next has something to stop:
    /// on a fast processor all of it takes less than the second.
    private func expectResumableStops(
      attempts: Int, ranks: Int, stop: (Job, Int) -> Void
    ) throws {
      let workspace = try Workspace.withFields()
      var chance = Chance()
      var codes: [Int32: Int] = [:]
      // The last moment at which a signal comes, half of what a training turns out to take [us].
      var latest = 1_000_000
      for attempt in 0..<attempts {
        let job = try workspace.start("train", ranks: ranks)
        while job.isRunning, !areReady(job, ranks: ranks) { usleep(200) }
        let moment = chance.integer(in: 0...latest)
        usleep(UInt32(moment))
        stop(job, attempt)
        let code = try job.wait().code
        codes[code, default: 0] += 1
        guard code == 0 else { continue }
        latest = moment / 2
        try FileManager.default.removeItem(atPath: workspace.path("runs/small/training"))
      }
      #expect(Set(codes.keys).isSubset(of: [0, 75]) && codes[75, default: 0] > 0, "\(codes)")
      try workspace.run("train", ranks: 0)
      try workspace.expectUninterruptedBytes()
    }

    /// Whether all processes of a job have set their handlers.
    private func areReady(_ job: Job, ranks: Int) -> Bool {
      (0..<max(1, ranks)).allSatisfy { rank in
        job.processOfRank(rank).map(isReady) ?? false
      }
    }
  }
}
