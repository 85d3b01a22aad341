package import Failures
package import Hardware
package import Training

/// The memory that the ranks of a job take, by term: a prediction.
package struct MemoryPlan: Hashable, Sendable {
  /// The terms of a rank that trains, rank 0 if that trains too; the program itself is the first.
  package let training: [MemoryTerm]

  /// The terms of rank 0 if it only coordinates; none otherwise.
  package let coordination: [MemoryTerm]

  /// The terms of a rank that predicts.
  package let prediction: [MemoryTerm]

  /// The terms of a rank while samples are drawn, before the others are there.
  package let drawing: [MemoryTerm]

  /// The parts of predictions that are asked for beside these.
  package let parts: [PredictionPart]

  /// The ranks on a node.
  package let ranksPerNode: Int

  /// Makes the plan of a job.
  ///
  /// - Parameters:
  ///   - demand: The job.
  ///   - program: The memory of a process before it has any data [bytes].
  ///   - parts: Parts of predictions beside these, without the program itself.
  /// - Throws: `Failure` if the fields are to be in memory and do not fit the budget,
  ///   `SettingOutOfRange` if the kernels cannot compute the network.
  package init(of demand: MemoryDemand, program: Int, parts: [PredictionPart] = []) throws {
    let base = [MemoryTerm("program and libraries", program)]
    let isDedicated = demand.workers < demand.ranks
    training = base + (try demand.training(coordinates: !isDedicated))
    coordination = isDedicated ? base + demand.coordination : []
    prediction = base + (try demand.prediction())
    drawing = base + demand.drawing
    self.parts = parts.map { PredictionPart($0.name, base + $0.terms) }
    ranksPerNode = demand.ranksPerNode
  }

  /// The largest memory of a node: the private terms of its ranks, and one copy of the shared ones [bytes].
  var peakOfNode: Int {
    stages.map { Self.sumOfNode($0, ranks: ranksPerNode) }.max() ?? 0
  }

  /// The terms that are in memory together.
  private var stages: [[MemoryTerm]] { [training, drawing, prediction] + parts.map(\.terms) }

  /// Checks that a node can hold the job.
  ///
  /// - Throws: `Failure` that names the largest term.
  package func check(against limit: NodeMemory) throws(Failure) {
    guard peakOfNode > limit.bytes else { return }
    let stage =
      stages.max {
        Self.sumOfNode($0, ranks: ranksPerNode) < Self.sumOfNode($1, ranks: ranksPerNode)
      } ?? training
    let onNode = stage.map {
      ($0.name, $0.isSharedByNode ? $0.bytes : $0.bytes.saturatingTimes(ranksPerNode))
    }
    let largest = onNode.max { $0.1 < $1.1 } ?? ("nothing", 0)
    throw Failure.memory(
      peakOfNode, of: limit, ranks: ranksPerNode, largest: (largest.0, largest.1),
      remedy: """
        use more nodes, fewer ranks or threads on a node, or another stream.memoryBudget, or stream.mode: stream
        """)
  }

  private static func sumOfNode(_ terms: [MemoryTerm], ranks: Int) -> Int {
    terms.map { $0.isSharedByNode ? $0.bytes : $0.bytes.saturatingTimes(ranks) }.saturatingSum
  }
}

extension [MemoryTerm] {
  /// The sum of all terms [bytes].
  var bytes: Int { map(\.bytes).saturatingSum }
}
