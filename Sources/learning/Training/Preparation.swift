internal import Fields
internal import Foundation
internal import MPI
internal import Networks
internal import SubBoxes

/// The data that a worker needs before the first step: its fields, the samples, and the scales.
struct Preparation {
  let data: DataDescription
  let source: any SubBoxSource
  let ownsSource: Bool
  let order: EpochOrder
  let training: [Sample]
  let validation: [Sample]

  /// Draws the samples and opens the fields.
  ///
  /// Collective over the team of the workers. `shared` are fields that are open already.
  init(
    _ plan: TrainingPlan, sharing shared: (any SubBoxSource)?, on team: borrowing Communicator
  ) throws {
    let files = plan.trainingFiles + plan.validationFiles
    let metadata = try team.agree { try readMetadata(of: files) }
    let voxelSize = try team.agree { try commonVoxelSize(of: metadata) }
    let trainingDraw = try SampleDraw(
      .training, from: plan.trainingFiles, settings: plan.sampling, on: team)
    let validationDraw = try SampleDraw(
      .validation, from: plan.validationFiles, settings: plan.sampling,
      firstSimulation: plan.trainingFiles.count, on: team)
    if let shared {
      precondition(
        shared.input == plan.input && shared.paths == files, "the shared fields are other ones")
      source = shared
    } else {
      source = try plan.input.open(files, settings: plan.streaming, on: team)
    }
    ownsSource = shared == nil
    let standardization = try source.standardization(
      ofFirst: plan.trainingFiles.count, samples: trainingDraw.samples,
      boxWidth: plan.sampling.boxWidth, on: team)
    let (labels, order) = try team.agree {
      (
        try LabelRange(plan.sampling, samples: trainingDraw.samples),
        try EpochOrder(
          sampleCount: trainingDraw.samples.count, batchSize: plan.settings.batchSize,
          seed: plan.settings.seed,
          symmetries: plan.settings.symmetries.applied(to: plan.settings.variant))
      )
    }
    self.order = order
    training = trainingDraw.samples
    validation = validationDraw.samples
    let simulations = zip(metadata, trainingDraw.eligibleCounts + validationDraw.eligibleCounts)
      .map {
        DataDescription.Simulation(
          name: $0.description.name, fingerprint: $0.fingerprint, eligible: $1)
      }
    data = DataDescription(
      training: Array(simulations.prefix(plan.trainingFiles.count)),
      validation: Array(simulations.dropFirst(plan.trainingFiles.count)), voxelSize: voxelSize,
      finalVoxelSize: plan.input.finalVoxelSize,
      trainingSamples: training.count, validationSamples: validation.count,
      standardization: standardization, labels: labels)
  }

  /// Starts the stream of boxes and the threads that compute.
  func makeWorker(
    _ plan: TrainingPlan, state: TrainingState, threads: Int, timeline: Timeline?,
    team: borrowing Communicator
  ) throws -> Worker {
    let stream = SubBoxStream(
      from: source, boxes: plan.settings.boxes, boxWidth: plan.sampling.boxWidth,
      standardization: data.standardization, lookAhead: plan.streaming.lookAhead,
      threads: plan.streaming.threads, consumers: threads)
    return try Worker(
      plan: plan, preparation: self, stream: stream, state: state, threads: threads,
      timeline: timeline, team: team)
  }
}

/// Reads the metadata of field files, in the order of their paths.
func readMetadata(of paths: [String]) throws -> [FieldMetadata] {
  try paths.map { path in
    let file = try FieldFile.open(path)
    let metadata = file.metadata
    try file.close()
    return metadata
  }
}

/// The width of the voxels of all fields [Mpc/h]: a network knows lengths in voxels only.
func commonVoxelSize(of simulations: [FieldMetadata]) throws(TrainingError) -> Double {
  let sizes = simulations.map { $0.boxSize / Double($0.gridSize) }
  for (simulation, size) in zip(simulations, sizes) where !isSameLength(size, sizes[0]) {
    throw .mixedVoxelSizes(
      first: simulations[0].name, firstSize: sizes[0], second: simulation.name, secondSize: size)
  }
  return sizes[0]
}

/// Whether two lengths are the same up to the rounding of a file format in single precision.
func isSameLength(_ a: Double, _ b: Double) -> Bool { abs(a - b) <= 1e-5 * abs(a) }
