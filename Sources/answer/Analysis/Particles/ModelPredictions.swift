/// The predictions of one trained model, and what is known of the model.
package struct ModelPredictions: Sendable {
  /// What is different about the model, such as `raw` or `averaged`.
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

  /// The true halo mass of each particle [log10 Msun].
  package var truth: [Float]

  /// The predicted halo mass [log10 Msun]; not finite if the network failed.
  package var prediction: [Float]

  /// The distance from the halo's centre [r200m]; NaN if unknown.
  package var radius: [Float]

  /// The network that predicted.
  package var network: Outcome<NetworkDescription>

  /// How its training went.
  package var history: Outcome<TrainingHistory>

  /// Makes predictions; all columns are equally long.
  package init(
    variant: String, seed: UInt64, file: String, checksum: String, simulations: [String],
    simulation: [Int32], site: [Int64], truth: [Float], prediction: [Float], radius: [Float],
    network: Outcome<NetworkDescription>, history: Outcome<TrainingHistory>
  ) {
    precondition(
      [simulation.count, site.count, truth.count, radius.count]
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
    self.network = network
    self.history = history
  }

  /// The name of the model, such as `raw-seed1`.
  package var name: String { "\(variant)-seed\(seed)" }
}

/// The likelihood of a trained network, and how its answers become masses.
package struct LikelihoodScale: Codable, Hashable, Sendable {
  /// The width of the likelihood [scaled label].
  package var gamma: Double

  /// The mass of the scaled label -1 [log10 Msun].
  package var minimum: Double

  /// The mass of the scaled label 1 [log10 Msun].
  package var maximum: Double

  /// Makes a scale.
  package init(gamma: Double, minimum: Double, maximum: Double) {
    self.gamma = gamma
    self.minimum = minimum
    self.maximum = maximum
  }

  /// The scaled label of a mass [log10 Msun].
  package func scaled(_ logMass: Double) -> Double {
    2 * (logMass - minimum) / (maximum - minimum) - 1
  }

  /// The mass of a scaled label [log10 Msun].
  package func logMass(_ scaled: Double) -> Double {
    minimum + (scaled + 1) / 2 * (maximum - minimum)
  }
}

/// How a training went: what figure 9 of the paper draws.
package struct TrainingHistory: Codable, Hashable, Sendable {
  /// One epoch.
  package struct Epoch: Codable, Hashable, Sendable {
    /// The number of the epoch, from zero.
    package var epoch: Int

    /// The steps done by its end.
    package var step: Int

    /// The mean likelihood term of its training samples [nats].
    package var training: Outcome<Double>

    /// The likelihood term of the validation samples after it [nats].
    package var validation: Outcome<Double>

    /// The same with the priors: what the stopping point is chosen by [nats].
    package var validationLoss: Outcome<Double>

    /// The width of the likelihood after it [scaled label].
    package var gamma: Double

    /// Whether no epoch before was better.
    package var isBest: Bool

    /// Makes the numbers of an epoch.
    package init(
      epoch: Int, step: Int, training: Outcome<Double>, validation: Outcome<Double>,
      validationLoss: Outcome<Double>, gamma: Double, isBest: Bool
    ) {
      self.epoch = epoch
      self.step = step
      self.training = training
      self.validation = validation
      self.validationLoss = validationLoss
      self.gamma = gamma
      self.isBest = isBest
    }
  }

  /// The epochs in their order.
  package var epochs: [Epoch]

  /// Makes a history.
  package init(epochs: [Epoch]) { self.epochs = epochs }

  /// The epoch whose weights were kept: the stopping point.
  package var best: Epoch? { epochs.last(where: \.isBest) }
}
