import ArgumentParser
import Foundation
import HDF5
import Jobs
import MPI

/// What every job takes: the experiment file, and what to change of it.
struct ExperimentOptions: ParsableArguments {
  @Argument(help: "The experiment file (YAML).", completion: .file(extensions: ["yaml", "yml"]))
  var experiment: String

  @OptionGroup var changes: ChangeOptions

  var runs: String? { changes.runs }

  /// Reads the experiment on every rank, so that all stop if one cannot.
  ///
  /// Collective.
  func load(on world: borrowing Communicator) throws -> Experiment {
    try changes.load(experiment, on: world)
  }

  /// Makes the reporter of this rank: the first one speaks, unless told to be quiet.
  func progress(on world: borrowing Communicator) -> ProgressReporter {
    changes.progress(on: world)
  }
}

/// What to change of an experiment file, and of how a job speaks.
struct ChangeOptions: ParsableArguments {
  @Option(
    name: .customLong("set"),
    help: ArgumentHelp(
      "Replace a setting, such as training.seed=3 or simulations[0].role=test (repeatable).",
      valueName: "key=value"))
  var overrides: [String] = []

  @Option(help: ArgumentHelp("The folder of all runs.", valueName: "dir"))
  var runs: String?

  @Flag(help: "Show no progress.")
  var quiet = false

  /// Reads the experiment on every rank, so that all stop if one cannot; without a file, its defaults.
  ///
  /// Collective.
  func load(_ experiment: String?, on world: borrowing Communicator) throws -> Experiment {
    try world.agree { () throws(SettingsError) in
      guard let experiment else { return try Experiment(overrides: overrides) }
      return try Experiment(contentsOf: experiment, overrides: overrides)
    }
  }

  /// Makes the reporter of this rank: the first one speaks, unless told to be quiet.
  func progress(on world: borrowing Communicator) -> ProgressReporter {
    let style: ProgressReporter.Style =
      if quiet || !world.isRoot { .silent } else if isatty(STDERR_FILENO) == 1 { .bar } else {
        .lines(every: 30)
      }
    return ProgressReporter(style: style, write: printError)
  }
}

/// Runs `body` as a job on all ranks; an error ends the process with its documented exit code.
func runJob<Result>(_ body: (borrowing Communicator) throws -> Result) throws -> Result {
  startHDF5()
  return try withMPI(
    reportingErrorsTo: { error, place in
      let report = FailureReport(of: error, at: place)
      printError(report.message + "\n")
      return report.exitCode.rawValue
    }, body)
}

/// Writes text to the standard error output as it is.
func printError(_ text: String) {
  FileHandle.standardError.write(Data(text.utf8))
}
