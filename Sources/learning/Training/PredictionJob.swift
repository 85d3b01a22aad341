internal import DurableFiles
internal import Failures
internal import Fields
internal import Foundation
package import MPI
package import Networks
package import SubBoxes
internal import Threads

/// Predicts the halo masses of particles with a trained network.
///
/// Every rank computes a share of the particles; the file is the same for any number of ranks.
package struct PredictionJob: Sendable {
  /// The model.
  package var modelPath: String

  /// The boxes that the model must have been trained on; any if there are none.
  package var boxes: BoxDescription?

  /// The field files of the simulations.
  package var files: [String]

  /// The settings by which particles are drawn: `testSamples` of them, 0 for all in halos within
  /// the limits.
  package var sampling: SamplingSettings

  /// The settings by which boxes are made: from memory or from files.
  package var streaming: StreamSettings

  /// The orientations in which raw boxes are shown, over which predictions are averaged.
  package var symmetries: CubeSymmetries

  /// The implementation of the network.
  package var kernels: NetworkKernels

  /// The number of threads that compute on each rank; without it, the cores of a node are shared by
  /// its ranks.
  package var threadsPerRank: Int?

  /// The file of predictions to write.
  package var output: String

  /// Whether simulations may be predicted that the model was trained or validated on.
  package var mayPredictSeen: Bool

  /// Makes a job.
  package init(
    modelPath: String, boxes: BoxDescription? = nil, files: [String], sampling: SamplingSettings,
    streaming: StreamSettings, symmetries: CubeSymmetries = .none, kernels: NetworkKernels,
    threadsPerRank: Int?, output: String, mayPredictSeen: Bool = false
  ) {
    self.modelPath = modelPath
    self.boxes = boxes
    self.files = files
    self.sampling = sampling
    self.streaming = streaming
    self.symmetries = symmetries
    self.kernels = kernels
    self.threadsPerRank = threadsPerRank
    self.output = output
    self.mayPredictSeen = mayPredictSeen
  }

  /// Predicts what jobs that did not finish left to be predicted, and rank 0 writes the file, for which it holds
  /// all predictions (24 bytes each, 32 with the scatter of orientations).
  ///
  /// Collective.
  ///
  /// - Parameters:
  ///   - world: The ranks.
  ///   - tell: Is told how many of how many samples are done, first those of the jobs before, and as far as this
  ///     rank knows: it counts its own and takes the other ranks to be as fast.
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
    let count = symmetries.applied(to: model.boxes.kind).orientations.count
    let unfinished = try world.agree { try self.unfinished(metadata, samples, model) }
    var results = UnfinishedPredictions.Results(count: samples.count, withDeviations: count > 1)
    let places = try remaining(unfinished, &results, on: world)
    let share =
      places.count * world.rank / world.size..<places.count * (world.rank + 1) / world.size
    let source = try input.open(files, settings: streaming, on: world)
    let threads = try threadsPerRank ?? availableThreads(on: world)
    try world.agree { () throws(Failure) in try ThreadSupply.check(threads + streaming.threads) }
    let number = Int(try world.broadcast([Int64(unfinished.nextNumber)])[0]) + world.rank
    let known = samples.count - places.count
    tell(known, samples.count)
    let found: OrientedPredictions
    do {
      found = try world.agree {
        try predict(
          Array(places[share]), of: samples, with: model, from: source, threads: threads,
          keeping: unfinished, number
        ) { done in
          tell(min(samples.count, known + done * world.size), samples.count)
        }
      }
    } catch {
      try source.free()
      throw error
    }
    try source.free()
    let all = try world.gatherVarying(found.means)
    let deviations = try world.gatherVarying(found.deviations)
    return try world.agree {
      guard let all, let deviations else { return nil }
      results.take(places, means: all.elements, deviations: deviations.elements)
      let table = PredictionTable(
        simulations: metadata.map(\.name), fingerprints: metadata.map(\.fingerprint),
        samples: samples, predictions: results.means,
        orientationScatter: count == 1
          ? nil : OrientationScatter(count: count, deviations: results.deviations))
      try table.write(to: output, model: model)
      unfinished.remove()
      return table
    }
  }

  /// The predictions of the samples that jobs before this one may have left.
  private func unfinished(
    _ simulations: [FieldMetadata], _ samples: [Sample], _ model: Model
  ) throws(FileError) -> UnfinishedPredictions {
    UnfinishedPredictions(
      besides: output,
      describing: [try Checksum.ofFile(modelPath).description] + simulations.map(\.fingerprint) + [
        symmetries.applied(to: model.boxes.kind).rawValue, kernels.rawValue,
      ], samples)
  }

  /// Takes the predictions that jobs before this one have left, on rank 0; returns the places of the other samples on all ranks.
  private func remaining(
    _ unfinished: UnfinishedPredictions, _ results: inout UnfinishedPredictions.Results,
    on world: borrowing Communicator
  ) throws -> [Int] {
    try world.agree { () throws(FileError) in
      if world.isRoot { try unfinished.read(into: &results) }
    }
    let count = results.isKnown.count
    let known = results.isKnown.count { $0 }
    guard try world.broadcast([Int64(known)])[0] > 0 else { return Array(0..<count) }
    let places = results.isKnown.indices.filter { !results.isKnown[$0] }
    return try world.broadcast(places.map { Int64($0) }).map { Int($0) }
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
    guard input.channelCount == model.architecture.inputChannels else {
      throw .unsuitableModel(
        path: modelPath,
        reason:
          "its network takes \(model.architecture.inputChannels) channels, and \(model.inputName) has "
          + "\(input.channelCount)",
        remedy: "correct the field of the model, or use the version that trained it")
    }
    if let boxes, boxes != model.boxes {
      throw .unsuitableModel(
        path: modelPath,
        reason: "it was trained on boxes that are \(model.boxes), and the experiment has \(boxes)",
        remedy:
          "give the experiment that it was trained by, or set training.variant, training.shells and "
          + "training.mask to those of the model")
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

  /// Predicts the samples at this rank's places, a part at a time, and keeps each part.
  private func predict(
    _ places: [Int], of all: [Sample], with model: Model, from source: any SubBoxSource,
    threads: Int, keeping unfinished: UnfinishedPredictions, _ number: Int, tell: (Int) -> Void
  ) throws -> OrientedPredictions {
    let samples = places.map { all[$0] }
    var log = try unfinished.open(number: number)
    let orientations = symmetries.applied(to: model.boxes.kind).orientations
    let count = orientations.count
    let stream = SubBoxStream(
      from: source, boxes: model.boxes, boxWidth: model.architecture.boxWidth,
      standardization: model.data.standardization, lookAhead: streaming.lookAhead,
      threads: streaming.threads, consumers: threads)
    let weights = try NetworkWeights(model.parameters, of: model.architecture, for: kernels)
    let pool = ComputePool(
      threads: threads, boxes: threads, weights: weights, labels: model.data.labels,
      stream: stream)
    defer {
      pool.cancel()
      stream.cancel()
    }
    var predictions = OrientedPredictions(count: count)
    predictions.reserveCapacity(samples.count)
    // The boxes of one part and of the next are in the order: whole samples, in all orientations.
    let partSize = (64 * threads + count - 1) / count
    func enqueue(_ part: Range<Int>) {
      stream.enqueue(
        samples[part].flatMap { sample in orientations.map { OrientedSample(sample, $0) } })
    }
    func range(from start: Int) -> Range<Int> {
      min(start, samples.count)..<min(start + partSize, samples.count)
    }
    enqueue(range(from: 0))
    for start in stride(from: 0, to: samples.count, by: partSize) {
      let part = range(from: start)
      enqueue(range(from: part.upperBound))
      pool.start(
        .init(
          positions: part.lowerBound * count..<part.upperBound * count, firstPlace: start * count,
          trains: false))
      while !pool.wait(for: .all, upTo: 0.05) {}
      if let failure = pool.failure { throw failure }
      predictions.add(
        pool.takeOutcomes().map { model.data.labels.logMass(Double($0.prediction)) })
      try unfinished.append(
        places[part], means: predictions.means[part],
        deviations: count > 1 ? predictions.deviations[part] : [], to: &log)
      tell(predictions.means.count)
    }
    return predictions
  }
}
