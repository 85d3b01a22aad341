import Foundation
import Networks
import SubBoxes
import TestSupport
import Testing
import Training

extension Refusals {
  /// What `halompi plan` predicts, against what is then counted and measured.
  @Suite struct PlanTests {
    /// The lines of a plan that tell the memory of a rank [MiB].
    private func plannedPeak(
      in output: String, of headings: [String] = ["training", "drawing samples, before"]
    ) throws -> Double {
      let sums = try headings.map { heading in
        let line = try #require(
          output.split(separator: "\n").first { $0.hasPrefix("  \(heading): ") }, "\(output)")
        return try #require(Double(line.split(separator: " ").last ?? ""))
      }
      return sums.max() ?? 0
    }

    /// The largest memory of the process of a job [MiB], looked at until it ends.
    private func measuredPeak(of job: Job) -> Double {
      var peak = 0.0
      while job.isRunning {
        let path = "/proc/\(job.processIdentifier)/status"
        let status = (try? String(contentsOfFile: path, encoding: .utf8)) ?? ""
        let line = status.split(separator: "\n").first { $0.hasPrefix("VmHWM:") }
        let kibibytes = line?.split(separator: " ").dropFirst().first.flatMap { Double($0) }
        peak = max(peak, (kibibytes ?? 0) / 1024)
        usleep(2000)
      }
      return peak
    }

    /// Jobs of which one term or another is the largest: parameters, or what threads have of their own.
    static let jobs = [
      ["network.hiddenUnits=[2048, 512]"],
      ["sampling.boxWidth=15", "training.threadsPerRank=24", "network.hiddenUnits=[512, 256]"],
    ]

    /// Two epochs of two steps, with validations and checkpoints: all that ever is in memory.
    private static let few = [
      "training.epochs=2", "sampling.trainingSamples=64", "sampling.validationSamples=16",
    ]

    /// Contract C6: within a fifth.
    @Test(arguments: jobs)
    func theMemoryOfARankIsWithinAFifthOfThePlan(settings: [String]) throws {
      let workspace = try Workspace.withFields()
      let options = (settings + Self.few).flatMap { ["--set", $0] }
      let plan = try workspace.run("plan", options, ranks: 0)
      let planned = try plannedPeak(in: plan.output)
      let job = try workspace.start("train", options, ranks: 0)
      let measured = measuredPeak(of: job)
      let end = try job.wait()
      #expect(end.code == 0, "\(end.messages)")
      print("\(settings): planned \(planned) MiB, measured \(measured) MiB")
      #expect(abs(planned / measured - 1) < 0.2, "\(planned) MiB planned, \(measured) MiB measured")
    }

    /// Threads have gradients of their own, and activations of the reference kernels.
    @Test func theMemoryOfGradientsIsWithinAFifthOfThePlan() throws {
      let workspace = try Workspace.withFields()
      let settings = ["network.hiddenUnits=[2048, 512]", "training.threadsPerRank=6"] + Self.few
      let options = settings.flatMap { ["--set", $0] } + Workspace.analysisOptions
      try workspace.run("train", options, ranks: 0)
      let plan = try workspace.run("plan", options + ["--sensitivity", "100"], ranks: 0)
      let planned = try plannedPeak(in: plan.output, of: ["averaging gradients"])
      let job = try workspace.start("predict", options + ["--sensitivity", "100"], ranks: 0)
      let measured = measuredPeak(of: job)
      let end = try job.wait()
      #expect(end.code == 0, "\(end.messages)")
      print("gradients: planned \(planned) MiB, measured \(measured) MiB")
      #expect(abs(planned / measured - 1) < 0.2, "\(planned) MiB planned, \(measured) MiB measured")
      // Other phases are those of copies of the one test field of 16^3 sites.
      let phases = try workspace.run("plan", options + ["--perturb", "phases=1,2"], ranks: 0)
      #expect(phases.output.contains("changing phases, before"), "\(phases.output)")
      #expect(phases.output.contains("predicting, perturbed"), "\(phases.output)")
    }

