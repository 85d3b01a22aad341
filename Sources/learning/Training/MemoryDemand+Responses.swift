internal import Networks
package import SubBoxes

/// The memory of a rank during a part of a prediction, by term.
package struct PredictionPart: Hashable, Sendable {
  /// The part in words.
  package let name: String

  /// The memory.
  package let terms: [MemoryTerm]

  /// Makes the value of its parts.
  package init(_ name: String, _ terms: [MemoryTerm]) {
    self.name = name
    self.terms = terms
  }
}

extension MemoryDemand {
  /// The memory of a rank that predicts after perturbations; the simulations are those that are predicted.
  ///
  /// Other phases are those of copies of all fields in memory.
  ///
  /// - Parameter perturbations: The perturbations; nothing is returned without one.
  /// - Returns: The parts, one after the other.
  /// - Throws: As ``training(coordinates:)``.
  package func responses(to perturbations: [Perturbation]) throws -> [PredictionPart] {
    guard !perturbations.isEmpty else { return [] }
    let copies = perturbations.count { $0.form == .phases }
    var demand = self
    if copies > 0 {
      demand.streaming.mode = .resident
      demand.gridSizes = (0...copies).flatMap { _ in gridSizes }
    }
    let predicting = PredictionPart(
      "predicting, perturbed", try demand.prediction(perturbations: perturbations.count))
    guard copies > 0 else { return [predicting] }
    // The values of a rank's planes, their mesh, its modes, and the values that come of them.
    let size = gridSizes.max() ?? 0
    let planes = (size + ranks - 1) / ranks * size * size * real
    return [
      PredictionPart(
        "changing phases, before",
        [try demand.fieldTerm(), MemoryTerm("a field whose phases are changed", 4 * planes)]
          + (ranks > 1 ? [MemoryTerm("messages of the transform", planes / 2)] : [])),
      predicting,
    ]
  }

  /// The memory of a rank that averages the gradient of predictions over particles of bins; the simulations are those that
  /// are predicted.
  ///
  /// - Parameter bins: The number of bins.
  /// - Returns: The only part.
  /// - Throws: As ``training(coordinates:)``.
  package func sensitivity(bins: Int) throws -> PredictionPart {
    let network = try NetworkMemory(of: architecture, for: .reference)
    let width = TideFrame.width(boxWidth: sampling.boxWidth)
    let map = input.channelCount * width * width * width
    // A thread has a box, the same averaged, and its gradient, which is turned.
    let own =
      network.workspace(threads: 1) + (parameterCount + 3 * voxelCount + map) * real
    return PredictionPart(
      "averaging gradients",
      [
        try fieldTerm(), MemoryTerm("weights", network.weights),
        MemoryTerm(
          "activations, boxes and gradients of \(threadsPerRank) threads", threadsPerRank * own),
        MemoryTerm("sums of gradients", bins * (map + 2) * MemoryLayout<Int64>.stride),
        MemoryTerm("samples", 2 * sampling.testSamples * MemoryLayout<Sample>.stride),
      ])
  }
}
