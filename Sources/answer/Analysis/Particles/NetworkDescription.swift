package import Networks

/// A description of a trained network, and of what it was trained on.
package struct NetworkDescription: Hashable, Sendable {
  /// The name of the input that its boxes show, such as `density` or `potential`.
  package var input: String

  /// The boxes in words: `raw`, `averaged`, `shuffled` or `ellipsoidal`, and shells or a mask other than the defaults.
  package var boxes: String

  /// The number of voxels along each axis of a box.
  package var boxWidth: Int

  /// The width of a voxel [Mpc/h].
  package var voxelSize: Double

  /// The number of parameters, those of the likelihood among them.
  package var parameters: Int

  /// The simulations that it was trained on.
  package var trainingSimulations: [String]

  /// The simulations by which the epoch was chosen whose weights were kept.
  package var validationSimulations: [String]

  /// The number of particles that it was trained on.
  package var trainingSamples: Int

  /// The number of particles by which the epoch was chosen.
  package var validationSamples: Int

  /// The epoch whose weights these are, from zero.
  package var epoch: Int

  /// The steps done by its end.
  package var step: Int

  /// The loss of the validation particles after it [nats]; unknown if it is not a finite number.
  package var validationLoss: Outcome<Double>

  /// The likelihood with the values of its parameters.
  package var likelihoodValues: LikelihoodValues

  /// The masses of the scaled labels -1 and 1 [log10 Msun].
  package var labelRange: ClosedRange<Double>

  /// Describes a network.
  package init(
    input: String, boxes: String, boxWidth: Int, voxelSize: Double, parameters: Int,
    trainingSimulations: [String], validationSimulations: [String], trainingSamples: Int,
    validationSamples: Int, epoch: Int, step: Int, validationLoss: Outcome<Double>,
    likelihoodValues: LikelihoodValues, labelRange: ClosedRange<Double>
  ) {
    self.input = input
    self.boxes = boxes
    self.boxWidth = boxWidth
    self.voxelSize = voxelSize
    self.parameters = parameters
    self.trainingSimulations = trainingSimulations
    self.validationSimulations = validationSimulations
    self.trainingSamples = trainingSamples
    self.validationSamples = validationSamples
    self.epoch = epoch
    self.step = step
    self.validationLoss = validationLoss
    self.likelihoodValues = likelihoodValues
    self.labelRange = labelRange
  }

  /// The scale by which its answers become masses, with the likelihood of these.
  var likelihood: LikelihoodScale {
    LikelihoodScale(
      values: likelihoodValues, minimum: labelRange.lowerBound, maximum: labelRange.upperBound)
  }
}

extension NetworkDescription: Codable {
  private enum CodingKeys: String, CodingKey {
    case input, boxes, boxWidth, voxelSize, parameters, trainingSimulations, validationSimulations
    case trainingSamples, validationSamples, epoch, step, validationLoss, labelRange
  }

  /// Writes the facts, and the likelihood's parameters beside them under their names.
  package func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encode(input, forKey: .input)
    try container.encode(boxes, forKey: .boxes)
    try container.encode(boxWidth, forKey: .boxWidth)
    try container.encode(voxelSize, forKey: .voxelSize)
    try container.encode(parameters, forKey: .parameters)
    try container.encode(trainingSimulations, forKey: .trainingSimulations)
    try container.encode(validationSimulations, forKey: .validationSimulations)
    try container.encode(trainingSamples, forKey: .trainingSamples)
    try container.encode(validationSamples, forKey: .validationSamples)
    try container.encode(epoch, forKey: .epoch)
    try container.encode(step, forKey: .step)
    try container.encode(validationLoss, forKey: .validationLoss)
    try container.encode(labelRange, forKey: .labelRange)
    try likelihoodValues.encode(to: encoder)
  }

  /// Reads what was written.
  package init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: CodingKeys.self)
    func value<Value: Decodable>(_ key: CodingKeys) throws -> Value {
      try container.decode(Value.self, forKey: key)
    }
    self.init(
      input: try value(.input), boxes: try value(.boxes), boxWidth: try value(.boxWidth),
      voxelSize: try value(.voxelSize), parameters: try value(.parameters),
      trainingSimulations: try value(.trainingSimulations),
      validationSimulations: try value(.validationSimulations),
      trainingSamples: try value(.trainingSamples),
      validationSamples: try value(.validationSamples), epoch: try value(.epoch),
      step: try value(.step), validationLoss: try value(.validationLoss),
      likelihoodValues: try LikelihoodValues(from: decoder), labelRange: try value(.labelRange))
  }
}
