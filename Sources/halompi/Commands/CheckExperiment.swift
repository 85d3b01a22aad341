internal import ArgumentParser
internal import Experiments
internal import MPI

/// Prints an experiment as it would be used.
struct CheckExperiment: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "experiment",
    abstract: "Check an experiment file and print it as used, with all defaults filled in.",
    discussion: """
      Nothing is run. A mistake is told with its line, and exits with 65 (64 if it is in --set).

        halompi check experiment jobs/gadget.yaml --set training.seed=3
      """)

  @OptionGroup var options: ExperimentOptions

  func run() throws {
    try runJob { world in
      let experiment = try options.load(on: world)
      try world.agree {
        if world.isRoot { try Console.output.give(experiment.yaml(), terminator: "") }
      }
    }
  }
}
