internal import Ablations
internal import ArgumentParser
internal import Experiments
internal import Failures
internal import MPI
internal import Stages
internal import Training

/// Trains a network.
struct Train: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Train the network of an experiment, or go on where training was stopped.",
    discussion: """
      Needs the fields that `halompi prepare` made. Rank 0 coordinates; from four ranks on it does \
      nothing else. The model and metrics.jsonl are the same bytes for any number of ranks and \
      threads. With a checkpoint in the run directory, training goes on from it.

        halompi train jobs/gadget.yaml
        mpirun -n 8 halompi train jobs/gadget.yaml --set training.variant=averaged --set training.seed=2

      SIGTERM, SIGUSR1, SIGHUP (a closed terminal, unless under nohup), a file named `stop` in the folder of \
      the training, or the time limit end the job after the step under way, with a checkpoint and exit code 75: the same command \
      goes on.
      """)

  @OptionGroup var options: ExperimentOptions

  @OptionGroup var limits: TimeLimitOption

  @Option(
    name: .customLong("run"),
    help: ArgumentHelp(
      "Train this run of the experiment's ablation instead: its name or index.", valueName: "run"))
  var runName: String?

  @Option(
    help: ArgumentHelp(
      "Write what every rank and thread did, and when, as a Chrome trace (ui.perfetto.dev shows it).",
      valueName: "file"))
  var timeline: String?

  func run() throws {
    let outcome = try runJob { world in
      let experiment = try options.begin(on: world)
      var task = try world.agree { try makeTask(experiment) }
      task.timeline = timeline
      return try task.run(on: world, progress: options.progress(of: experiment, on: world))
    }
    if outcome == .stopped { throw ExitCode(JobExitCode.resumableStop.rawValue) }
  }

  private func makeTask(_ experiment: Experiment) throws -> TrainTask {
    guard let runName else {
      return TrainTask(
        experiment, in: RunDirectory(of: experiment, runs: options.runs),
        timeLimit: limits.timeLimit)
    }
    let ablation = try options.ablation(of: experiment)
    return try TrainTask(ablation.run(runName), of: ablation, timeLimit: limits.timeLimit)
  }
}
