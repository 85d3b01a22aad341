internal import Ablations
internal import ArgumentParser
internal import Batches
internal import Experiments
internal import Failures
internal import Foundation
internal import HDF5
internal import Schedulers

/// Writes batch scripts and gives them to a scheduler.
struct Submit: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract:
      "Write the batch scripts of an experiment, and submit them to Slurm, PBS, LSF or Flux.",
    discussion: """
      What a job asks for (scheduler, nodes, ranks, cores, time, partition ...) is in the section `cluster` of \
      the experiment. Scripts and logs are in runs/<name>/<scheduler>. A training or simulation that reaches its \
      time limit, or is preempted, writes a checkpoint and is put back into the queue: Slurm and LSF requeue the \
      job, with PBS and Flux it submits itself again, and the jobs that wait for it too.

        halompi submit jobs/gadget.yaml --job train --scheduler pbs --dry-run
        halompi submit jobs/gadget.yaml --job pipeline --set cluster.nodes=4
        halompi submit jobs/gadget.yaml --job ablation --scheduler lsf --only-failed
      """)

  @OptionGroup var options: ExperimentOptions

  @Option(
    help: ArgumentHelp(
      "The scheduler: \(Scheduler.allCases.map(\.rawValue).joined(separator: ", ")) "
        + "(default: cluster.scheduler, which is slurm by default).", valueName: "name"))
  var scheduler: Scheduler?

  @OptionGroup var batch: BatchOptions

  func run() throws {
    try reportingFailures {
      var options = options
      if let scheduler { options.choose(scheduler) }
      try batch.submit(options)
    }
  }
}

/// Writes batch scripts and gives them to Slurm.
struct SlurmCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "slurm",
    abstract: "Write the batch scripts of an experiment, and submit them to Slurm.",
    discussion: """
      The same as halompi submit --scheduler slurm: what a job asks for is in the section `cluster` of the \
      experiment, scripts and logs are in runs/<name>/slurm.

        halompi slurm jobs/gadget.yaml --job train --dry-run
        halompi slurm jobs/gadget.yaml --job pipeline --set cluster.nodes=4 --wait
        halompi slurm jobs/gadget.yaml --job ablation --only-failed
      """)

  @OptionGroup var options: ExperimentOptions

  @OptionGroup var batch: BatchOptions

  func run() throws {
    try reportingFailures {
      var options = options
      options.choose(.slurm)
      try batch.submit(options)
    }
  }
}

/// The options of commands that submit batch jobs.
struct BatchOptions: ParsableArguments {
  @Option(
    help: "What to submit: \(BatchJobs.Kind.allCases.map(\.rawValue).joined(separator: ", ")).")
  var job: BatchJobs.Kind

  @Flag(help: "Of an ablation, submit only runs that failed or were interrupted.")
  var onlyFailed = false

  @Flag(help: "Print the scripts, and write and submit nothing.")
  var dryRun = false

  @Flag(help: "Wait until the jobs of Slurm have ended; exit with 1 if one did not succeed.")
  var wait = false

  func validate() throws {
    if onlyFailed, job != .ablation { throw ValidationError("--only-failed is for --job ablation") }
    if dryRun, wait { throw ValidationError("--dry-run submits nothing to --wait for") }
  }

  /// Prints the scripts of the jobs, or writes and submits them.
  func submit(_ options: ExperimentOptions) throws {
    let batch = try options.batchJobs(job, onlyFailed: onlyFailed, dryRun: dryRun)
    guard let scheduler = batch.jobs.first?.script.cluster.scheduler else { return }
    if wait, scheduler != .slurm { throw Failure.waiting(for: scheduler) }
    if dryRun {
      let texts = try batch.jobs.map { try $0.script.text() }
      return try Console.output.give(texts.joined(), terminator: "")
    }
    try submitJobs(batch.jobs, in: batch.directory, waiting: wait)
  }
}

extension Failure {
  /// The failure of waiting for jobs that another number may follow.
  fileprivate static func waiting(for scheduler: Scheduler) -> Failure {
    Failure(
      .usage, "waiting for jobs of \(scheduler.name)",
      because: "--wait asks Slurm alone: elsewhere a job that is put back may have another number",
      remedy: "submit without --wait, and look with the commands of \(scheduler.name)")
  }
}

extension ExperimentOptions {
  /// The batch jobs of the experiment; of an ablation, those of the runs that are not done, whose manifest is
  /// written unless it is a dry run.
  func batchJobs(
    _ kind: BatchJobs.Kind, onlyFailed: Bool = false, dryRun: Bool = false
  ) throws -> (jobs: [BatchJobs.Job], directory: RunDirectory) {
    let experiment = try Experiment(contentsOf: experiment, overrides: overrides)
    if [.train, .ablation, .pipeline].contains(kind) { try experiment.requireTraining() }
    let directory = RunDirectory(of: experiment, runs: runs)
    let program = try FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")
    var indices: [Int] = []
    if kind == .ablation {
      startHDF5()
      let ablation = try Ablation(experiment, in: directory)
      if !dryRun { try ablation.writeManifest(host: ProcessInfo.processInfo.hostName) }
      indices = try ablation.unfinishedRuns(onlyFailed: onlyFailed).map(\.index)
      if indices.isEmpty {
        Console.error.say("nothing to submit: all runs are done, running, or not failed\n")
        return ([], directory)
      }
    }
    let jobs = BatchJobs(
      of: experiment, in: directory, program: program, arguments: words,
      folder: FileManager.default.currentDirectoryPath
    ).jobs(kind, runs: indices)
    return (jobs, directory)
  }
}

extension ExperimentOptions {
  /// Replaces the scheduler of the experiment, also for the jobs that read it, if it is another.
  ///
  /// An experiment that cannot be read is left to who reads it.
  mutating func choose(_ scheduler: Scheduler) {
    let own = try? Experiment(contentsOf: experiment, overrides: overrides).cluster.scheduler
    if own != scheduler { changes.overrides.append("cluster.scheduler=\(scheduler.rawValue)") }
  }
}

/// Submits batch jobs, prints their numbers, and waits for them if it is told to.
func submitJobs(_ jobs: [BatchJobs.Job], in directory: RunDirectory, waiting: Bool) throws {
  let task = SubmitTask(jobs, in: directory)
  let submissions = try task.submit()
  let lines = submissions.flatMap { submission in
    submission.identifiers.map { "\($0) \(submission.stage) \(submission.script)" }
  }
  let printing = Result { try Console.output.show(lines.joined(separator: "\n")) }
  if waiting { try task.wait(for: submissions) }
  try printing.get()
}

extension BatchJobs.Kind: ExpressibleByArgument {}

extension Scheduler: ExpressibleByArgument {}
