import Foundation
import TestSupport
import Testing

@testable import Batches
@testable import Experiments
@testable import Failures
@testable import Schedulers

/// Jobs in the queue of `scripts/checks/mock_scheduler`, which takes what PBS, LSF and Flux document and nothing else.
struct MockSchedulerTests {
  /// A queue, and a program that stands in for halompi.
  private struct Queue {
    let scratch: ScratchFolder
    let scheduler: Scheduler

    private static let mock = URL(filePath: #filePath).deletingLastPathComponent()
      .deletingLastPathComponent().deletingLastPathComponent()
      .appending(path: "scripts/checks/mock_scheduler").path

    var environment: [String: String] {
      [
        "PATH": "\(scratch.path("tools")):/usr/bin:/bin", "MOCK_QUEUE": scratch.path("queue"),
        "BASH_FUNC_module%%": "() { :; }", "LOG": scratch.path("log"),
      ]
    }

    /// Makes the queue, and a program whose `stage` ends with the given codes, one a start, and then with 0.
    init(_ scheduler: Scheduler, stage: String, codes: [Int], advances: Bool = true) throws {
      scratch = try ScratchFolder()
      self.scheduler = scheduler
      for folder in ["tools", "queue", "runs"] {
        try FileManager.default.createDirectory(
          atPath: scratch.path(folder), withIntermediateDirectories: true)
      }
      // Launchers that start one rank, and are given USR1 as mpirun is.
      let launch = """
        #!/bin/bash
        while [ $# -gt 0 ] && [ "$1" != '\(scratch.path("halompi"))' ]; do shift; done
        exec "$@"

        """
      for name in ["mpirun", "mpiexec"] {
        try writeExecutable(launch, to: scratch.path("tools/\(name)"))
      }
      let program = """
        #!/bin/bash
        echo "$*" >>"$LOG"
        [ "$1" = \(stage) ] || exit 0
        \(advances ? "touch \"$HALOMPI_PROGRESS_FILE\"" : ":")
        starts=$LOG-$1-${!#}
        echo . >>"$starts"
        codes=(\(codes.map(String.init).joined(separator: " ")))
        code=${codes[$(($(wc -l <"$starts") - 1))]:-0}
        if [ "$code" = warn ]; then
          trap 'exit 75' USR1
          for ((i = 0; i < 1000; i++)); do sleep 0.02; done
        fi
        exit "$code"

        """
      try writeExecutable(
        program.replacing("codes=(-1", with: "codes=(warn"), to: scratch.path("halompi"))
      #expect(try run([Self.mock, "install", scratch.path("tools")]).code == 0)
    }

    /// Submits jobs of an experiment, runs all, and returns a line for each job, without its number.
    func submit(
      _ kind: BatchJobs.Kind, warn: Int? = nil, change: (inout Experiment) -> Void = { _ in }
    ) throws -> [String] {
      var experiment = Experiment()
      experiment.name = "x"
      experiment.simulations = [SimulationSettings(name: "a", role: .training, seed: 1)]
      experiment.cluster.scheduler = scheduler
      experiment.ablation.simultaneousRuns = 2
      change(&experiment)
      let directory = RunDirectory(of: experiment, runs: scratch.path("runs"))
      let jobs = BatchJobs(
        of: experiment, in: directory, program: scratch.path("halompi"), arguments: ["x.yaml"],
        folder: scratch.path
      ).jobs(kind, runs: [0, 2, 3])
      var task = SubmitTask(jobs, in: directory)
      task.queue.environment = ProcessInfo.processInfo.environment.merging(environment) { $1 }
      _ = try task.submit()
      var variables = environment
      variables["MOCK_WARN"] = warn.map { "\($0)" }
      #expect(try run(["timeout", "600", Self.mock, "drain"], in: nil, variables).code == 0)
      return try run([Self.mock, "show"], in: nil, environment).output.split(separator: "\n")
        .map { String($0.drop { $0 != " " }.dropFirst()) }
    }

    /// The commands that the program was started with, without the limit of their time.
    var commands: [String] {
      let text = (try? String(contentsOfFile: scratch.path("log"), encoding: .utf8)) ?? ""
      return text.split(separator: "\n").map {
        String($0.replacing(#/ --time-limit \d+/#, with: ""))
      }
    }

    /// What the jobs said.
    var logs: String {
      let folder = "\(scratch.path("runs"))/x/\(scheduler.rawValue)"
      let names = ((try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []).sorted()
      return names.filter { $0.hasSuffix(".log") }.compactMap {
        try? String(contentsOfFile: "\(folder)/\($0)", encoding: .utf8)
      }.joined()
    }
  }

  private static let others = [Scheduler.pbs, .lsf, .flux]

  @Test(arguments: others)
  func aPipelineRunsInItsOrder(scheduler: Scheduler) throws {
    let queue = try Queue(scheduler, stage: "train", codes: [])
    let jobs = try queue.submit(.pipeline)
    #expect(jobs.allSatisfy { $0.hasPrefix("done 0 after 1 starts") }, "\(jobs)")
    #expect(
      queue.commands.map { $0.prefix { $0 != " " } } == [
        "simulate", "prepare", "train", "predict", "analyze",
      ])
  }

  @Test(arguments: others)
  func aStageThatFailsTakesThoseAfterItOutOfTheQueue(scheduler: Scheduler) throws {
    let queue = try Queue(scheduler, stage: "train", codes: [66])
    let jobs = try queue.submit(.pipeline)
    #expect(
      jobs.map { $0.prefix { $0 != " " } } == ["done", "done", "done", "removed", "removed"],
      "\(jobs)")
    #expect(queue.commands.count == 3 && queue.logs.contains("ended with exit code 66"))
  }

  /// A training that stops twice goes on, and what waits for it starts once, when it is done.
  @Test(arguments: others)
  func aTrainingThatStopsResumablyIsPutBackAndThePipelineGoesOn(scheduler: Scheduler) throws {
    let queue = try Queue(scheduler, stage: "train", codes: [75, 75])
    let jobs = try queue.submit(.pipeline)
    #expect(
      queue.commands.map { $0.prefix { $0 != " " } } == [
        "simulate", "prepare", "train", "train", "train", "predict", "analyze",
      ], "\(jobs) \(queue.logs)")
    #expect(queue.logs.contains("restart 1 of at most 20"))
    #expect(queue.logs.contains("restart 2 of at most 20"))
    if scheduler == .lsf {
      #expect(jobs[2].hasPrefix("done 0 after 3 starts"), "\(jobs)")
    } else {
      #expect(jobs.count == 5 + 2 * 3, "\(jobs)")
      #expect(jobs.filter { $0.hasPrefix("removed") }.count == 2 * 2, "\(jobs)")
    }
    // Nothing is left beside the scripts and logs.
    let files = try queue.scratch.names().filter { $0.hasPrefix(".halompi") }
    #expect(files.isEmpty, "\(files)")
  }

