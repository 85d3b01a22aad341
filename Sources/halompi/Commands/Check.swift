internal import ArgumentParser

/// The checks that anyone can make: of an experiment file, of the network, of a simulated universe.
struct Check: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Check an experiment file, or the network or a universe against another program.",
    discussion: """
      Each prints what it finds; what is not as it must be ends it with 1, or 65 if it is a file.

        halompi check experiment jobs/gadget.yaml
        halompi check golden network-19.json
      """,
    subcommands: [CheckExperiment.self, CheckGolden.self, CheckUniverse.self, CheckAbundance.self])
}
