internal import Ablations
internal import ArgumentParser
internal import Experiments
internal import MPI
internal import Stages

/// Predicts halo masses.
struct Predict: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Predict the halo masses of test particles with a trained network.",
    discussion: """
      Draws sampling.testSamples particles (0: all in halos within the limits) from the simulations \
      of the roles in prediction.roles, and predicts each exactly once, on any number of ranks.

        mpirun -n 8 halompi predict jobs/gadget.yaml
        halompi predict jobs/gadget.yaml --set sampling.testSamples=0
        halompi predict jobs/gadget.yaml --model runs/reduced/training/raw-seed1/model.h5
      """)

  @OptionGroup var options: ExperimentOptions

  @Option(
    name: .customLong("run"),
    help: ArgumentHelp(
      "Predict with this run of the experiment's ablation instead: its name or index.",
      valueName: "run"))
  var runName: String?

  @Option(
    help: ArgumentHelp(
      "Predict with this model, such as another experiment's; its voxels must be as large, to 1 %.",
      discussion: "The predictions are named as the model's folder is: raw-seed1.",
      valueName: "model.h5"))
  var model: String?

  func validate() throws {
    if model != nil, runName != nil {
      throw ValidationError("--model and --run both say which model to use; give one of them")
    }
  }

  func run() throws {
    try runJob { world in
      let experiment = try options.begin(on: world)
      let task = try world.agree { try makeTask(experiment) }
      guard
        let table = try task.run(on: world, progress: options.progress(of: experiment, on: world))
      else {
        return
      }
      Console.output.say("\(PredictionSummary(table, file: task.output))\n")
    }
  }

  private func makeTask(_ experiment: Experiment) throws -> PredictTask {
    let directory = RunDirectory(of: experiment, runs: options.runs)
    if let model { return PredictTask(experiment, model: model, in: directory) }
    guard let runName else { return PredictTask(experiment, in: directory) }
    let ablation = try options.ablation(of: experiment)
    return try PredictTask(ablation.run(runName), of: ablation)
  }
}
