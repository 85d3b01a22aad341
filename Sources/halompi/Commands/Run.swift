internal import Ablations
internal import ArgumentParser
internal import Experiments
internal import Failures
internal import MPI
internal import Pipelines
internal import Training

/// Runs all stages of an experiment.
struct Run: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Run all stages that an experiment needs; what is as it would be made is skipped.",
    discussion: """
      The stages are simulate (if simulations have seeds), prepare, train, predict and analyze; with a \
      section `ablation` in the experiment file, ablate instead of train, by teams of the ranks of this job. \
      A result is skipped if its settings, its inputs and the program are those that it was made of, by \
      their checksums (made-of.json beside it), and its files are what was written. A simulation or a \
      training that must begin anew is moved to the folder `replaced` of the run directory, not removed.

        mpirun -n 3 halompi run jobs/quickstart.yaml
        halompi run jobs/quickstart.yaml --dry-run --why
        mpirun -n 8 halompi run jobs/gadget.yaml --until train

      SIGTERM, SIGUSR1 and SIGHUP end the job resumably with exit code 75, a training and a simulation with \
      a checkpoint: the same command goes on. --time-limit does the same for trainings and between stages.
      """)

  @OptionGroup var options: ExperimentOptions

  @Option(help: ArgumentHelp("The last stage to run.", valueName: "stage"))
  var until: PipelineStage?

  @Flag(help: "Say what each stage would do, and change nothing.")
  var dryRun = false

  @Flag(help: "Say for each result why it is made or skipped.")
  var why = false

  @Flag(
    name: .customLong("any-version"),
    help: "Take results that other builds of halompi made as if this one had made them.")
  var takesAnyVersion = false

  @OptionGroup var limits: TimeLimitOption

  func run() throws {
    let outcome: TrainingOutcome = try runJob { world in
      let experiment = try dryRun ? options.load(on: world) : options.begin(on: world)
      let task = try world.agree { try makeTask(experiment) }
      guard dryRun else {
        return try task.run(
          on: world, progress: options.progress(of: experiment, on: world)
        ) { Console.output.say($0 + "\n") }
      }
      try world.agree {
        guard world.isRoot else { return }
        for stage in try task.plan().stages {
          try Console.output.show(why ? stage.explanation : stage.description)
        }
      }
      return .complete
    }
    if outcome == .stopped { throw ExitCode(JobExitCode.resumableStop.rawValue) }
  }

  private func makeTask(_ experiment: Experiment) throws -> PipelineTask {
    let directory = RunDirectory(of: experiment, runs: options.runs)
    let hasAblation = try Experiment.hasAblation(
      file: options.experiment, overrides: options.overrides)
    return PipelineTask(
      try PipelineStage.stages(of: experiment, hasAblation: hasAblation, until: until),
      of: experiment, in: directory,
      ablation: hasAblation ? try Ablation(experiment, in: directory) : nil,
      anyProgram: takesAnyVersion, explains: why, timeLimit: limits.timeLimit)
  }
}

extension PipelineStage: ExpressibleByArgument {}
