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

  /// The table of the particles to predict, in the place of those that are drawn.
  package var particles: String?

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
    try predict([], on: world, tell: tell) { found in
      let table = found.table(found.results.means, found.orientationScatter)
      try table.write(to: output, model: found.model)
      return table
    }
  }

  /// Predicts as ``run(on:tell:)`` does, and beside that after each of several perturbations of the boxes; rank 0
  /// writes the file.
  ///
  /// Collective.
  ///
  /// - Parameters:
  ///   - perturbations: At least one; the same on every rank.
  ///   - world: The ranks.
  ///   - tell: Is told how many of how many predictions are done.
  /// - Returns: The responses on rank 0; `nil` on the others.
  /// - Throws: As ``run(on:tell:)``; `Failure` if the network's input cannot be perturbed so.
  package func respond(
    to perturbations: [Perturbation], on world: borrowing Communicator,
    tell: (_ done: Int, _ of: Int) -> Void
  ) throws -> ResponseTable? {
    try predict(perturbations, on: world, tell: tell) { found in
      let means = found.results.means
      let width = perturbations.count + 1
      let table = ResponseTable(
        perturbations: perturbations, modelChecksum: found.modelChecksum,
        unperturbed: found.table(found.samples.indices.map { means[$0 * width] }, nil),
        perturbed: found.samples.indices.flatMap { means[$0 * width + 1..<($0 + 1) * width] })
      try table.write(to: output, model: found.model)
      return table
    }
  }

  /// All that a job has found out, on rank 0.
  private struct Found {
    let model: Model
    let modelChecksum: String
    let simulations: [FieldMetadata]
    let samples: [Sample]
    let results: UnfinishedPredictions.Results
    let orientationScatter: OrientationScatter?

    func table(_ predictions: [Float], _ scatter: OrientationScatter?) -> PredictionTable {
      PredictionTable(
        simulations: simulations.map(\.name), fingerprints: simulations.map(\.fingerprint),
        samples: samples, predictions: predictions, orientationScatter: scatter)
    }
  }

  /// Predicts the boxes of all samples, each unperturbed and after every perturbation; `finish` writes the file.
  private func predict<Table>(
    _ perturbations: [Perturbation], on world: borrowing Communicator,
    tell: (_ done: Int, _ of: Int) -> Void, finish: (Found) throws -> Table
  ) throws -> Table? {
    let (model, input, metadata) = try world.agree { try self.model(for: perturbations) }
    let samples = try samples(for: model, on: world)
    let copies = perturbations.indices.filter { perturbations[$0].form == .phases }
    let targets = samples.flatMap { sample in
      (0...perturbations.count).map { number in
        // Copies of all simulations with other phases follow the simulations.
        let copy = copies.firstIndex(of: number - 1).map { $0 + 1 } ?? 0
        let simulation = Int(sample.simulation) + copy * files.count
        return OrientedSample(sample.shifted(toSimulation: simulation), perturbation: number)
      }
    }
    let count = symmetries.applied(to: model.boxes.kind).orientations.count
    let modelChecksum = try world.agree { try Checksum.ofFile(modelPath).description }
    let unfinished = UnfinishedPredictions(
      besides: output,
      describing: [modelChecksum] + metadata.map(\.fingerprint) + [
        symmetries.applied(to: model.boxes.kind).rawValue, kernels.rawValue,
      ] + perturbations.map(\.description), targets.map(\.sample))
    var results = UnfinishedPredictions.Results(count: targets.count, withDeviations: count > 1)
    let places = try remaining(unfinished, &results, on: world)
    let share =
      places.count * world.rank / world.size..<places.count * (world.rank + 1) / world.size
    let threads = try threadsPerRank ?? availableThreads(on: world)
    try world.agree { () throws(Failure) in try ThreadSupply.check(threads + streaming.threads) }
    let source = try open(
      input, copies.compactMap { perturbations[$0].phaseChange }, threads: threads, on: world)
    let number = Int(try world.broadcast([Int64(unfinished.nextNumber)])[0]) + world.rank
    let known = targets.count - places.count
    tell(known, targets.count)
    let found: OrientedPredictions
    do {
      found = try world.agree {
        try predict(
          Array(places[share]), of: targets, perturbations, with: model, from: source,
          threads: threads, keeping: unfinished, number
        ) { done in
          tell(min(targets.count, known + done * world.size), targets.count)
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
      let table = try finish(
        Found(
          model: model, modelChecksum: modelChecksum, simulations: metadata, samples: samples,
          results: results,
          orientationScatter: count == 1
            ? nil : OrientationScatter(count: count, deviations: results.deviations)))
      unfinished.remove()
      return table
    }
  }

  /// Reads the model, what its boxes show, and the metadata of the simulations, which must suit each other and the
  /// perturbations.
  func model(
    for perturbations: [Perturbation]
  ) throws -> (Model, NetworkInput, [FieldMetadata]) {
    let model = try Model(contentsOf: modelPath)
    let metadata = try readMetadata(of: files)
    let input = try suitableInput(of: model, suiting: metadata)
    for perturbation in perturbations {
      guard let problem = perturbation.problem(for: input) else { continue }
      throw Failure(
        .usage, "perturbing the boxes of \(modelPath) by \(perturbation)",
        because: problem.reason, remedy: problem.remedy)
    }
    return (model, input, metadata)
  }

  /// Opens the fields, behind which follow copies of all of them in memory for each change of phases.
  ///
  /// Collective.
  private func open(
    _ input: NetworkInput, _ changes: [PhaseChange], threads: Int,
    on world: borrowing Communicator
  ) throws -> any SubBoxSource {
    guard !changes.isEmpty else { return try input.open(files, settings: streaming, on: world) }
    var streaming = streaming
    streaming.mode = .resident
    let store = try FieldStore(
      input, of: files + changes.flatMap { _ in files }, settings: streaming, on: world)
    for (number, phases) in changes.enumerated() {
      for simulation in files.indices {
        try store.change(
          phases, of: (number + 1) * files.count + simulation, threads: threads, on: world)
      }
    }
    return store
  }

  /// Draws the samples, or finds those that are given, in the order of simulations and sites.
  ///
  /// Collective.
  func samples(for model: Model, on world: borrowing Communicator) throws -> [Sample] {
    if let particles {
      let given = try world.agree { try GivenParticles(contentsOf: particles) }
      return try given.samples(from: files, settings: sampling, on: world)
    }
    var sampling = sampling
    sampling.boxWidth = model.architecture.boxWidth
    let draw = try SampleDraw(.test, from: files, settings: sampling, on: world)
    return draw.samples.sorted { ($0.simulation, $0.site) < ($1.simulation, $1.site) }
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
    _ places: [Int], of all: [OrientedSample], _ perturbations: [Perturbation],
    with model: Model, from source: any SubBoxSource,
    threads: Int, keeping unfinished: UnfinishedPredictions, _ number: Int, tell: (Int) -> Void
  ) throws -> OrientedPredictions {
    let samples = places.map { all[$0] }
    var log = try unfinished.open(number: number)
    let orientations = symmetries.applied(to: model.boxes.kind).orientations
    let count = orientations.count
    let stream = SubBoxStream(
      from: source, boxes: model.boxes, boxWidth: model.architecture.boxWidth,
      standardization: model.data.standardization, lookAhead: streaming.lookAhead,
      threads: streaming.threads, consumers: threads, perturbations: perturbations)
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
        samples[part].flatMap { target in
          orientations.map {
            OrientedSample(target.sample, $0, perturbation: Int(target.perturbation))
          }
        })
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
