internal import Fields
internal import Foundation
package import MPI
package import Networks
package import SubBoxes

/// Predicts the halo masses of particles with a trained network.
///
/// Every rank computes a share of the particles; the file is the same for any number of ranks.
package struct PredictionJob: Sendable {
  /// The model.
  package var modelPath: String

  /// The field files of the simulations.
  package var files: [String]

  /// The settings by which particles are drawn: `testSamples` of them, 0 for all in halos within
  /// the limits.
  package var sampling: SamplingSettings

  /// The settings by which boxes are made: from memory or from files.
  package var streaming: StreamSettings

  /// The implementation of the network.
  package var kernels: NetworkKernels

  /// The number of threads that compute on each rank; without it, the cores of a node are shared by
  /// its ranks.
  package var threadsPerRank: Int?

  /// The file of predictions to write.
  package var output: String

  /// Whether simulations may be predicted that the model was trained or validated on.
  package var mayPredictSeen: Bool

  /// The longest time that a rank may take for a part of its samples [seconds].
  package var watchdogSeconds: Double

  /// Makes a job.
  package init(
    modelPath: String, files: [String], sampling: SamplingSettings, streaming: StreamSettings,
    kernels: NetworkKernels, threadsPerRank: Int?, output: String,
    mayPredictSeen: Bool = false, watchdogSeconds: Double = 600
  ) {
    self.modelPath = modelPath
    self.files = files
    self.sampling = sampling
    self.streaming = streaming
    self.kernels = kernels
    self.threadsPerRank = threadsPerRank
    self.output = output
    self.mayPredictSeen = mayPredictSeen
    self.watchdogSeconds = watchdogSeconds
  }

  /// Predicts, and rank 0 writes the file, for which it holds all predictions (24 bytes each).
  ///
  /// Collective.
  ///
  /// - Parameters:
  ///   - world: The ranks.
  ///   - tell: Is told how many of how many samples are done, on rank 0, as far as it knows: it counts
  ///     its own and takes the other ranks to be as fast.
  /// - Returns: The predictions on rank 0; `nil` on the others.
  /// - Throws: ``TrainingError`` and the errors of the modules below, in an `AgreedFailure` if all
  ///   ranks know of it.
  package func run(
    on world: borrowing Communicator, tell: (_ done: Int, _ of: Int) -> Void
  ) throws -> PredictionTable? {
    let (model, input, metadata) = try world.agree {
      let model = try Model(contentsOf: modelPath)
      let metadata = try readMetadata(of: files)
      return (model, try suitableInput(of: model, suiting: metadata), metadata)
    }
    var sampling = sampling
    sampling.boxWidth = model.architecture.boxWidth
    let draw = try SampleDraw(.test, from: files, settings: sampling, on: world)
    let samples = draw.samples.sorted { ($0.simulation, $0.site) < ($1.simulation, $1.site) }
    let share =
      samples.count * world.rank / world.size..<samples.count * (world.rank + 1) / world.size
    let source = try input.open(files, settings: streaming, on: world)
    let threads = try threadsPerRank ?? availableThreads(on: world)
    let place = world.place()
    let predictions: [Float]
    do {
      predictions = try world.agree {
        try predict(
          Array(samples[share]), with: model, from: source, threads: threads, at: place
        ) { done in
          tell(min(samples.count, done * world.size), samples.count)
        }
      }
    } catch {
      try source.free()
      throw error
    }
    try source.free()
    let all = try world.gatherVarying(predictions)
    return try world.agree {
      guard let all else { return nil }
      let table = PredictionTable(
        simulations: metadata.map(\.name), fingerprints: metadata.map(\.fingerprint),
        samples: samples, predictions: all.elements)
      try table.write(to: output, model: model)
      return table
    }
  }

  /// Returns what the model's boxes show, if the model suits the simulations.
  private func suitableInput(
    of model: Model, suiting simulations: [FieldMetadata]
  ) throws(TrainingError) -> NetworkInput {
    guard let input = model.input else {
      throw .unsuitableModel(
        path: modelPath,
        reason: "it was trained on the field \(model.inputName), which this program does not make",
        remedy: "use the version that trained it")
    }
    for simulation in simulations {
      let size = simulation.boxSize / Double(simulation.gridSize)
      // A part of a voxel in a hundred moves the edge of the published box by less than half a voxel.
      guard abs(size - model.data.voxelSize) <= 0.01 * model.data.voxelSize else {
        throw .unsuitableModel(
          path: modelPath,
          reason: """
            it was trained on voxels of \(model.data.voxelSize) Mpc/h, and those of \
            \(simulation.name) have \(size) Mpc/h
            """, remedy: "use simulations of the same resolution")
      }
      let known = mayPredictSeen ? [] : model.data.training + model.data.validation
      if let same = known.first(where: { $0.fingerprint == simulation.fingerprint }) {
        throw .unsuitableModel(
          path: modelPath,
          reason:
            "it was trained or validated on \(same.name), whose fields \(simulation.name) has",
          remedy: "predict simulations that it has not seen, or ask for these by their roles")
      }
    }
    return input
  }

  /// Predicts this rank's samples, a part at a time.
  private func predict(
    _ samples: [Sample], with model: Model, from source: any SubBoxSource, threads: Int,
    at place: JobPlace, tell: (Int) -> Void
  ) throws -> [Float] {
    let stream = SubBoxStream(
      from: source, kind: model.variant, boxWidth: model.architecture.boxWidth,
      standardization: model.data.standardization, lookAhead: streaming.lookAhead,
      threads: streaming.threads, consumers: threads)
    stream.start(samples)
    let weights = try NetworkWeights(model.parameters, of: model.architecture, for: kernels)
    let pool = ComputePool(
      threads: threads, boxes: threads, weights: weights, labels: model.data.labels,
      stream: stream)
    defer {
      pool.cancel()
      stream.cancel()
    }
    var predictions: [Float] = []
    predictions.reserveCapacity(samples.count)
    let partSize = 64 * threads
    for start in stride(from: 0, to: samples.count, by: partSize) {
      let part = start..<min(start + partSize, samples.count)
      pool.start(.init(positions: part, firstPlace: start, trains: false))
      let deadline = Deadline(limit: watchdogSeconds)
      while !pool.wait(for: .all, upTo: 0.05) {
        guard !deadline.isPast else {
          throw TrainingError.late(
            rank: place.rank, host: place.host, phase: "predicting samples \(part)",
            seconds: deadline.waited)
        }
      }
      if let failure = pool.failure { throw failure }
      predictions += pool.takeOutcomes().map {
        Float(model.data.labels.logMass(Double($0.prediction)))
      }
      tell(predictions.count)
    }
    return predictions
  }
}
