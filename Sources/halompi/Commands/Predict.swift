internal import Ablations
import ArgumentParser
internal import Experiments
import MPI
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
      """)

  @OptionGroup var options: ExperimentOptions

  @Option(
    name: .customLong("run"),
    help: ArgumentHelp(
      "Predict with this run of the experiment's ablation instead: its name or index.",
      valueName: "run"))
  var runName: String?

  func run() throws {
    try runJob { world in
      let experiment = try options.load(on: world)
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
    guard let runName else {
      return PredictTask(experiment, in: RunDirectory(of: experiment, runs: options.runs))
    }
    let ablation = try options.ablation(of: experiment)
    return try PredictTask(ablation.run(runName), of: ablation)
  }
}
