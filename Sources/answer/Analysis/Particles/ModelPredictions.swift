/// The predictions of one trained model, and what is known of the model.
package struct ModelPredictions: Sendable {
  /// The variant of the model, such as `raw` or `averaged`.
  package var variant: String

  /// The seed of its training.
  package var seed: UInt64

  /// The file of predictions, relative to the run directory.
  package var file: String

  /// The checksum of the file's bytes.
  package var checksum: String

  /// The names of the simulations that ``simulation`` counts from zero.
  package var simulations: [String]

  /// The simulation of each particle.
  package var simulation: [Int32]

  /// The site of each particle on the Lagrangian grid of its simulation.
  package var site: [Int64]

  /// The true halo mass of each particle [log10 Msun]; minus infinity in no halo.
  package var truth: [Float]

  /// The predicted halo mass [log10 Msun]; not finite if the network failed.
  package var prediction: [Float]

  /// The distance from the halo's center [r200m]; NaN if unknown.
  package var radius: [Float]

  /// The halo of each particle, as its row in the halo table of its simulation; -1 if it is not known.
  package var halo: [Int32]

  /// The network that predicted.
  package var network: Outcome<NetworkDescription>

  /// The history of its training.
  package var history: Outcome<TrainingHistory>

  /// Makes predictions; all columns are equally long.
  package init(
    variant: String, seed: UInt64, file: String, checksum: String, simulations: [String],
    simulation: [Int32], site: [Int64], truth: [Float], prediction: [Float], radius: [Float],
    halo: [Int32], network: Outcome<NetworkDescription>, history: Outcome<TrainingHistory>
  ) {
    precondition(
      [simulation.count, site.count, truth.count, radius.count, halo.count]
        .allSatisfy { $0 == prediction.count }, "columns of different lengths")
    self.variant = variant
    self.seed = seed
    self.file = file
    self.checksum = checksum
    self.simulations = simulations
    self.simulation = simulation
    self.site = site
    self.truth = truth
    self.prediction = prediction
    self.radius = radius
    self.halo = halo
    self.network = network
    self.history = history
  }

  /// Whether the particle of a row is in no halo of the samples.
  func isInField(_ row: Int) -> Bool { truth[row] == -.infinity }

  /// The name of the model, such as `raw-seed1`.
  package var name: String { "\(variant)-seed\(seed)" }
}