  @Test(arguments: others)
  func itIsPutBackOnlySoManyTimes(scheduler: Scheduler) throws {
    let queue = try Queue(scheduler, stage: "train", codes: [75, 75, 75, 75, 75])
    let jobs = try queue.submit(.train) { $0.cluster.maximumRequeues = 2 }
    #expect(queue.commands.count == 3, "\(jobs)")
    #expect(queue.logs.contains("not put back: it was put back 2 times already"))
  }

  @Test(arguments: others)
  func itIsNotPutBackIfNoStepWasDone(scheduler: Scheduler) throws {
    let queue = try Queue(scheduler, stage: "train", codes: [75, 75], advances: false)
    #expect(try queue.submit(.train).map { $0.prefix(6) } == ["done 1"])
    #expect(queue.commands.count == 1)
  }

  /// PBS's script warns itself; the others are warned.
  @Test(arguments: others)
  func aWarningBeforeTheLimitStopsTheStepAndTheJobIsPutBack(scheduler: Scheduler) throws {
    let queue = try Queue(scheduler, stage: "train", codes: [-1])
    let jobs = try queue.submit(.train, warn: 1) {
      $0.cluster.minutes = 1
      $0.cluster.warningSeconds = 58
    }
    #expect(queue.commands.count == 2, "\(jobs) \(queue.logs)")
    #expect(queue.logs.contains("signalled: all ranks stop"))
  }

  /// Each element is told the number of its run, is put back alone, and what waits for all starts after them.
  @Test(arguments: others)
  func anAblationIsAnArray(scheduler: Scheduler) throws {
    let queue = try Queue(scheduler, stage: "ablate", codes: [75])
    let jobs = try queue.submit(.ablation)
    let runs = queue.commands.filter { $0.hasPrefix("ablate run") }
    #expect(
      runs.sorted() == ["0", "0", "2", "2", "3", "3"].map { "ablate run x.yaml \($0)" }, "\(jobs)")
    #expect(
      queue.commands.last.map { $0.hasPrefix("analyze") || $0.hasPrefix("ablate sum") } == true)
    #expect(jobs.allSatisfy { !$0.hasPrefix("queued") && !$0.hasPrefix("removed") }, "\(jobs)")
  }

  @Test func theMockRefusesWhatNoSchedulerTakes() throws {
    let queue = try Queue(.pbs, stage: "train", codes: [])
    let script = queue.scratch.path("script")
    for (text, words) in [
      ("#PBS -N x\n", ["qsub", "-Z", script]), ("#PBS --name=x\n", ["qsub", script]),
      ("#PBS -N 1x\n", ["qsub", script]), ("echo\n#PBS -N x\n", ["qsub", script]),
      ("#PBS -N x\n", ["qsub", "-J", "3-3", script]),
      ("#PBS -N x\n", ["qsub", "-W", "depend=afterok:9.mock", script]),
      ("# flux: --name=x\n", ["flux", "batch", script]),
      ("# flux: --nodes=1\n", ["flux", "batch", "--dependency=afterok:9", script]),
      ("#BSUB -n 0\n", ["sh", "-c", "bsub <'\(script)'"]),
      ("#BSUB -n 1\n", ["sh", "-c", "bsub -w 'done(9)' <'\(script)'"]),
    ] {
      try text.write(toFile: script, atomically: true, encoding: .utf8)
      #expect(try run(words, in: nil, queue.environment).code == 2, "\(text) \(words)")
    }
  }
}
