internal import Networks
internal import SubBoxes

/// The messages that the ranks of a training hand to MPI: a function of the settings.
///
/// Sums of gradients are in ``sumsPerStep`` alone: the MPI library decides how to exchange them.
package struct MessageVolume: Hashable, Sendable {
  /// Messages from one rank to another, and their contents [bytes].
  package struct Traffic: Hashable, Sendable {
    /// The number of messages of all ranks together.
    package var messages = 0

    /// Their contents [bytes].
    package var bytes = 0

    fileprivate mutating func add(_ count: Int, of size: Int) {
      messages += count
      bytes += count * size
    }
  }

  /// The ranks that compute.
  package let workers: Int

  /// The ranks that compute beside rank 0.
  package let others: Int

  private let isDedicated: Bool
  private let batchSize: Int
  private let validationSamples: Int
  private let validationPartSize: Int
  private let denseCount: Int
  private let convolutionCount: Int
  private let parameterCount: Int
  private let likelihoodParameterCount: Int

  /// Makes the volume of a training.
  package init(of demand: MemoryDemand) {
    workers = demand.workers
    others = demand.ranks - 1
    isDedicated = demand.isDedicated
    batchSize = demand.settings.batchSize
    validationSamples = demand.sampling.validationSamples
    validationPartSize = TrainingPlan.validationPartSize(batchSize: demand.settings.batchSize)
    let layout = demand.architecture.parameters
    denseCount = layout.denseRange.count
    convolutionCount = layout.convolutionRange.count
    parameterCount = layout.count
    likelihoodParameterCount = layout.likelihoodRange.count
  }

  private static let word = MemoryLayout<Int64>.stride

  /// The messages of a sum of gradients over the workers.
  package struct Sum: Hashable, Sendable {
    /// The parameters.
    package let parameters: Int

    /// The bytes that a worker sends to the others, on the average of the workers, if sums have so many bytes each and
    /// no gradient has a part in a coarse sum.
    package func bytes(eachOf width: Double, workers: Int) -> Double {
      (width + 4) * Double(parameters) * Double(workers - 1) / Double(workers)
    }
  }

  /// The sums of a step: dense layers and convolutions.
  package var sumsPerStep: [Sum] { [denseCount, convolutionCount].map(Sum.init) }

  /// The messages of one step beside the sums: commands, notices, and reports on every sample.
  package var step: Traffic { command(samples: batchSize, hasNotice: true) }

  /// The messages of one validation.
  package var validation: Traffic {
    var traffic = Traffic()
    func add(_ parts: Int, of samples: Int) {
      let part = command(samples: samples, hasNotice: true)
      traffic.messages += parts * part.messages
      traffic.bytes += parts * part.bytes
    }
    add(validationSamples / validationPartSize, of: validationPartSize)
    let rest = validationSamples % validationPartSize
    if rest > 0 { add(1, of: rest) }
    return traffic
  }

  /// The messages of one checkpoint: the state of the training goes to rank 0 if it has none itself.
  package var checkpoint: Traffic {
    var traffic = command(samples: 0, hasNotice: false)
    if isDedicated {
      traffic.add(1, of: Self.word)
      traffic.add(4, of: parameterCount * MemoryLayout<Float>.stride)
    }
    return traffic
  }

  /// The messages of the end.
  package var end: Traffic {
    var traffic = Traffic()
    traffic.add(others, of: Announcement(.finish(isComplete: true)).message.count * Self.word)
    return traffic
  }

  /// All messages of a training that is not interrupted.
  package func total(steps: Int, validations: Int, checkpoints: Int) -> Traffic {
    let parts = [(step, steps), (validation, validations), (checkpoint, checkpoints), (end, 1)]
    return parts.reduce(into: Traffic()) { sum, part in
      sum.messages += part.0.messages * part.1
      sum.bytes += part.0.bytes * part.1
    }
  }

  /// A command to the other workers, their notices and their reports.
  private func command(samples: Int, hasNotice: Bool) -> Traffic {
    var traffic = Traffic()
    traffic.add(others, of: Announcement(.save).message.count * Self.word)
    if hasNotice { traffic.add(others, of: Self.word) }
    // The share of rank 0 is in no message.
    let own = isDedicated ? 0 : samples / workers
    let report = Report(parameterCount: likelihoodParameterCount)
    traffic.add(others, of: report.message.count * Self.word)
    traffic.bytes += (samples - own) * 4 * Self.word
    return traffic
  }
}
