internal import ArgumentParser
internal import MPI
internal import Simulations

/// Compares two simulations of one universe.
struct CheckUniverse: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "universe",
    abstract: "Compare two simulations of one universe, particle by particle.",
    discussion: """
      Both started from the same initial particles (halompi simulate --from), so that their IDs tell \
      which are the same. Printed are the ratio of the power of matter, how the masses of the halos \
      that particles are in differ, on which particles' membership they agree, and the ratio of \
      the numbers of halos. Several universes are pooled. A tolerance that is exceeded exits with 1.

        halompi check universe --reference snapshot_z0.hdf5 fof_subhalo_tab_z0.hdf5 \
      --made twin/final.hdf5 twin/catalogue.hdf5
      """)

  @Option(
    parsing: .upToNextOption,
    help: ArgumentHelp(
      "Final snapshot and catalogue of the reference, of one universe or several.",
      valueName: "files"))
  var reference: [String]

  @Option(
    parsing: .upToNextOption,
    help: ArgumentHelp(
      "Final snapshot and catalogue to be compared, in the same order.", valueName: "files"))
  var made: [String]

  @Option(help: ArgumentHelp("Write power.csv and halos.csv into a folder.", valueName: "dir"))
  var tables: String?

  @Option(help: "The largest deviation of the power below 1 h/Mpc, as a part of it.")
  var powerTolerance: Double?

  @Option(help: "The largest median offset of log10 M in bins from 100 particles on [dex].")
  var offsetTolerance: Double?

  func validate() throws {
    guard !reference.isEmpty, reference.count.isMultiple(of: 2), made.count == reference.count
    else {
      throw ValidationError(
        "Give a snapshot and its catalogue for each universe, to --reference and to --made alike.")
    }
    try requireOption("power-tolerance", powerTolerance, in: 0...1e6)
    try requireOption("offset-tolerance", offsetTolerance, in: 0...1e6)
  }

  func run() throws {
    try runJob { world in
      let alone = try world.split(color: world.rank, key: 0)
      try world.agree {
        guard world.isRoot else { return }
        let comparison = try UniverseComparison(
          zip(files(reference), files(made)).map { (reference: $0, made: $1) }, on: alone)
        try Console.output.show(comparison, terminator: "")
        if let tables { try comparison.write(to: tables) }
        if let failure = comparison.failure(power: powerTolerance, offset: offsetTolerance) {
          throw failure
        }
      }
    }
  }

  private func files(_ paths: [String]) -> [UniverseComparison.Files] {
    stride(from: 0, to: paths.count, by: 2).map {
      UniverseComparison.Files(snapshot: paths[$0], catalogue: paths[$0 + 1])
    }
  }
}
