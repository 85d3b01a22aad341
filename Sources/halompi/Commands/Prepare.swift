internal import ArgumentParser
internal import Experiments
internal import MPI
internal import Stages

/// Makes field files.
struct Prepare: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Make the field files of an experiment's simulations.",
    discussion: """
      Reads the initial and the final snapshot and the halo catalogue of each simulation, and writes \
      density and labels on the initial grid, the same bits for any number of ranks and threads. \
      What it prints of each can be checked against other programs.

        mpirun -n 8 halompi prepare jobs/gadget.yaml
        halompi prepare jobs/gadget.yaml --simulation A_1001 --set fields.threadsPerRank=2
      """)

  @OptionGroup var options: ExperimentOptions

  @Option(
    name: .customLong("simulation"),
    help: ArgumentHelp("Prepare only this simulation (repeatable).", valueName: "name"))
  var simulations: [String] = []

  func run() throws {
    try runJob { world in
      let experiment = try options.begin(on: world)
      let task = PrepareTask(
        experiment, in: RunDirectory(of: experiment, runs: options.runs), only: simulations)
      try task.run(on: world, progress: options.progress(of: experiment, on: world)) {
        summary, file in
        Console.output.say("\(PreparationSummary(summary, file: file))\n\n")
      }
    }
  }
}
