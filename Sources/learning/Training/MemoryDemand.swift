package import Failures
internal import Fields
internal import HDF5
internal import Hardware
package import Networks
package import SubBoxes

/// A part of the memory of a rank, and what it is for.
package struct MemoryTerm: Codable, Hashable, Sendable {
  /// The purpose, such as "weights".
  package let name: String

  /// The size [bytes].
  package let bytes: Int

  /// Whether the ranks of a node have one copy together.
  package let isSharedByNode: Bool

  /// Makes a term.
  package init(_ name: String, _ bytes: Int, isSharedByNode: Bool = false) {
    self.name = name
    self.bytes = bytes
    self.isSharedByNode = isSharedByNode
  }
}

/// The memory that a training or a prediction will take, by purpose, told before it is started.
///
/// The sizes of the objects that the job makes come from the code that makes them, and nothing is
/// allocated; the program itself and MPI are not counted. Not collective.
package struct MemoryDemand: Sendable {
  /// The settings of the training.
  package var settings: TrainingSettings

  /// The settings by which samples are drawn, with the size of their boxes.
  package var sampling: SamplingSettings

  /// The settings by which boxes are made: from memory or from files.
  package var streaming: StreamSettings

  /// The input that the boxes show.
  package var input: NetworkInput

  /// The shape of the network.
  package var architecture: NetworkArchitecture

  /// The particles along each axis of each simulation that is trained or validated on.
  package var gridSizes: [Int]

  /// The ranks of the job.
  package var ranks: Int

  /// The ranks of each node.
  package var ranksPerNode: Int

  /// The threads that compute on each rank.
  package var threadsPerRank: Int

  /// Makes a demand.
  package init(
    settings: TrainingSettings, sampling: SamplingSettings, streaming: StreamSettings,
    input: NetworkInput = .density, architecture: NetworkArchitecture, gridSizes: [Int],
    ranks: Int, ranksPerNode: Int, threadsPerRank: Int
  ) {
    self.settings = settings
    self.sampling = sampling
    self.streaming = streaming
    self.input = input
    self.architecture = architecture
    self.gridSizes = gridSizes
    self.ranks = ranks
    self.ranksPerNode = ranksPerNode
    self.threadsPerRank = threadsPerRank
  }

  var parameterCount: Int { architecture.parameters.count }
  var real: Int { MemoryLayout<Float>.stride }

  /// The voxels of a box, over all channels.
  var voxelCount: Int {
    input.channelCount * sampling.boxWidth * sampling.boxWidth * sampling.boxWidth
  }

  /// Whether rank 0 only coordinates.
  var isDedicated: Bool { settings.coordinator.isDedicated(ranks: ranks) }

  /// The ranks that compute.
  package var workers: Int { isDedicated ? ranks - 1 : ranks }

  /// The size of the fields, or of the final particles, of all simulations [bytes].
  var fieldBytes: Int { gridSizes.reduce(0) { $0 + input.residentBytes(gridSize: $1) } }

  /// Whether the fields are kept in memory, as the stream's settings decide.
  ///
  /// - Throws: `Failure` if they are to be and do not fit the budget.
  package func fieldsAreResident() throws(Failure) -> Bool {
    guard input.canBeStreamed else { return true }
    let fields = gridSizes.count * input.channelCount
    return try FieldStore.mode(streaming, bytes: fieldBytes, fields: fields).0 == .resident
  }

  /// The memory of a rank that trains.
  ///
  /// - Parameter coordinates: Whether it is rank 0, which writes checkpoints too.
  /// - Returns: The terms, the program itself not among them.
  /// - Throws: `Failure` if the fields are to be in memory and do not fit the budget,
  ///   `SettingOutOfRange` if the kernels cannot compute the network.
  package func training(coordinates: Bool) throws -> [MemoryTerm] {
    let network = try NetworkMemory(of: architecture, for: settings.kernels)
    let count = parameterCount
    let boxes = streaming.lookAhead + threadsPerRank
    var terms = [try fieldTerm()]
    terms += [
      MemoryTerm("weights", network.weights),
      MemoryTerm("optimizer (m, v, vhat) and mean gradient", 4 * count * real),
      MemoryTerm("sums of gradients", (count + 4) * MemoryLayout<Int64>.stride),
      MemoryTerm(
        "activations and gradients of \(threadsPerRank) threads",
        evaluationBytes(network, boxes: (settings.batchSize + workers - 1) / workers)),
      MemoryTerm("boxes prepared ahead", boxes * voxelCount * real),
      MemoryTerm(
        "samples",
        (sampling.trainingSamples + sampling.validationSamples) * MemoryLayout<Sample>.stride),
    ]
    if workers > 1 {
      terms.append(MemoryTerm("sums to and from other ranks", 2 * sumMessageBytes))
    }
    if coordinates {
      // The moments are handed on without a copy: the best weights, the weights of the step and their bytes.
      terms.append(MemoryTerm("best weights, and a checkpoint being written", 3 * count * real))
    }
    return terms
  }

  /// The most bytes of a sum of gradients that a rank sends to the others, or receives from them.
  private var sumMessageBytes: Int {
    let layout = architecture.parameters
    let largest = max(layout.denseRange.count, layout.convolutionRange.count)
    return TeamMean.messageLimit(count: largest, workers: workers)
  }

  /// The memory of rank 0 where it only coordinates.
  package var coordination: [MemoryTerm] {
    [MemoryTerm("best weights, and a checkpoint being written", 2 * checkpointBytes)]
  }

  /// Weights, three moments and the best weights, beside those of the optimizer.
  private var checkpointBytes: Int { 5 * parameterCount * real }

  /// The memory of a rank that predicts, each particle once and after so many perturbations.
  ///
  /// - Throws: As ``training(coordinates:)``.
  package func prediction(perturbations: Int = 0) throws -> [MemoryTerm] {
    let network = try NetworkMemory(of: architecture, for: settings.kernels)
    return [
      try fieldTerm(), MemoryTerm("weights", network.weights),
      MemoryTerm(
        "activations of \(threadsPerRank) threads",
        evaluationBytes(network, boxes: threadsPerRank)),
      MemoryTerm(
        "boxes prepared ahead", (streaming.lookAhead + threadsPerRank) * voxelCount * real),
      MemoryTerm(
        "samples and predictions",
        sampling.testSamples
          * (MemoryLayout<Sample>.stride
            + (1 + perturbations) * (MemoryLayout<Sample>.stride + 24))),
    ]
  }

  /// Returns the memory of a rank's workspaces and gradients for at most `boxes` boxes [bytes].
  ///
  /// Threads beyond the number of boxes help with a box, and use its workspace.
  private func evaluationBytes(_ network: NetworkMemory, boxes: Int) -> Int {
    // At most two different numbers of threads share an evaluation.
    var bytes: [Int: Int] = [:]
    return ComputePool.helpers(threads: threadsPerRank, boxes: boxes).map { helpers in
      let own =
        bytes[helpers] ?? (network.workspace(threads: helpers) + parameterCount * real)
      bytes[helpers] = own
      return own
    }.saturatingSum
  }

  /// The memory while samples are drawn, before anything else is allocated: labels and radii of a
  /// slab of planes, and the numbers and words of the samples.
  package var drawing: [MemoryTerm] {
    let draw = max(sampling.trainingSamples, sampling.validationSamples)
    return [
      MemoryTerm(
        "labels while samples are drawn", SampleDraw.workingBytes(gridSizes: gridSizes)),
      MemoryTerm("samples while they are drawn", draw * (40 + MemoryLayout<Sample>.stride)),
    ]
  }

  /// The mean size of the chunks of a field file that a sample reads if none is cached [bytes].
  package var streamedBytesPerSample: Int {
    let (width, chunk) = (Double(sampling.boxWidth), Double(FieldStore.chunkWidth))
    // A box at a random place meets so many chunks along each axis, on the average.
    let chunks = (width - 1) / chunk + 1
    return Int(chunks * chunks * chunks * chunk * chunk * chunk) * real * input.channelCount
  }

  func fieldTerm() throws(Failure) -> MemoryTerm {
    if try fieldsAreResident() { return MemoryTerm("fields", fieldBytes, isSharedByNode: true) }
    return MemoryTerm(
      "cache of fields", min((streaming.memoryBudget << 20) / ranksPerNode, fieldBytes))
  }
}
