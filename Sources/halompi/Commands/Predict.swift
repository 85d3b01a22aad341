internal import Ablations
internal import ArgumentParser
internal import Experiments
internal import MPI
internal import Stages
internal import Text
internal import Training

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

      With --perturb the boxes of the initial field are also changed before the network sees them, and the change of \
      each prediction is written beside the predictions, to responses/responses.h5; predictions.h5 stays as it \
      is. Forms of changes are density, the same density contrast all over the box; tide, a tide without a mean \
      density, along --tide-axis; and phases, the whole field with other phases of its modes above a wavenumber. Several strengths give a curve, which halompi analyze draws. --sensitivity \
      averages the gradient of the prediction with respect to the box in bins of mass, in the frames of the \
      particles' own tides, to responses/sensitivity.h5. Documentation/numerics.md has the equations.

        halompi predict jobs/gadget.yaml --perturb density=-0.05,0,0.05
        halompi predict jobs/gadget.yaml --perturb tide=-0.02,0.02 --set sampling.testSamples=2000
        halompi predict jobs/gadget.yaml --perturb tide=0.02 --tide-axis 0,0,1
        halompi predict jobs/gadget.yaml --perturb phases=0.5,1,2 --phase-seed 7
        mpirun -n 8 halompi predict jobs/gadget.yaml --sensitivity 200

      With --particles all of this is for the particles of a table alone: its first line names the columns, \
      of which simulation and site say which particles they are, as in predictions.h5. Results are in \
      the order of simulations and sites, in particles/ and the name of the table, beside the predictions \
      and responses of the drawn particles, which stay as they are.

        halompi predict jobs/gadget.yaml --particles cluster-7.csv
        halompi predict jobs/gadget.yaml --particles cluster-7.csv --perturb tide=-0.02,0.02
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

  @Option(
    help: ArgumentHelp(
      "Predict the particles of this table, which has the columns simulation and site, instead of drawn ones.",
      discussion: "Particles that are named twice, or that the sampling leaves out, are refused.",
      valueName: "table"),
    completion: .file())
  var particles: String?

  @OptionGroup var perturbing: PerturbationOptions

  func validate() throws {
    if let particles, !isFileName(PredictTask.list(particles)) {
      throw ValidationError(
        "--particles: results are named as the table is, up to its last dot, and \(particles) "
          + "cannot name a folder; use letters, digits, - and _")
    }
    if model != nil, runName != nil {
      throw ValidationError("--model and --run both say which model to use; give one of them")
    }
  }

  func run() throws {
    try runJob { world in
      let experiment = try options.begin(on: world)
      var task = try world.agree { try makeTask(experiment) }
      task.particles = particles
      let progress = options.progress(of: experiment, on: world)
      let perturbations = perturbing.perturbations
      if perturbations.isEmpty, perturbing.sensitivity == nil {
        if let table = try task.run(on: world, progress: progress) {
          Console.output.say("\(PredictionSummary(table, file: task.output))\n")
        }
      }
      if !perturbations.isEmpty,
        let table = try task.respond(to: perturbations, on: world, progress: progress)
      {
        Console.output.say("\(ResponseSummary(table, file: task.responses.responses))\n")
      }
      if let limit = perturbing.sensitivity,
        let table = try task.averageSensitivity(atMost: limit, on: world, progress: progress)
      {
        let counts = table.counts.map { "\($0)" }.joined(separator: ", ")
        Console.output.say(
          "particles    \(counts) in the bins of mass\nsensitivity  \(task.responses.sensitivity)\n"
        )
      }
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
