import ArgumentParser

/// The checks that anyone can make: of an experiment file, of the network.
struct Check: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Check an experiment file, or the network against another implementation.",
    subcommands: [CheckExperiment.self, CheckGolden.self])
}
