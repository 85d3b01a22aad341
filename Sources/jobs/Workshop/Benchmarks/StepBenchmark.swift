internal import Failures
internal import Foundation
internal import Hardware
package import MPI
package import Networks
internal import Randomness
internal import Stopping
internal import SubBoxes
internal import Threads
internal import Training

/// A benchmark of training steps: the settings of `halompi benchmark step`.
package struct StepBenchmark: Codable, Hashable, Sendable {
  /// The network; its box width is that of the samples.
  package var architecture = NetworkArchitecture()

  /// The implementation of the network.
  package var kernels = NetworkKernels.fast

  /// The samples of a step.
  package var batchSize = 8

  /// The threads that compute on each rank.
  package var threadsPerRank = 1

  /// The number of steps that are timed, after one that is not counted.
  package var runs = 5

  /// The folder that holds the random fields while the benchmark runs; all ranks can see it.
  package var folder = NSTemporaryDirectory()

  /// Makes the benchmark of the published network on one thread.
  package init() {}

  /// Trains on random fields as `halompi train` does, and runs the bare kernels for comparison.
  ///
  /// Collective.
  ///
  /// - Returns: The results on rank 0; `nil` on the others.
  /// - Throws: A ``JobFailure``, in an `AgreedFailure` if all ranks know of it.
  package func run(on world: borrowing Communicator) throws -> StepBenchmarkResult? {
    let input = try world.agree {
      try kernels.validate(architecture)
      guard let input = BenchmarkFields.input(channelCount: architecture.inputChannels) else {
        throw Failure(
          .usage, "timing the steps of a training",
          because: "the network takes \(architecture.inputChannels) channels",
          remedy: "time one of 8 channels or fewer")
      }
      return input
    }
    let fields = try BenchmarkFields(of: input, in: folder, on: world)
    do {
      return try measure(input, on: fields, world)
    } catch {
      if world.isRoot { try? FileManager.default.removeItem(atPath: fields.folder) }
      throw error
    }
  }

  private func measure(
    _ input: NetworkInput, on fields: BenchmarkFields, _ world: borrowing Communicator
  ) throws -> StepBenchmarkResult? {
    // Before and after the training, as machines change their speed.
    var bare = try measureKernels(on: world)
    var peaks = [Machine.measurePeak()]
    let (timings, workers) = try train(input, on: fields, world)
    peaks.append(Machine.measurePeak())
    let memory = try world.allReduce(Int64(Machine.peakMemory), .maximum)
    bare += try measureKernels(on: world)
    let training = Timing(seconds: bare.map(\.training))
    let inference = Timing(seconds: bare.map(\.inference))
    try fields.remove(on: world)
    guard world.isRoot else { return nil }
    let cores = workers * threadsPerRank
    let counted = timings.dropFirst()
    let time = counted.reduce(0) { $0 + $1.seconds }
    return StepBenchmarkResult(
      benchmark: self, implementation: kernels.implementation,
      machine: Machine(peakGigaflops: Timing(seconds: peaks).median), workers: workers,
      training: Timing(seconds: counted.map(\.seconds)).divided(by: batchSize),
      kernelsTraining: training, kernelsInference: inference,
      overhead: time * Double(cores) / Double(counted.count * batchSize) / training.median - 1,
      boxWait: counted.reduce(0) { $0 + $1.fetchWaitMean } / Double(threadsPerRank) / time,
      reductionWait: counted.reduce(0) { $0 + $1.reductionWaitMean } / time,
      peakMemory: Int(memory))
  }

  /// The times of one sample on each core [s], run by run, with all cores of the job at work.
  private func measureKernels(
    on world: borrowing Communicator
  ) throws -> [(training: Double, inference: Double)] {
    let layout = architecture.parameters
    let weights = try NetworkWeights(
      layout.initialized(seed: 1), of: architecture, for: kernels)
    var stream = RandomStream(seed: 1, for: .benchmark)
    let box = (0..<architecture.boxCount).map { _ in Float(3.4641 * (stream.uniform() - 0.5)) }
    let places = (0..<threadsPerRank).map { _ in
      (evaluator: weights.makeEvaluator(), gradient: [Float](repeating: 0, count: layout.count))
    }
    let team = ThreadTeam(size: threadsPerRank)
    try world.barrier()
    let inference = Timing(runs: runs) {
      team.perform { _ = places[$0].evaluator.predict(box) }
    }
    try world.barrier()
    let training = Timing(runs: runs) {
      team.perform { thread in
        let (evaluator, buffer) = places[thread]
        var gradient = buffer
        _ = evaluator.forward(box)
        evaluator.backwardDense(outputGradient: 1, into: &gradient)
        evaluator.backwardConvolutions(into: &gradient)
      }
    }
    return zip(training.seconds, inference.seconds).map { ($0, $1) }
  }

  /// Trains for one epoch; returns, on rank 0, the times of its steps and how many ranks computed.
  private func train(
    _ input: NetworkInput, on fields: BenchmarkFields, _ world: borrowing Communicator
  ) throws -> (timings: [StepTiming], workers: Int) {
    var settings = TrainingSettings()
    settings.batchSize = batchSize
    settings.epochs = 1
    settings.kernels = kernels
    settings.threadsPerRank = threadsPerRank
    var sampling = SamplingSettings()
    sampling.boxWidth = architecture.boxWidth
    sampling.trainingSamples = batchSize * (runs + 1)
    sampling.validationSamples = 2
    let plan = TrainingPlan(
      settings: settings, sampling: sampling, streaming: StreamSettings(),
      architecture: architecture, input: input, trainingFiles: [fields.training],
      validationFiles: [fields.validation], directory: "\(fields.folder)/training", identity: [])
    var job = TrainingJob(plan)
    var workers = 0
    _ = try job.run(on: world, stop: StopConditions()) { event in
      if case .started(let start) = event { workers = start.workers }
    }
    return try world.agree { () throws -> ([StepTiming], Int) in
      guard world.isRoot else { return ([], 0) }
      let lines = try String(contentsOfFile: plan.timingsPath, encoding: .utf8).split(
        separator: "\n")
      return (
        try lines.map { try JSONDecoder().decode(StepTiming.self, from: Data($0.utf8)) }, workers
      )
    }
  }

  /// The part that is read here of a line of `timings.jsonl`, which describes a step.
  private struct StepTiming: Decodable {
    let seconds, fetchWaitMean, reductionWaitMean: Double
  }
}
