internal import Experiments
internal import Foundation
internal import Hardware
internal import SubBoxes
internal import Text
internal import Training

extension ExperimentPlan: CustomStringConvertible {
  /// The plan in words and tables.
  package var description: String {
    [
      heading, memoryTable, timeTable, messageTable, scalingTable, ablationLine,
    ].joined(separator: "\n")
  }

  private var heading: String {
    let coordinates = workers < layout.nodes * layout.ranksPerNode ? ", rank 0 coordinates" : ""
    return """
      plan of \(experiment.name), \(experiment.training.boxes): \(layout.nodes) nodes, \
      \(layout.ranksPerNode) ranks on each, \(layout.threads) threads on each rank\(coordinates)
      all figures are predictions, unless they say that they were measured

      """
  }

  private var memoryTable: String {
    var lines = ["memory of a rank [MiB], predicted"]
    func add(_ heading: String, _ terms: [MemoryTerm], _ sum: Int) {
      guard !terms.isEmpty else { return }
      lines.append("  \(heading): \(mebibytes(sum))")
      for term in terms.sorted(by: { $0.bytes > $1.bytes }) {
        lines.append(
          "    \(column(mebibytes(term.bytes), 8))  \(term.name)"
            + (term.isSharedByNode ? ", one copy per node" : ""))
      }
    }
    add("training", memory.training, memory.training.bytes)
    add("coordinating", memory.coordination, memory.coordination.bytes)
    add("drawing samples, before", memory.drawing, memory.drawing.bytes)
    add("predicting", memory.prediction, memory.prediction.bytes)
    for part in memory.parts { add(part.name, part.terms, part.terms.bytes) }
    if let universe = universeMemory {
      add("simulating, average rank", universe.stepping, universe.stepping.bytes)
      add("finding halos, average rank", universe.findingHalos, universe.findingHalos.bytes)
    }
    lines.append(
      "  a node: \(mebibytes(memory.peakOfNode)) of \(mebibytes(nodeMemory.bytes)), which is \(nodeMemory.origin)"
    )
    return lines.joined(separator: "\n") + "\n"
  }

  private var timeTable: String {
    let step = scaling.step(workers: workers)
    let epoch = epochSeconds(workers: workers)
    return """
      time, predicted from \(time.origin)
        a sample on one thread: \(digits(1e3 * time.training)) ms forward and backward, \
      \(digits(1e3 * time.prediction)) ms forward
        a step of \(experiment.training.batchSize) samples: \(digits(step.seconds)) s (computing \
      \(digits(step.computing)), sums and update \(digits(step.reducing)), reading \(digits(step.reading)))
        an epoch of \(stepsPerEpoch) steps and its validation: \(digits(epoch / 60)) min; \
      \(experiment.effectiveTraining.epochLimit) epochs: \(digits(epoch * Double(experiment.effectiveTraining.epochLimit) / 3600)) h

      """
  }

  private var messageTable: String {
    let sums = messages.sumsPerStep
    func bytes(_ sum: MessageVolume.Sum) -> String {
      digits(sum.bytes(eachOf: ScalingModel.bytesOfASum, workers: messages.workers) / 1e6)
    }
    let step = messages.step
    return """
      communication of a step
        sums: \(bytes(sums[0])) + \(bytes(sums[1])) MB from each of \(messages.workers) workers (dense layers, convolutions)
        beside them: \(step.messages) messages of \(step.bytes) bytes together
        from files: \(scaling.bytesPerSample == 0 ? "nothing, the fields are in memory" : "at most \(digits(Double(scaling.bytesPerSample) * Double(experiment.training.batchSize) / 1e6)) MB")

      """
  }

  private var scalingTable: String {
    var lines = [
      "scaling, predicted for a network of \(digits(scaling.costs.latency * 1e6)) us and "
        + "\(digits(scaling.costs.bandwidth / 1e9)) GB/s, files of \(digits(scaling.costs.storage / 1e9)) GB/s a node",
      "  workers   step [s]  computing    sums   reading  efficiency",
    ]
    let one = scaling.step(workers: 1).seconds
    for workers in (0...10).map({ 1 << $0 }) {
      let step = scaling.step(workers: workers)
      let parts = [step.seconds, step.computing, step.reducing, step.reading].map {
        column(digits($0), 9)
      }
      let efficiency = 100 * one / (Double(workers) * step.seconds)
      lines.append(
        "  \(column(workers, 7))  \(parts.joined(separator: " "))  \(column(Int(efficiency.rounded()), 6)) %"
      )
    }
    lines.append(
      "  a step divides \(experiment.training.batchSize) samples: more than \(scaling.usefulWorkers) workers wait, and "
        + "beyond a thread for each sample threads share samples")
    return lines.joined(separator: "\n") + "\n"
  }

  private var ablationLine: String {
    let ablation = experiment.ablation
    let runs = ablation.effectiveVariants.elements.count * ablation.seeds.count
    return "ablation: \(runs) runs take \(digits(ablationNodeHours)) node-hours, predicted\n"
  }

  private func column(_ value: any CustomStringConvertible, _ width: Int) -> String {
    let text = value.description
    return String(repeating: " ", count: max(0, width - text.count)) + text
  }
}
