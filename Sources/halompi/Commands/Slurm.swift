public import ArgumentParser
import Foundation
public import Jobs
import Slurm

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

  func run() throws {
    try reportingFailures {
      let experiment = try Experiment(contentsOf: options.experiment, overrides: options.overrides)
      let directory = RunDirectory(of: experiment, runs: options.runs)
      let program = try FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")
      var runs: [Int] = []
      if job == .ablation {
        let ablation = try Ablation(experiment, in: directory)
        if !dryRun { try ablation.writeManifest(host: ProcessInfo.processInfo.hostName) }
        runs = try ablation.unfinishedRuns(onlyFailed: onlyFailed).map(\.index)
        if runs.isEmpty {
          printError("nothing to submit: all runs are done, running, or not failed\n")
          return
        }
      }
      let jobs = BatchJobs(
        of: experiment, in: directory, program: program, arguments: options.words,
        folder: FileManager.default.currentDirectoryPath
      ).jobs(job, runs: runs)
      if dryRun {
        for job in jobs { print(try job.script.text(), terminator: "") }
        return
      }
      let task = SlurmTask(jobs, in: directory)
      let submissions = try task.submit()
      for each in submissions { print("\(each.identifier) \(each.stage) \(each.script)") }
      if wait { try task.wait(for: submissions) }
    }
  }
}

extension BatchJobs.Kind: ExpressibleByArgument {}
