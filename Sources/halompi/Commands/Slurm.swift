internal import Ablations
internal import ArgumentParser
internal import Batches
internal import Experiments
internal import Foundation
internal import HDF5
internal import Slurm

/// Writes and submits batch scripts.
struct SlurmCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "slurm",
    abstract: "Write the batch scripts of an experiment, and submit them to Slurm.",
    discussion: """
      What a job asks for (nodes, ranks, cores, time, partition ...) is in the section `cluster` of the \
      experiment. Scripts and logs are in runs/<name>/slurm. A training or simulation that reaches its \
      time limit, or is preempted, writes a checkpoint and is requeued.

        halompi slurm jobs/gadget.yaml --job train --dry-run
        halompi slurm jobs/gadget.yaml --job pipeline --set cluster.nodes=4 --wait
        halompi slurm jobs/gadget.yaml --job ablation --only-failed
      """)

  @OptionGroup var options: ExperimentOptions

  @Option(
    help: "What to submit: \(BatchJobs.Kind.allCases.map(\.rawValue).joined(separator: ", ")).")
  var job: BatchJobs.Kind

  @Flag(help: "Of an ablation, submit only runs that failed or were interrupted.")
  var onlyFailed = false

  @Flag(help: "Print the scripts, and write and submit nothing.")
  var dryRun = false

  @Flag(help: "Wait until the jobs have ended; exit with 1 if one did not succeed.")
  var wait = false

  func validate() throws {
    if onlyFailed, job != .ablation { throw ValidationError("--only-failed is for --job ablation") }
    if dryRun, wait { throw ValidationError("--dry-run submits nothing to --wait for") }
  }

  func run() throws {
    try reportingFailures {
      let batch = try options.batchJobs(job, onlyFailed: onlyFailed, dryRun: dryRun)
      if batch.jobs.isEmpty { return }
      if dryRun {
        let texts = try batch.jobs.map { try $0.script.text() }
        return try Console.output.give(texts.joined(), terminator: "")
      }
      try submit(batch.jobs, in: batch.directory, waiting: wait)
    }
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

/// Submits batch jobs, prints their numbers, and waits for them if it is told to.
func submit(_ jobs: [BatchJobs.Job], in directory: RunDirectory, waiting: Bool) throws {
  let task = SlurmTask(jobs, in: directory)
  let submissions = try task.submit()
  let lines = submissions.map { "\($0.identifier) \($0.stage) \($0.script)" }
  let printing = Result { try Console.output.show(lines.joined(separator: "\n")) }
  if waiting { try task.wait(for: submissions) }
  try printing.get()
}

extension BatchJobs.Kind: ExpressibleByArgument {}
