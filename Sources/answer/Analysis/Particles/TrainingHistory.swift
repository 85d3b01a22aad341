package import Networks

/// The course of a training, which figure 9 of the paper draws.
package struct TrainingHistory: Codable, Hashable, Sendable {
  /// One epoch.
  package struct Epoch: Hashable, Sendable {
    /// The number of the epoch, from zero.
    package var epoch: Int

    /// The steps done by its end.
    package var step: Int

    /// The mean likelihood term of its training samples [nats].
    package var training: Outcome<Double>

    /// The likelihood term of the validation samples after it [nats].
    package var validation: Outcome<Double>

    /// The same with the priors, by which the stopping point is chosen [nats].
    package var validationLoss: Outcome<Double>

    /// The likelihood with the values of its parameters after it.
    package var likelihoodValues: LikelihoodValues

    /// Whether no epoch before was better.
    package var isBest: Bool

    /// Makes the numbers of an epoch.
    package init(
      epoch: Int, step: Int, training: Outcome<Double>, validation: Outcome<Double>,
      validationLoss: Outcome<Double>, likelihoodValues: LikelihoodValues, isBest: Bool
    ) {
      self.epoch = epoch
      self.step = step
      self.training = training
      self.validation = validation
      self.validationLoss = validationLoss
      self.likelihoodValues = likelihoodValues
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

extension TrainingHistory.Epoch: Codable {
  private enum CodingKeys: String, CodingKey {
    case epoch, step, training, validation, validationLoss, isBest
  }

  /// Writes the numbers, and the likelihood's parameters beside them under their names.
  package func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encode(epoch, forKey: .epoch)
    try container.encode(step, forKey: .step)
    try container.encode(training, forKey: .training)
    try container.encode(validation, forKey: .validation)
    try container.encode(validationLoss, forKey: .validationLoss)
    try container.encode(isBest, forKey: .isBest)
    try likelihoodValues.encode(to: encoder)
  }

  /// Reads what was written.
  package init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: CodingKeys.self)
    self.init(
      epoch: try container.decode(Int.self, forKey: .epoch),
      step: try container.decode(Int.self, forKey: .step),
      training: try container.decode(Outcome<Double>.self, forKey: .training),
      validation: try container.decode(Outcome<Double>.self, forKey: .validation),
      validationLoss: try container.decode(Outcome<Double>.self, forKey: .validationLoss),
      likelihoodValues: try LikelihoodValues(from: decoder),
      isBest: try container.decode(Bool.self, forKey: .isBest))
  }
}
