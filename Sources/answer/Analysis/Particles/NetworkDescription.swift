/// What a trained network is, and what it was trained on.
package struct NetworkDescription: Codable, Hashable, Sendable {
  /// What its boxes show, such as `density` or `potential`.
  package var input: String

  /// Whether boxes are `raw`, or `averaged` over shells.
  package var boxes: String

  /// The number of voxels along each axis of a box.
  package var boxWidth: Int

  /// The width of a voxel [Mpc/h].
  package var voxelSize: Double

  /// The number of parameters, gamma among them.
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

  /// The width of the likelihood [scaled label].
  package var gamma: Double

  /// The masses of the scaled labels -1 and 1 [log10 Msun].
  package var labelRange: ClosedRange<Double>

  /// Describes a network.
  package init(
    input: String, boxes: String, boxWidth: Int, voxelSize: Double, parameters: Int,
    trainingSimulations: [String], validationSimulations: [String], trainingSamples: Int,
    validationSamples: Int, epoch: Int, step: Int, validationLoss: Outcome<Double>, gamma: Double,
    labelRange: ClosedRange<Double>
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
    self.gamma = gamma
    self.labelRange = labelRange
  }

  /// How its answers become masses, and how sure they are.
  var likelihood: LikelihoodScale {
    LikelihoodScale(
      gamma: gamma, minimum: labelRange.lowerBound, maximum: labelRange.upperBound)
  }
}
