package import Analysis
package import Networks
package import Schedulers
package import Simulations
package import Snapshots
package import SubBoxes
package import Training

/// Everything that a run is made from: one experiment file as one value.
///
/// The defaults are those of the declarations, and so is the list of keys that a file may hold.
/// Relative paths of a file are relative to its folder, and absolute once it is loaded
/// (``init(contentsOf:overrides:)``).
package struct Experiment: Codable, Hashable, Sendable {
  /// The name of the experiment, which is also the folder of its results in ``runs``.
  package var name = ""

  /// The simulations to learn from, to stop on, and to predict.
  package var simulations: [SimulationSettings] = []

  /// The universe of the simulations that are made from a seed.
  package var universe = UniverseSettings()

  /// The settings of the field files that are made from simulations.
  package var fields = FieldSettings()

  /// The particles to train, validate and test on, and the width of their boxes.
  package var sampling = SamplingSettings()

  /// The source that boxes are cut from, memory or files, and how far ahead they are prepared.
  package var stream = StreamSettings()

  /// The shape of the network.
  package var network = NetworkSettings()

  /// The settings of the training.
  package var training = TrainingSettings()

  /// The simulations that a trained model predicts.
  package var prediction = PredictionSettings()

  /// The settings of the analysis of predictions.
  package var analysis = AnalysisSettings()

  /// The trainings that are compared.
  package var ablation = AblationSettings()

  /// The settings of batch jobs on a cluster.
  package var cluster = ClusterSettings()

  /// The folder of all runs, relative to the current folder.
  package var runs = "runs"

  /// Makes an experiment of defaults, without name and simulations.
  package init() {}

  /// The network that the experiment trains.
  package var architecture: NetworkArchitecture {
    network.architecture(
      boxWidth: sampling.boxWidth, inputChannels: fields.networkInput.channelCount)
  }

  /// The name of the training in the run directory, such as `raw-seed1` or `potential-seed1`.
  package var trainingName: TrainingName {
    let kind = training.variant.rawValue
    // The number of a filter may have a point, which names of folders have not.
    let input = fields.networkInput.name.replacing(".", with: "_")
    let variant =
      switch (fields.networkInput == .density, training.variant) {
      case (true, _): kind
      case (false, .raw): input
      case (false, _): "\(input)-\(kind)"
      }
    return TrainingName(variant: variant, seed: training.seed)
  }

  /// The settings of the training, with the epochs and the prior of the paper for the input where the
  /// settings leave them open (Appendices C and D).
  package var effectiveTraining: TrainingSettings {
    var settings = training
    settings.epochs = training.epochs ?? fields.networkInput.epochs
    settings.alpha = training.alpha ?? fields.networkInput.alpha
    return settings
  }

  /// The simulations of one role, in the order of the file.
  package func simulations(of role: SimulationRole) -> [SimulationSettings] {
    simulations.filter { $0.role == role }
  }
}

/// The role of a simulation in an experiment.
///
/// No realization may serve two roles, but a twin shares the large scales of its test simulation.
package enum SimulationRole: String, Codable, CaseIterable, Hashable, Sendable {
  /// Its particles are trained on.
  case training
  /// Its particles decide which epoch's weights are kept.
  case validation
  /// Its particles are only predicted.
  case test
  /// It has the phases of a test simulation up to a wavenumber: its halos are what the N-body code makes of them.
  case twin
}

/// One simulation: two snapshots of the same particles, and the halos of the later one.
package struct SimulationSettings: Codable, Hashable, Sendable {
  /// The name, which is also that of its files in the run directory.
  package var name: String

  /// The role of the simulation.
  package var role: SimulationRole

  /// The seed of a realization that `halompi simulate` makes; it has no files of its own then.
  package var seed: UInt64?

  /// Whether the phases of the seed are inverted, which makes the partner of a pair; no, if not given.
  package var isInverted: Bool?

  /// The wavenumber above which a twin has other phases than the test simulation with its seed [h/Mpc].
  package var reseedAbove: Double?

  /// The seed of these other phases.
  package var reseed: UInt64?

  /// The path of the initial snapshot (the first file of several), from which the density is made.
  package var initial: String?

  /// The path of the final snapshot (the first file of several), whose particles are in halos.
  package var final: String?

  /// The path of the halo catalogue of the final snapshot (the first file of several).
  package var catalogue: String?

  /// A table of the final particles' halos, instead of a catalogue.
  ///
  /// Without either, the final snapshot must have labels of its own, as SWIFT's do.
  package var labels: LabelTable?

  /// The units of the snapshots, if they do not state them, or state others than they have.
  package var units: SnapshotUnits?

  /// The background universe of the snapshots, if they do not state it.
  package var cosmology: Cosmology?

  /// The types of particles to leave out of the snapshots, such as neutrinos or tracers beside the dark
  /// matter.
  package var ignoreTypes: [Int]?

  /// Makes the settings of a simulation that comes in files.
  package init(
    name: String, role: SimulationRole, initial: String, final: String, catalogue: String?,
    labels: LabelTable? = nil, units: SnapshotUnits? = nil, cosmology: Cosmology? = nil,
    ignoreTypes: [Int]? = nil
  ) {
    self.name = name
    self.role = role
    self.initial = initial
    self.final = final
    self.catalogue = catalogue
    self.labels = labels
    self.units = units
    self.cosmology = cosmology
    self.ignoreTypes = ignoreTypes
  }

  /// Returns the source that tells which halo each final particle is in.
  ///
  /// - Parameter made: The path of the catalogue, if the simulation is made from a seed.
  /// - Returns: The table or catalogue of the settings, `made`, or the snapshot itself.
  package func halos(made: String) -> HaloSource {
    if let labels { return .table(labels) }
    if let catalogue { return .catalogue(catalogue) }
    return seed == nil ? .snapshot : .catalogue(made)
  }

  /// Makes the settings of a simulation that is made from a seed, or of a twin with a second one.
  package init(
    name: String, role: SimulationRole, seed: UInt64, isInverted: Bool? = nil,
    reseedAbove: Double? = nil, reseed: UInt64? = nil
  ) {
    self.name = name
    self.role = role
    self.seed = seed
    self.isInverted = isInverted
    self.reseedAbove = reseedAbove
    self.reseed = reseed
  }
}
