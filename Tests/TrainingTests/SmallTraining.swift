import Foundation
import MPI
import Networks
import Randomness
import Snapshots
import SubBoxes
import TestSupport

@testable import Fields
@testable import Stopping
@testable import Training

/// A training that takes a second: a small network on boxes of random numbers.
struct SmallTraining {
  let folder: String
  let trainingFiles: [String]
  let validationFiles: [String]

  /// Writes the fields of two simulations to train on and one to validate on.
  ///
  /// Collective.
  ///
  /// The mass of a particle's halo grows with the density at its site, which a network can learn.
  init(in folder: String, on communicator: borrowing Communicator) throws {
    self.folder = folder
    let names = ["first", "second", "third"]
    for (index, name) in names.enumerated() {
      try Self.writeFields(
        name, index: UInt64(index), to: "\(folder)/\(name).h5", on: communicator)
    }
    trainingFiles = ["\(folder)/first.h5", "\(folder)/second.h5"]
    validationFiles = ["\(folder)/third.h5"]
  }

  static func writeFields(
    _ name: String, index: UInt64, gridSize n: Int = 8, to path: String,
    on communicator: borrowing Communicator
  ) throws {
    let planes = PlaneDecomposition(gridSize: n, ranks: communicator.size)
      .planes(of: communicator.rank)
    var slab = FieldSlab(gridSize: n, planes: planes)
    for (place, site) in slab.sites.enumerated() {
      var stream = RandomStream(seed: 5, for: .test, index: index << 32 | UInt64(site))
      let value = stream.uniform()
      slab.density[place] = Float(0.5 + value)
      if stream.uniform() < 0.7 {
        slab.logMass[place] = Float(11 + 2 * value)
        slab.halo[place] = 0
        slab.radius[place] = Float(stream.uniform())
      }
    }
    for (number, field) in GridField.shear.enumerated() {
      slab.derived[field] = slab.sites.map { site in
        let index = UInt64(number + 1) << 40 | index << 32 | UInt64(site)
        var stream = RandomStream(seed: 5, for: .test, index: index)
        return Float(stream.uniform() - 0.5)
      }
    }
    var halos = HaloTable()
    halos.mass = [1e12]
    halos.boundMass = [1e12]
    halos.center = [0, 0, 0]
    halos.radius = [1]
    halos.particleCount = [1000]
    halos.boundCount = [1000]
    let description = FieldDescription(
      name: name, gridSize: n, boxSize: 1.25 * Double(n),
      cosmology: Cosmology(omegaMatter: 0.279, omegaLambda: 0.721, hubble: 0.701),
      particleMass: 1e9, initialRedshift: 99, finalRedshift: 0, label: .fof)
    try FieldFile.write(
      slab, halos, description, creator: "TrainingTests", to: path, on: communicator)
  }

  /// A plan with a directory of its own.
  func plan(_ name: String, _ change: (inout TrainingSettings) -> Void = { _ in }) -> TrainingPlan {
    var settings = TrainingSettings()
    settings.batchSize = 7
    settings.epochs = 3
    settings.optimizer.learningRate = 1e-3
    settings.threadsPerRank = 1
    change(&settings)
    var sampling = SamplingSettings()
    sampling.boxWidth = 5
    sampling.trainingSamples = 45
    sampling.validationSamples = 40
    return TrainingPlan(
      settings: settings, sampling: sampling, streaming: StreamSettings(),
      architecture: NetworkArchitecture(
        boxWidth: 5, convolutionChannels: [16, 16, 32], hiddenUnits: [8, 4]),
      trainingFiles: trainingFiles, validationFiles: validationFiles,
      directory: "\(folder)/\(name)", identity: ["training.seed = \(settings.seed)"])
  }

  /// Runs a plan on the first `size` ranks.
  ///
  /// Collective over all of them.
  @discardableResult
  static func run(
    _ plan: TrainingPlan, on world: borrowing Communicator, ranks size: Int? = nil,
    stop: StopConditions = StopConditions(), tell: @escaping (TrainingEvent) -> Void = { _ in }
  ) throws -> TrainingOutcome? {
    let size = size ?? world.size
    let part = try world.split(color: world.rank < size ? 0 : 1, key: world.rank)
    var outcome: TrainingOutcome?
    if world.rank < size {
      var job = TrainingJob(plan)
      outcome = try job.run(on: part, stop: stop, tell: tell)
    }
    try world.barrier()
    return outcome
  }

  /// What must be the same however a training was run.
  struct Result: Equatable {
    var model: Data?
    var metrics: Data?

    init(of plan: TrainingPlan) {
      model = FileManager.default.contents(atPath: plan.modelPath)
      metrics = FileManager.default.contents(atPath: plan.metricsPath)
    }
  }

  /// Runs `body` with a small training, in a folder that is removed afterwards.
  static func with(
    _ name: String, _ body: (SmallTraining, borrowing Communicator) throws -> Void
  ) throws {
    try withWorld { world in
      let folder = try temporaryDirectory("training-\(name)")
      try body(try SmallTraining(in: folder, on: world), world)
      try world.barrier()
      if world.isRoot { try FileManager.default.removeItem(atPath: folder) }
      try world.barrier()
    }
  }
}
