internal import Foundation
internal import Networks
package import SubBoxes

/// The progress of a training, without the parameters of the network.
///
/// It is a function of the experiment alone, and depends neither on ranks nor on time.
struct TrainingProgress: Codable, Hashable, Sendable {
  /// The epoch that is under way, from zero.
  var epoch = 0

  /// The steps done in it.
  var stepInEpoch = 0

  /// The steps done in all.
  var step = 0

  /// The likelihoods of the samples of this epoch so far, added in the order of the steps [nats].
  var likelihoodSum = 0.0

  /// The epoch with the lowest validation loss; `nil` before the first validation.
  var bestEpoch: Int?

  /// That loss.
  var bestLoss: Double?

  /// The bytes of `metrics.jsonl` that were written so far.
  var metricsLength = 0

  /// The bytes of `timings.jsonl` that were written so far.
  var timingsLength = 0

  /// Whether the last epoch is over.
  var isComplete = false

  /// The progress before the first step.
  init() {}

  /// Whether the counts are possible, as far as they tell without the experiment.
  var isPossible: Bool {
    [epoch, stepInEpoch, step, bestEpoch ?? 0, metricsLength, timingsLength].allSatisfy { $0 >= 0 }
      && (bestEpoch == nil) == (bestLoss == nil) && bestEpoch ?? 0 <= epoch
  }

  /// The number of epochs that were validated since the best one.
  var epochsWithoutImprovement: Int { bestEpoch.map { epoch - 1 - $0 } ?? 0 }

  /// Whether the training is over with these settings: at the end of an epoch, the last one, or one that was
  /// without a better loss for too long.
  func isOver(_ settings: TrainingSettings) -> Bool {
    guard stepInEpoch == 0, epoch > 0 else { return false }
    let isPatient = settings.patience.map { epochsWithoutImprovement < $0 } ?? true
    return epoch >= settings.epochLimit || !isPatient
  }
}

/// The weights and what the optimizer remembers, after a number of steps.
struct TrainingState: Sendable {
  var parameters: [Float]
  var optimizer: AMSGrad.State
}

/// The description of the data, which the workers have and rank 0 stores with the model.
package struct DataDescription: Codable, Hashable, Sendable {
  /// A simulation and the fingerprint of its field file.
  package struct Simulation: Codable, Hashable, Sendable {
    /// The name of the simulation.
    package let name: String

    /// The fingerprint of its fields, in hexadecimal digits.
    package let fingerprint: String

    /// Its number of eligible particles.
    package let eligible: Int
  }

  /// The simulations that train.
  package let training: [Simulation]

  /// The simulations that validate.
  package let validation: [Simulation]

  /// The width of a voxel of the Lagrangian grid, the same in all simulations [Mpc/h].
  package let voxelSize: Double

  /// The width of a voxel of a box of the final density [Mpc/h]; those of other boxes are the grid's.
  package let finalVoxelSize: Double?

  /// The number of samples drawn for training.
  package let trainingSamples: Int

  /// The number of samples drawn for validation.
  package let validationSamples: Int

  /// The standardization of the channels of the input.
  package let standardization: InputStandardization

  /// The range of halo masses by which labels are scaled.
  package let labels: LabelRange

  /// Describes what a model was trained on.
  package init(
    training: [Simulation], validation: [Simulation], voxelSize: Double, finalVoxelSize: Double?,
    trainingSamples: Int, validationSamples: Int, standardization: InputStandardization,
    labels: LabelRange
  ) {
    self.training = training
    self.validation = validation
    self.voxelSize = voxelSize
    self.finalVoxelSize = finalVoxelSize
    self.trainingSamples = trainingSamples
    self.validationSamples = validationSamples
    self.standardization = standardization
    self.labels = labels
  }

  /// The reason why the description, as read from a file, cannot be used; as a clause.
  var fault: String? {
    for channel in standardization.channels {
      let deviation = channel.standardDeviation
      guard channel.mean.isFinite, deviation.isFinite, deviation > 0 else {
        return "its standardization has the mean \(channel.mean) and the deviation \(deviation)"
      }
    }
    guard labels.minimum < labels.maximum else {
      return "its labels go from \(labels.minimum) to \(labels.maximum)"
    }
    guard voxelSize > 0, finalVoxelSize ?? 1 > 0 else { return "its voxels have no width" }
    let counts = (training + validation).map(\.eligible) + [trainingSamples, validationSamples]
    return counts.allSatisfy { $0 >= 0 } ? nil : "it counts fewer than no samples"
  }

  /// Differences between two descriptions in words, empty if they are equal.
  func differences(from old: DataDescription) -> [String] {
    var differences: [String] = []
    for (role, new, old) in [
      ("training", training, old.training), ("validation", validation, old.validation),
    ] {
      if new.map(\.name) != old.map(\.name) {
        differences.append(
          "\(role) simulations were \(old.map(\.name)) and are \(new.map(\.name))")
      } else {
        for (now, before) in zip(new, old) where now != before {
          differences.append(
            "the fields of \(now.name) had the fingerprint \(before.fingerprint) and have "
              + now.fingerprint)
        }
      }
    }
    if differences.isEmpty && self != old { differences.append("the samples drawn differ") }
    return differences
  }
}
