internal import ArgumentParser
internal import Experiments
internal import MPI
internal import Networks
internal import Settings

/// The network that a benchmark times: that of an experiment, or the published one.
struct NetworkOptions: ParsableArguments {
  @Argument(
    help: "The experiment (YAML) whose network is timed; the published one, if not given.",
    completion: .file(extensions: ["yaml", "yml"]))
  var experiment: String?

  @Option(
    name: .customLong("set"),
    help: ArgumentHelp(
      "Replace a setting of the experiment (repeatable).", valueName: "key=value"))
  var overrides: [String] = []

  @Option(help: "The width of the box [voxels]; that of the network, if not given.")
  var boxWidth: Int?

  func validate() throws {
    guard experiment != nil || overrides.isEmpty else {
      throw ValidationError("--set replaces settings of an experiment: give its file.")
    }
    try requireOption("box-width", boxWidth, in: 3...512)
  }

  /// Reads the experiment on every rank, and returns its network.
  ///
  /// Collective.
  ///
  /// - Throws: `SettingsError` in an `AgreedFailure`.
  func architecture(on world: borrowing Communicator) throws -> NetworkArchitecture {
    var architecture = try world.agree { () throws(SettingsError) in
      guard let experiment else { return NetworkArchitecture() }
      return try Experiment(contentsOf: experiment, overrides: overrides).architecture
    }
    if let boxWidth { architecture.boxWidth = boxWidth }
    return architecture
  }
}
