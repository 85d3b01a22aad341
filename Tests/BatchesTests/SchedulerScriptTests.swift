import Foundation
import TestSupport
import Testing

@testable import Batches
@testable import Experiments
@testable import Failures
@testable import Schedulers

/// The scripts of all jobs for all schedulers, and the commands that submit them.
struct SchedulerScriptTests {
  /// A scheduler and a kind of job.
  struct Case: Sendable, CustomStringConvertible {
    let scheduler: Scheduler
    let kind: BatchJobs.Kind
    var description: String { "\(scheduler.rawValue)-\(kind.rawValue)" }
  }

  static let cases = Scheduler.allCases.flatMap { scheduler in
    [BatchJobs.Kind.train, .pipeline, .ablation].map { Case(scheduler: scheduler, kind: $0) }
  }

  /// The jobs of an experiment that uses every setting of a cluster.
  static func jobs(
    _ kind: BatchJobs.Kind, for scheduler: Scheduler, folder: String = "/home/a b",
    program: String = "/sw/halompi", change: (inout Experiment) -> Void = { _ in }
  ) -> [BatchJobs.Job] {
    var experiment = Experiment()
    experiment.name = "gadget"
    experiment.ablation.simultaneousRuns = 2
    experiment.simulations = [SimulationSettings(name: "a", role: .training, seed: 1)]
    experiment.cluster.scheduler = scheduler
    experiment.cluster.partition = "long"
    experiment.cluster.account = "cosmo-1"
    experiment.cluster.nodes = 2
    experiment.cluster.ranksPerNode = 2
    experiment.cluster.coresPerRank = 8
    experiment.cluster.memoryPerNode = 64_000
    experiment.cluster.minutes = 725
    experiment.cluster.warningSeconds = 300
    experiment.cluster.modules = ["openmpi/4.1"]
    experiment.cluster.environment = ["GREETING=it's a $(date)"]
    experiment.cluster.options =
      switch scheduler {
      case .slurm: ["--constraint=[a|b]", "--exclusive"]
      case .pbs: ["-l place=scatter:excl"]
      case .lsf: ["-x", "-R select[type==any]"]
      case .flux: ["--requires=a|b"]
      }
    change(&experiment)
    let jobs = BatchJobs(
      of: experiment, in: RunDirectory(of: experiment, runs: "/scratch/runs"), program: program,
      arguments: ["it's.yaml", "--set", "name=gadget"], folder: folder
    ).jobs(kind, runs: [5, 0, 1, 2])
    // What depends on this build of the program.
    return jobs.map { job in
      var script = job.script
      script.comment = []
      script.mpi = "pmix"
      script.hasHydra = false
      return BatchJobs.Job(
        stage: job.stage, script: script, predecessors: job.predecessors,
        needsSuccess: job.needsSuccess)
    }
  }

  /// The number that a scheduler gives to a job, as it answers.
  static func identifier(_ number: Int, of job: BatchJobs.Job) throws -> JobIdentifier {
    let scheduler = job.script.cluster.scheduler
    let answer =
      switch scheduler {
      case .slurm: "\(number)"
      case .pbs: job.script.elements == nil ? "\(number).server" : "\(number)[].server"
      case .lsf: "Job <\(number)> is submitted to queue <long>."
      case .flux: "ƒ\(number)"
      }
    return try #require(JobIdentifier(answer: answer, of: scheduler))
  }

  /// The commands that submit jobs, as a shell would take them, each before its script.
  static func listing(of jobs: [BatchJobs.Job]) throws -> String {
    var text = ""
    var numbers: [[JobIdentifier]] = []
    for (index, job) in jobs.enumerated() {
      let before = job.predecessors.flatMap { numbers[$0] }
      let dependency: Dependency? =
        before.isEmpty ? nil : job.needsSuccess ? .success(of: before) : .end(of: before)
      let isFlux = job.script.cluster.scheduler == .flux
      let elements = isFlux ? job.script.elements?.indices.map { $0 as Int? } : nil
      numbers.append([])
      for element in elements ?? [nil] {
        let command = job.script.submission(
          of: job.script.path ?? job.fileName, after: dependency, element: element)
        text += "$ \(command.words.joined(separator: " "))"
        text += (command.input.map { " < \($0)" } ?? "") + "\n"
        numbers[index].append(try identifier(101 + 10 * index + numbers[index].count, of: job))
      }
      text += try job.script.text() + "\n"
    }
    return text
  }

  @Test(arguments: cases)
  func theTextsAreThoseOfTheGoldenFile(case: Case) throws {
    let folder = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Fixtures")
    let url = folder.appending(path: "\(`case`).txt")
    let text = try Self.listing(of: Self.jobs(`case`.kind, for: `case`.scheduler))
    if ProcessInfo.processInfo.environment["HALOMPI_RECORD"] != nil {
      try text.write(to: url, atomically: true, encoding: .utf8)
    }
    #expect(try text == String(contentsOf: url, encoding: .utf8))
  }

  @Test(arguments: cases)
  func aShellCanReadThem(case: Case) throws {
    let scratch = try ScratchFolder()
    for job in Self.jobs(`case`.kind, for: `case`.scheduler) {
      let path = scratch.path(job.fileName)
      try job.script.text().write(toFile: path, atomically: true, encoding: .utf8)
      let end = try run(["bash", "-n", path])
      #expect(end.code == 0 && end.output.isEmpty, "\(job.fileName): \(end.output)")
    }
  }

  @Test func brokenTextIsFoundByTheShell() throws {
    let scratch = try ScratchFolder()
    let path = scratch.path("script")
    try "if true; then echo\n".write(toFile: path, atomically: true, encoding: .utf8)
    #expect(try run(["bash", "-n", path]).code != 0)
  }

  @Test func whatWaitsForAJobFollowsIt() {
    let jobs = Self.jobs(.pipeline, for: .pbs)
    #expect(jobs.map(\.script.followers.count) == [4, 3, 2, 1, 0])
    #expect(jobs[0].script.followers.map(\.predecessor) == [0, 1, 2, 3])
    let ablation = Self.jobs(.ablation, for: .flux)
    #expect(ablation[0].script.followers.map(\.predecessor) == [0, 0])
    #expect(!ablation[0].script.followers.contains { $0.needsSuccess })
    #expect(Self.jobs(.pipeline, for: .slurm).allSatisfy { $0.script.followers.isEmpty })
  }

  @Test(arguments: [
    (Scheduler.slurm, "123"), (.slurm, "123;cluster"), (.pbs, "12.server.site.org"),
    (.pbs, "12[].server"), (.lsf, "Job <77> is submitted to default queue <normal>."),
    (.flux, "ƒM7Zq9AKHno"), (.flux, "fM7Zq9AKHno"),
  ])
  func theAnswersOfSchedulersAreUnderstood(scheduler: Scheduler, answer: String) throws {
    let number = try #require(JobIdentifier(answer: answer, of: scheduler)).number
    #expect(answer.contains(number) && number.count < 20)
  }

  @Test(arguments: [
    (Scheduler.slurm, ""), (.slurm, "12a"), (.pbs, "12;x"), (.pbs, "$(x)"), (.pbs, "12.a b"),
    (.lsf, "Job <$(x)> is submitted"), (.lsf, "12"), (.flux, "f1;x"), (.flux, ""),
  ])
  func otherAnswersAreNot(scheduler: Scheduler, answer: String) {
    #expect(JobIdentifier(answer: answer, of: scheduler) == nil)
  }
}
