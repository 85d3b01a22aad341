internal import ArgumentParser
internal import Experiments
internal import MPI
internal import Simulations
internal import Stages

/// Compares the halos of simulated universes with mass functions.
struct CheckAbundance: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "abundance",
    abstract: "Compare the number of halos of simulated universes with mass functions.",
    discussion: """
      Counts the halos of all simulations of the experiment that have a seed, from 100 particles to \
      10^13.4 Msun, and prints the ratio to the numbers that Sheth and Tormen, Watson et al., \
      Jenkins et al. and Warren et al. expect of the experiment's cosmology.

      Warren et al. count N (1 - N^-0.6) particles of a halo of N, as friends-of-friends link too many \
      to small halos. The last but one column counts as they do, the others count all N. The last is the \
      error of the mean from universe to universe, relative.

        halompi check abundance jobs/paper.yaml
      """)

  @OptionGroup var options: ExperimentOptions

  @Option(help: ArgumentHelp("Write the counts as CSV.", valueName: "file"))
  var table: String?

  func run() throws {
    try runJob { world in
      let experiment = try options.load(on: world)
      try world.agree {
        guard world.isRoot else { return }
        let abundance = try HaloAbundance(
          experiment, in: RunDirectory(of: experiment, runs: options.runs))
        try Console.output.show(abundance, terminator: "")
        if let table { try abundance.write(to: table) }
      }
    }
  }
}
