import ArgumentParser

/// The checks that anyone can make: of an experiment file, of the network, of a simulated universe.
struct Check: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Check an experiment file, or the network or a universe against another program.",
    subcommands: [CheckExperiment.self, CheckGolden.self, CheckUniverse.self, CheckAbundance.self])
}