    /// 96^3 particles, at the scale of the default universe: while they move, and while halos are sought.
    @Test(.enabled(if: isThorough, "needs an optimized build"))
    func theMemoryOfASimulationIsWithinAFifthOfThePlan() throws {
      let scratch = try ScratchFolder()
      let folder = scratch.url
      try """
      name: memory
      universe: {boxSize: 18.75, gridSize: 96, mesh: {threads: 1, steps: {count: 6}}}
      simulations:
        - {name: one, role: training, seed: 1}
        - {name: two, role: validation, seed: 2}
      network: {convolutionChannels: [16, 16], hiddenUnits: [8, 4]}
      sampling: {boxWidth: 9}
      """.write(to: folder.appending(path: "e.yaml"), atomically: true, encoding: .utf8)
      func finish(_ arguments: [String]) throws -> Job.End {
        try Job(arguments, ranks: 0, in: folder).wait()
      }
      let plan = try finish(["plan", "e.yaml"])
      let planned = try plannedPeak(
        in: plan.output, of: ["simulating, average rank", "finding halos, average rank"])
      let job = try Job(["simulate", "e.yaml"], ranks: 0, in: folder)
      let measured = measuredPeak(of: job)
      #expect(try job.wait().code == 0)
      print("96^3: planned \(planned) MiB, measured \(measured) MiB")
      #expect(abs(planned / measured - 1) < 0.2, "\(planned) MiB planned, \(measured) MiB measured")
      let refused = try finish(["plan", "e.yaml", "--memory", "150"])
      #expect(refused.code == 64 && refused.messages.contains("universe.gridSize"), "\(refused)")
    }

    @Test func aRunThatCannotFitIsRefusedAndItsLargestTermNamed() throws {
      let workspace = try Workspace.withFields()
      let wide = ["--set", "network.hiddenUnits=[2048, 512]"]
      try workspace.expectFailure(
        of: "plan", wide + ["--memory", "200"], code: 64,
        saying: ["largest term is optimizer", "--memory is 200 MiB"])
      let train = try workspace.start(
        "train", wide, ranks: 2,
        launcher: Job.launcher(ranks: 2, with: ["SLURM_MEM_PER_NODE": "300"])
      ).wait()
      #expect(train.code == 64, "\(train.messages)")
      #expect(
        train.failures.count == 1 && train.messages.contains("2 ranks on a node"),
        "\(train.messages)")
      #expect(!FileManager.default.fileExists(atPath: "\(workspace.training)/metrics.jsonl"))
      // One rank fits.
      let alone = try workspace.start(
        "train", wide, ranks: 1, launcher: ["env", "SLURM_MEM_PER_NODE=600"]
      ).wait()
      #expect(alone.code == 0, "\(alone.messages)")
    }

    /// The library that counts messages.
    private static let counter = Result { try compiledCheck("count_messages") }

    @Test(arguments: [1, 2, 3, 4, 5, 8, 16])
    func theMessagesOfATrainingAreThoseOfThePlan(ranks: Int) throws {
      let workspace = try Workspace.withFields()
      let counts = workspace.path("counts")
      let end = try workspace.start(
        "train", ["--set", "training.checkpointSteps=null", "--set", "training.epochs=2"],
        ranks: ranks,
        launcher: Job.launcher(
          ranks: ranks,
          with: ["LD_PRELOAD": Self.counter.get(), "HALOMPI_COUNTS": counts])
      ).wait()
      #expect(end.code == 0, "\(end.messages)")

      var settings = TrainingSettings()
      settings.batchSize = 32
      var sampling = SamplingSettings()
      sampling.boxWidth = 9
      sampling.trainingSamples = 320
      sampling.validationSamples = 48
      let architecture = NetworkArchitecture(
        boxWidth: 9, convolutionChannels: [16, 16], hiddenUnits: [8, 4])
      let volume = MessageVolume(
        of: MemoryDemand(
          settings: settings, sampling: sampling, streaming: StreamSettings(),
          architecture: architecture, gridSizes: [16, 16, 16], ranks: ranks, ranksPerNode: ranks,
          threadsPerRank: 1))
      var counted = [0, 0, 0, 0]
      for rank in 0..<ranks {
        let text = try String(contentsOfFile: "\(counts).\(rank)", encoding: .utf8)
        let numbers = text.split(whereSeparator: \.isWhitespace).compactMap { Int($0) }
        try #require(numbers.count == 4)
        for index in 0..<4 { counted[index] += numbers[index] }
      }
      // Two epochs of ten steps, each with one validation and one checkpoint.
      let planned = volume.total(steps: 20, validations: 2, checkpoints: 2)
      #expect(
        counted[0] == planned.messages && counted[1] == planned.bytes, "\(counted), \(planned)")
      // Each of two sums has lengths, exact sums and means. Without the lengths, of three words for each other worker,
      // the exact sums have between 4 and 8 bytes, where a block may be zero on a rank with few samples.
      let (workers, others) = (volume.workers, volume.workers - 1)
      guard others > 0 else {
        #expect(counted[2] == 0 && counted[3] == 0)
        return
      }
      #expect(counted[2] == 20 * 2 * 3 * workers)
      let sent = Double(counted[3] / 20 - 2 * 24 * workers * others)
      func all(eachOf width: Double) -> Double {
        volume.sumsPerStep.reduce(0) {
          $0 + Double(workers) * $1.bytes(eachOf: width, workers: workers)
        }
      }
      #expect((all(eachOf: 3.5)...all(eachOf: 6.5)).contains(sent), "\(sent), \(all(eachOf: 5))")
    }
  }
}
