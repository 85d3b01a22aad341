internal import Ablations
internal import ArgumentParser
internal import Batches
internal import Experiments
internal import Failures
internal import Foundation
internal import HDF5
internal import MPI

/// Executes the runs of an ablation.
struct AblateStart: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "start",
    abstract: "Execute the runs that are not done (what `halompi ablate EXPERIMENT` does).",
    discussion: """
      inside: teams of ranks of this MPI job (ablation.ranksPerRun each), to which rank 0 hands runs as \
      they finish; start one rank more than there are cores, it sleeps. local: processes on this machine, \
      ablation.simultaneousRuns at a time. slurm: an array of jobs, as halompi slurm --job ablation submits it.

      A run that fails is put on record (failure.json in its folder) and the others go on; the command \
      then ends with the exit code of the first failure. SIGTERM, SIGUSR1, a file named `stop` in the \
      folder ablation of the run directory, or the time limit end it resumably with exit code 75.

        mpirun -n 9 halompi ablate start jobs/gadget.yaml --only-failed
      """)

  @OptionGroup var options: ExperimentOptions

  @Option(help: "Who executes the runs: inside, local or slurm (default: ablation.executor).")
  var executor: AblationSettings.Executor?

  @Flag(help: "Execute only runs that failed or were interrupted.")
  var onlyFailed = false

  @OptionGroup var limits: TimeLimitOption

  func run() throws {
    var end: AblationEnd?
    // Processes that this one starts must not inherit what MPI leaves in the environment.
    let executor = executor ?? settings?.ablation.executor
    if executor == .slurm { return try submitArray() }
    if executor == .local {
      try reportingFailures { end = try runLocally() }
    } else {
      end = try runJob { world in
        let experiment = try options.begin(on: world)
        let ablation = try world.agree {
          try Ablation(experiment, in: RunDirectory(of: experiment, runs: options.runs))
        }
        return try AblationTask(ablation, onlyFailed: onlyFailed).run(
          on: world, timeLimit: limits.timeLimit,
          progress: options.progress(of: experiment, on: world))
      }
    }
    if end == .stopped { throw ExitCode(JobExitCode.resumableStop.rawValue) }
  }

  /// The experiment; without it the job says what is wrong, once for all ranks.
  private var settings: Experiment? {
    try? Experiment(contentsOf: options.experiment, overrides: options.overrides)
  }

  private func submitArray() throws {
    let ranks = Launcher.size
    try reportingFailures {
      guard ranks == 1 else { throw Failure.severalRanks(ranks) }
      let batch = try options.batchJobs(.ablation, onlyFailed: onlyFailed)
      if !batch.jobs.isEmpty { try submitJobs(batch.jobs, in: batch.directory, waiting: false) }
    }
  }

  private func runLocally() throws -> AblationEnd {
    let ranks = Launcher.size
    guard ranks == 1 else { throw Failure.severalRanks(ranks) }
    startHDF5()
    let experiment = try Experiment(contentsOf: options.experiment, overrides: options.overrides)
    let ablation = try Ablation(
      experiment, in: RunDirectory(of: experiment, runs: options.runs))
    let program = URL(filePath: "/proc/self/exe").resolvingSymlinksInPath().path
    let local = LocalExecutor(
      command: [program, "ablate", "run"] + options.words, timeLimit: limits.timeLimit)
    return try AblationTask(ablation, onlyFailed: onlyFailed).run(
      by: local, host: ProcessInfo.processInfo.hostName, progress: options.progress(of: experiment))
  }
}

extension AblationSettings.Executor: ExpressibleByArgument {}

extension Failure {
  /// The failure of a command under `mpirun` where one process starts the others.
  fileprivate static func severalRanks(_ ranks: Int) -> Failure {
    Failure(
      .usage, "executing an ablation by processes of this machine",
      because: "there are \(ranks) ranks, and one starts the others",
      remedy: "give the command without mpirun, or with --executor inside")
  }
}
