internal import Ablations
internal import ArgumentParser
internal import Experiments
internal import Failures
internal import Foundation
internal import HDF5
internal import MPI
internal import Progress
internal import Runs
internal import Settings
internal import Training
internal import Watching

/// The arguments of every job: the experiment file, and the changes to it.
struct ExperimentOptions: ParsableArguments {
  @Argument(help: "The experiment file (YAML).", completion: .file(extensions: ["yaml", "yml"]))
  var experiment: String

  @OptionGroup var changes: ChangeOptions

  var overrides: [String] { changes.overrides }

  var runs: String? { changes.runs }

  var quiet: Bool { changes.quiet }

  /// The words that give another command the same options.
  var words: [String] { [experiment] + changes.words }

  /// Expands the ablation of an experiment, whose manifest must be there and have the same runs.
  func ablation(of experiment: Experiment) throws -> Ablation {
    let ablation = try Ablation(experiment, in: RunDirectory(of: experiment, runs: runs))
    try ablation.verifyManifest()
    return ablation
  }

  /// Reads the experiment on every rank, so that all stop if one cannot.
  ///
  /// Collective.
  func load(on world: borrowing Communicator) throws -> Experiment {
    try changes.load(experiment, on: world)
  }

  /// Reads the experiment of a stage on every rank, and begins to watch the ranks.
  ///
  /// Collective.
  func begin(on world: borrowing Communicator) throws -> Experiment {
    try changes.begin(experiment, on: world)
  }

  /// Makes the reporter of this rank, whose losses are noted in the run directory of an experiment.
  func progress(of experiment: Experiment, on world: borrowing Communicator) -> ProgressReporter {
    changes.progress(in: RunDirectory(of: experiment, runs: runs).path, isSilent: !world.isRoot)
  }

  /// Makes the reporter of a process that is alone, whose losses are noted in the run directory of an experiment.
  func progress(of experiment: Experiment) -> ProgressReporter {
    changes.progress(in: RunDirectory(of: experiment, runs: runs).path, isSilent: false)
  }
}

/// The options that change an experiment file, the folder of runs, and whether progress is shown.
struct ChangeOptions: ParsableArguments {
  @Option(
    name: .customLong("set"),
    help: ArgumentHelp(
      "Replace a setting, such as training.seed=3 or simulations[0].role=test (repeatable).",
      valueName: "key=value"))
  var overrides: [String] = []

  @Option(help: ArgumentHelp("The folder of all runs.", valueName: "dir"))
  var runs: String?

  @Flag(help: "Show no progress, but warnings.")
  var quiet = false

  /// The words that give another command the same changes.
  var words: [String] {
    overrides.flatMap { ["--set", $0] } + (runs.map { ["--runs", $0] } ?? [])
      + (quiet ? ["--quiet"] : [])
  }

  /// Reads the experiment on every rank, so that all stop if one cannot; without a file, its defaults.
  ///
  /// Collective.
  func load(_ experiment: String?, on world: borrowing Communicator) throws -> Experiment {
    try world.agree { () throws(SettingsError) in
      guard let experiment else { return try Experiment(overrides: overrides) }
      return try Experiment(contentsOf: experiment, overrides: overrides)
    }
  }

  /// Reads the experiment of a stage on every rank, and begins to watch the ranks.
  ///
  /// Collective.
  func begin(_ experiment: String?, on world: borrowing Communicator) throws -> Experiment {
    let experiment = try load(experiment, on: world)
    let unwatched = try RankWatch.begin(limit: experiment.training.watchdogSeconds, on: world) {
      report($0, at: $1)
    }
    if !unwatched.isEmpty {
      Console.error.say(
        "warning: the ranks on \(unwatched.joined(separator: ", ")) are not watched: no datagrams (UDP) come "
          + "from there to the first rank\n")
    }
    return experiment
  }

  /// Makes a reporter that speaks on the standard error output, unless it is silent; of warnings alone if told to be quiet.
  ///
  /// - Parameters:
  ///   - folder: The folder of results in which it is noted if something cannot be said.
  ///   - isSilent: Whether another rank speaks.
  /// - Returns: The reporter.
  func progress(in folder: String, isSilent: Bool) -> ProgressReporter {
    Console.noteLosses(in: folder)
    let style: ProgressReporter.Style =
      if isSilent {
        .silent
      } else if quiet {
        .warnings
      } else if isatty(STDERR_FILENO) == 1 {
        .bar
      } else {
        .lines(every: 30)
      }
    return ProgressReporter(style: style, write: Console.error.draw)
  }
}

/// The option that sets when a job stops by itself.
struct TimeLimitOption: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "Stop, resumably, before this many seconds have passed (default: the end of the Slurm job).",
      valueName: "seconds"))
  var timeLimit: Double?

  func validate() throws {
    guard let timeLimit, !(0...1e9).contains(timeLimit) else { return }
    throw ValidationError(
      "--time-limit must be a number of seconds from 0 to 1000000000, and is \(timeLimit)")
  }
}

/// Runs `body` as a job on all ranks; an error ends the process with its documented exit code.
///
/// - Parameters:
///   - record: Is given the error, on the rank that speaks of it.
///   - mayBeAlone: Whether a process that does not see the others of its job may go on.
///   - body: The job.
/// - Returns: The result of the job.
/// - Throws: The error that MPI reported on starting or ending.
func runJob<Result>(
  recording record: (any Error) -> Void = { _ in }, mayBeAlone: Bool = false,
  _ body: (borrowing Communicator) throws -> Result
) throws -> Result {
  // MPI may change the variables that the launcher has set.
  let (rank, ranks, launcher) = (Launcher.rank, Launcher.size, Launcher.name ?? "")
  startHDF5()
  endCrashesOfHDF5(with: JobExitCode.badData.rawValue, prefix: "halompi: ")
  return try withMPI(
    reportingErrorsTo: { error, place in
      record(error)
      return report(error, at: place)
    },
    { world in
      EarlyStop.takeEffect()
      if world.size == 1, ranks > 1, !mayBeAlone {
        // Each process is a job of its own: one speaks.
        guard rank == 0 else {
          Thread.sleep(forTimeInterval: 2)
          exit(JobExitCode.usage.rawValue)
        }
        throw Failure.strangers(ranks: ranks, launcher: launcher)
      }
      return try body(world)
    })
}

extension Failure {
  /// The failure of ranks that do not know of each other: the launcher is of another MPI.
  fileprivate static func strangers(ranks: Int, launcher: String) -> Failure {
    let family = MPIFamily.current
    return Failure(
      .usage, "starting \(ranks) ranks",
      because: "\(launcher) started them, but each is alone: this program was built with "
        + "\(mpiLibraryVersion())",
      remedy: "use the launcher of that library, such as "
        + "`\(family.launcher(ranks: ranks)[0])`, or `srun --mpi=\(family.slurmPlugin)`, or build "
        + "with the other one (make MPI=\(family == .openMPI ? "mpich" : "openmpi") build)")
  }
}

/// Runs `body` in this process alone, without MPI; an error ends it with its documented exit code.
func reportingFailures(_ body: () throws -> Void) throws {
  do {
    try body()
  } catch {
    throw ExitCode(report(error))
  }
}

/// Says what ended a job, and returns its exit code.
@discardableResult
func report(_ error: any Error, at place: JobPlace? = nil) -> Int32 {
  let report = FailureReport(of: error, at: place)
  if (error as? OutputError)?.isOfClosedPipe != true { Console.error.complain(report.message) }
  return report.exitCode.rawValue
}
