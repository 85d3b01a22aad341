package import Foundation
package import Networks

/// The numbers of a training as far as it has come: what `metrics.jsonl` says.
///
/// A number that was not finite is NaN here.
package struct TrainingMetrics: Hashable, Sendable {
  /// One step.
  package struct Step: Hashable, Sendable {
    /// The epoch, from zero.
    package var epoch: Int

    /// The steps done in all, this one included.
    package var step: Int

    /// The mean likelihood of the batch, before the update [nats].
    package var likelihood: Double

    /// The penalty, before the update [nats].
    package var penalty: Double

    /// The likelihood with the values of its parameters, before the update.
    package var likelihoodValues: LikelihoodValues

    /// The learning rate of the update, if it has a schedule.
    var learningRate: Double?

    /// The norm of the gradient before it was clipped, if that has a limit.
    var gradientNorm: Double?

    /// The loss that is trained [nats].
    package var loss: Double { likelihood + penalty }
  }

  /// The validation after an epoch.
  package struct Epoch: Hashable, Sendable {
    /// The epoch, from zero.
    package var epoch: Int

    /// The steps done in all.
    package var step: Int

    /// The mean likelihood of the samples of the epoch, each before its step's update [nats].
    package var trainingLikelihood: Double

    /// The mean likelihood of the validation samples, after the epoch [nats].
    package var likelihood: Double

    /// The penalty, after the epoch [nats].
    package var penalty: Double

    /// Pearson's correlation of prediction and truth over the validation samples.
    package var correlation: Double

    /// The likelihood with the values of its parameters, after the epoch.
    package var likelihoodValues: LikelihoodValues

    /// Whether the validation loss was the lowest so far.
    package var isBest: Bool

    /// The validation loss [nats].
    package var loss: Double { likelihood + penalty }
  }

  /// The steps in their order.
  package private(set) var steps: [Step] = []

  /// The epochs in their order.
  package private(set) var epochs: [Epoch] = []

  /// Makes a history of nothing.
  package init() {}

  /// Reads `metrics.jsonl`; a last line that is not whole yet is left out.
  ///
  /// - Throws: ``TrainingError/damagedFile(path:reason:)`` with the number of a line that cannot be
  ///   read, or the error of the file system.
  package init(contentsOf path: String) throws {
    var tail = LogTail(path)
    try add(tail.read()?.text ?? Data(), from: path)
  }

  /// The epoch of the lowest validation loss, if one is over.
  package var best: Epoch? { epochs.last { $0.isBest } }

  /// Adds whole lines of `metrics.jsonl`.
  ///
  /// - Parameters:
  ///   - lines: The lines with their ends.
  ///   - path: The file, for messages.
  /// - Throws: ``TrainingError/damagedFile(path:reason:)`` with the number of the line.
  package mutating func add(_ lines: Data, from path: String) throws {
    let known = steps.count + epochs.count
    for line in try JSONLines.decode(MetricsLine.self, from: lines, of: path, after: known) {
      switch line {
      case .step(let step): steps.append(step)
      case .epoch(let epoch): epochs.append(epoch)
      }
    }
  }
}

/// A line of `metrics.jsonl`, as `StepSummary` and `EpochSummary` write it.
enum MetricsLine: Decodable {
  case step(TrainingMetrics.Step)
  case epoch(TrainingMetrics.Epoch)

  private enum Key: String, CodingKey {
    case kind, epoch, step, likelihood, penalty, trainingLikelihood, validation
    case correlation, isBest, learningRate, gradientNorm
  }

  init(from decoder: any Decoder) throws {
    let line = try decoder.container(keyedBy: Key.self)
    func number(_ key: Key, of container: KeyedDecodingContainer<Key>) throws -> Double {
      try container.decodeNil(forKey: key) ? .nan : container.decode(Double.self, forKey: key)
    }
    let epoch = try line.decode(Int.self, forKey: .epoch)
    let step = try line.decode(Int.self, forKey: .step)
    let likelihoodValues = try LikelihoodValues(from: decoder)
    switch try line.decode(String.self, forKey: .kind) {
    case "step":
      self = .step(
        TrainingMetrics.Step(
          epoch: epoch, step: step, likelihood: try number(.likelihood, of: line),
          penalty: try number(.penalty, of: line), likelihoodValues: likelihoodValues,
          learningRate: try line.decodeIfPresent(Double.self, forKey: .learningRate),
          gradientNorm: try line.decodeIfPresent(Double.self, forKey: .gradientNorm)))
    case "epoch":
      let validation = try line.nestedContainer(keyedBy: Key.self, forKey: .validation)
      self = .epoch(
        TrainingMetrics.Epoch(
          epoch: epoch, step: step,
          trainingLikelihood: try number(.trainingLikelihood, of: line),
          likelihood: try number(.likelihood, of: validation),
          penalty: try number(.penalty, of: validation),
          correlation: try number(.correlation, of: validation),
          likelihoodValues: likelihoodValues, isBest: try line.decode(Bool.self, forKey: .isBest)))
    case let kind:
      throw DecodingError.dataCorruptedError(
        forKey: .kind, in: line, debugDescription: "\"\(kind)\" is neither step nor epoch")
    }
  }
}
