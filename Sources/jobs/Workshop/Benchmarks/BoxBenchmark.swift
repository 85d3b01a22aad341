package import Experiments
package import Hardware
package import MPI
internal import Networks
internal import SubBoxes
internal import Text
internal import Training

/// Measures how fast sub-boxes are made from the fields of an experiment, beside the network that takes them.
package struct BoxBenchmark: Sendable {
  private let experiment: Experiment
  private let directory: RunDirectory

  /// The number of boxes to make.
  package var boxes = 32

  /// Makes the benchmark of an experiment whose fields are prepared.
  package init(_ experiment: Experiment, in directory: RunDirectory) {
    self.experiment = experiment
    self.directory = directory
  }

  /// Makes boxes of training samples, one after the other on one thread of each rank, and times forward and
  /// backward of one of them.
  ///
  /// Collective.
  ///
  /// - Returns: The results on rank 0; `nil` on the others.
  /// - Throws: A ``JobFailure``, in an `AgreedFailure` if all ranks know of it.
  package func run(on world: borrowing Communicator) throws -> BoxBenchmarkResult? {
    let files = try world.agree {
      try directory.existingFields(of: experiment.simulations(of: .training))
    }
    var sampling = experiment.sampling
    sampling.trainingSamples = boxes
    let draw = try SampleDraw(.training, from: files, settings: sampling, on: world)
    let input = experiment.fields.networkInput
    let source = try input.open(files, settings: experiment.stream, on: world)
    let standardization = try source.standardization(
      ofFirst: files.count, samples: draw.samples, boxWidth: sampling.boxWidth, on: world)
    let writer = source.boxWriter(
      boxWidth: sampling.boxWidth, standardization: standardization)
    let architecture = experiment.architecture
    let (making, network) = try world.agree { () throws -> (Timing, Timing) in
      var box = [Float](repeating: 0, count: architecture.boxCount)
      let clock = ContinuousClock()
      var seconds: [Double] = []
      for sample in draw.samples {
        let start = clock.now
        try box.withUnsafeMutableBufferPointer { buffer in
          if let voxels = buffer.baseAddress { try writer(OrientedSample(sample), voxels) }
        }
        seconds.append((clock.now - start) / .seconds(1))
      }
      let layout = architecture.parameters
      let weights = try NetworkWeights(
        layout.initialized(seed: 1), of: architecture,
        for: experiment.training.kernels)
      let evaluator = weights.makeEvaluator()
      var gradient = [Float](repeating: 0, count: layout.count)
      let network = Timing(runs: 5) {
        _ = evaluator.forward(box)
        evaluator.backwardDense(outputGradient: 1, into: &gradient)
        evaluator.backwardConvolutions(into: &gradient)
      }
      return (Timing(seconds: seconds), network)
    }
    try source.free()
    guard world.isRoot else { return nil }
    return BoxBenchmarkResult(
      input: input.name, boxWidth: sampling.boxWidth, mode: source.mode.rawValue,
      machine: Machine(), making: making, network: network)
  }
}

/// The results of a ``BoxBenchmark``.
package struct BoxBenchmarkResult: Codable, Hashable, Sendable, CustomStringConvertible {
  /// The name of the input of the network that the boxes show.
  package let input: String

  /// The number of voxels along each axis of a box.
  package let boxWidth: Int

  /// Whether the fields are `resident` in memory, or read in a `stream`.
  package let mode: String

  /// The machine of rank 0.
  package let machine: Machine

  /// The time of each box on one thread, the first ones with empty caches.
  package let making: Timing

  /// Forward and backward of one box by the bare kernels on one core.
  package let network: Timing

  /// The mean number of boxes that a thread makes in a second.
  var boxesPerSecond: Double {
    Double(making.seconds.count) / making.seconds.reduce(0, +)
  }

  /// The number of cores at work on the network that one thread keeps supplied with boxes.
  var coresFed: Double { boxesPerSecond * network.median }

  /// A table of milliseconds, and how the two rates compare.
  package var description: String {
    var table = TextTable("ms", "median", "min", "max")
    for (name, time) in [
      ("a box, one thread", making), ("the network's training on it, one core", network),
    ] {
      table.add(
        name, decimals(1e3 * time.median, 2), decimals(1e3 * time.minimum, 2),
        decimals(1e3 * time.maximum, 2))
    }
    return """
      boxes of \(boxWidth)^3 voxels of \(input) (\(mode)), \(making.seconds.count) of them
      \(machine.summary)
      \(table)a thread makes \(decimals(boxesPerSecond, 1)) boxes/s, for \(decimals(coresFed, 1)) \
      cores of the network

      """
  }
}
