internal import Failures
internal import Foundation
package import Hardware
package import Networks
internal import Text

/// The network's kernels, layer by layer, on the calling thread's core.
package struct KernelBenchmark: Codable, Hashable, Sendable, CustomStringConvertible {
  /// One layer, one way.
  package struct Layer: Codable, Hashable, Sendable {
    /// The layer, or the two that are computed together.
    package let name: String

    /// The time of a sample.
    package let time: Timing

    /// The operations of dense direct convolution [10^9].
    let directOperations: Double

    /// The operations of the products that the kernels make [10^9].
    let actualOperations: Double

    /// The data that must be read and written at least once [10^6 bytes].
    let megabytes: Double
  }

  /// The machine; its peak is the median of those measured before each run.
  package let machine: Machine

  /// The vector instructions.
  package let instructions: String

  /// The second-level cache of a core that the blocks were chosen for [bytes].
  let secondLevelCache: Int

  /// The width of the box [voxels].
  package let boxWidth: Int

  /// The output channels of the convolutions.
  let convolutionChannels: [Int]

  /// The layers forward, from the first to the last, and backward, from the last to the first.
  package let forward, backward: [Layer]

  /// Bringing the weights into the forms that the kernels read, once per update.
  package let preparation: Timing

  /// One step of the optimizer, once per update.
  package let update: Timing

  /// The memory of a sample in work, and of the transformed weights [bytes].
  package let workspaceBytes, preparedBytes: Int

  /// Runs the kernels.
  ///
  /// - Parameters:
  ///   - architecture: The network.
  ///   - instructions: The vector instructions, which the processor must have.
  ///   - secondLevelCache: The second-level cache that the blocks are chosen for [bytes]; that of this
  ///     processor, if not given. It changes no bit of a result.
  ///   - runs: The number of times that every stage is timed, after one run that is not counted.
  /// - Throws: `SettingOutOfRange` if the kernels cannot compute the network, or
  ///   `Failure` if the processor lacks the instructions.
  package init(
    _ architecture: NetworkArchitecture, instructions: KernelInstructions = .fastest,
    secondLevelCache: Int? = nil, runs: Int
  ) throws {
    try NetworkKernels.fast.validate(architecture)
    guard instructions.isSupported else {
      throw Failure(
        .usage, "starting a benchmark",
        because: "this processor has no \(instructions.rawValue) instructions",
        remedy: "choose others, or none for the fastest")
    }
    let run = KernelRun(architecture, instructions, secondLevelCache: secondLevelCache)
    let stages = run.stageCount
    var optimizer = AMSGrad(layout: architecture.parameters)
    var weights = architecture.parameters.initialized(seed: 1)
    let gradient = weights
    // What is timed, in the order of a training step.
    var works: [() -> Void] = [run.prepareWeights, { run.forward(stage: 0) }]
    works += (1..<stages).map { stage in { run.forward(stage: stage) } }
    works += [run.forwardDense, run.backwardDense, { run.backward(stage: 0) }]
    works += (1..<stages).map { stage in { run.backward(stage: stage) } }
    works.append { optimizer.update(&weights, gradient: gradient) }
    var seconds = works.map { _ in [Double]() }
    var peaks: [Double] = []
    let clock = ContinuousClock()
    for turn in 0...runs {
      peaks.append(Machine.measurePeak())
      for (index, work) in works.enumerated() {
        let time = clock.measure(work) / .seconds(1)
        if turn > 0 { seconds[index].append(time) }
      }
    }
    var times = seconds.map { Timing(seconds: $0) }[...]
    machine = Machine(peakGigaflops: Timing(seconds: peaks).median)
    self.instructions =
      instructions == .fastest ? NetworkKernels.fast.implementation : instructions.rawValue
    self.secondLevelCache = secondLevelCache ?? machine.secondLevelCache
    boxWidth = architecture.boxWidth
    convolutionChannels = architecture.convolutionChannels
    preparation = times.removeFirst()
    forward = Self.layers(architecture, &times, isForward: true)
    backward = Self.layers(architecture, &times, isForward: false)
    update = times.removeFirst()
    (workspaceBytes, preparedBytes) = run.memory
  }

  /// Takes the times of one way: its first stage, the convolutions, and the dense layers.
  private static func layers(
    _ architecture: NetworkArchitecture, _ times: inout ArraySlice<Timing>, isForward: Bool
  ) -> [Layer] {
    let convolutions = KernelWork.convolutions(of: architecture)
    let dense = KernelWork.dense(of: architecture)
    let copied = KernelWork(
      name: "copies", directForward: 0, directBackward: 0, actualForward: 0, actualBackward: 0,
      megabytesForward: 8e-6 * Double(architecture.boxCount),
      megabytesBackward: 8e-6 * Double(architecture.featureCount))
    let order =
      isForward ? [copied] + convolutions + [dense] : [dense, copied] + convolutions.reversed()
    return order.map { work in
      Layer(
        name: work.name, time: times.removeFirst(),
        directOperations: isForward ? work.directForward : work.directBackward,
        actualOperations: isForward ? work.actualForward : work.actualBackward,
        megabytes: isForward ? work.megabytesForward : work.megabytesBackward)
    }
  }

  /// A table: milliseconds, speeds, and the share of the peak that the products take.
  package var description: String {
    var table = TextTable(
      "layer", "ms", "min", "max", "effective GFLOP/s", "actual GFLOP/s", "% of peak", "MB")
    func add(_ name: String, _ layer: Layer) {
      let median = layer.time.median
      let actual = layer.actualOperations / median
      table.add(
        name, decimals(1e3 * median, 2), decimals(1e3 * layer.time.minimum, 2),
        decimals(1e3 * layer.time.maximum, 2), decimals(layer.directOperations / median, 1),
        decimals(actual, 1), decimals(100 * actual / machine.peakGigaflops, 0),
        decimals(layer.megabytes, 2))
    }
    for layer in forward { add("forward \(layer.name)", layer) }
    add("forward", Self.sum(forward))
    for layer in backward { add("backward \(layer.name)", layer) }
    add("backward", Self.sum(backward))
    add("both", Self.sum(forward + backward))
    return """
      \(boxWidth)^3, channels \(convolutionChannels), one sample, one thread, \(instructions)
      \(machine.summary)
      blocks for \(secondLevelCache >> 10) KiB of second-level cache
      medians of \(preparation.seconds.count) runs
      \(table)once per update: weights \(decimals(1e3 * preparation.median, 2)) ms, \
      optimizer \(decimals(1e3 * update.median, 2)) ms
      memory: \(decimals(1e-6 * Double(workspaceBytes), 1)) MB of a sample, \
      \(decimals(1e-6 * Double(preparedBytes), 1)) MB of transformed weights

      """
  }

  /// All layers as one, run by run.
  private static func sum(_ layers: [Layer]) -> Layer {
    let runs = layers[0].time.seconds.indices
    return Layer(
      name: "all",
      time: Timing(
        seconds: runs.map { run in layers.reduce(0) { $0 + $1.time.seconds[run] } }),
      directOperations: layers.reduce(0) { $0 + $1.directOperations },
      actualOperations: layers.reduce(0) { $0 + $1.actualOperations },
      megabytes: layers.reduce(0) { $0 + $1.megabytes })
  }
}
