import Foundation
import LinearTheory
import MPI
import Networks
import Randomness
import TestSupport

@testable import Analysis

/// Models with predictions of a known quality: truth plus noise.
struct MockModels {
  var count = 600
  var models: [(variant: String, seed: UInt64, noise: Double)] = [
    ("averaged", 1, 0.9), ("raw", 2, 0.5), ("raw", 1, 0.5),
  ]
  var hasHalos = true

  /// The number of particles in no halo, whose predictions have the noise about 10.5.
  var fieldCount = 0
  var hasCollapse = true
  var hasTwins = false
  var matrix: VariantMatrix?
  var bootstraps = 4
  var noiseLevels = [1.0]

  /// Changes the predictions of a model, by its place among the models.
  var change: @Sendable (_ model: Int, inout [Float]) -> Void = { _, _ in }

  /// The predictions of all models.
  var predictions: [ModelPredictions] {
    var truths = RandomStream(seed: 1, for: .test)
    let truth = (0..<count).map { _ in Float(10.8 + 2.6 * truths.uniform()) }
    return models.enumerated().map { number, model in
      var stream = RandomStream(seed: 2 + model.seed, for: .test, index: UInt64(model.noise * 100))
      var prediction = truth.map { truth in
        let (u, v) = (stream.uniform(), stream.uniform())
        let normal = (-2 * log(1 - u)).squareRoot() * cos(2 * Double.pi * v)
        return truth + Float(model.noise * normal)
      }
      change(number, &prediction)
      let field = (0..<fieldCount).map { number in
        Float(10.5 + model.noise * (stream.uniform() + stream.uniform() + stream.uniform() - 1.5))
      }
      return ModelPredictions(
        variant: model.variant, seed: model.seed,
        file: "predictions/\(model.variant)-seed\(model.seed)/predictions.h5",
        checksum: "0123456789abcdef", simulations: ["A", "B"],
        simulation: (0..<count + fieldCount).map { Int32($0 % 2) },
        site: (0..<count + fieldCount).map { Int64(7 * $0) },
        truth: truth + field.map { _ in -.infinity }, prediction: prediction + field,
        radius: (0..<count).map { Float($0 % 10) / 10 + 0.05 } + field.map { _ in .infinity },
        halo: (0..<count).map { Int32($0 / 20) } + field.map { _ in -1 },
        network: model.variant == "raw"
          ? .known(
            NetworkDescription(
              input: "density", boxes: "raw", boxWidth: 21, voxelSize: 0.390625, parameters: 1234,
              trainingSimulations: ["one", "two"], validationSimulations: ["four"],
              trainingSamples: 4096, validationSamples: 1024, epoch: 6, step: 896,
              validationLoss: .known(0.51234567),
              likelihoodValues: LikelihoodValues(.truncatedCauchy, [0.3]),
              labelRange: 10.4...13.4))
          : .unknown("training/averaged-seed1/model.h5 is not there"),
        history: .known(
          TrainingHistory(epochs: [
            .init(
              epoch: 0, step: 10, training: .known(1), validation: .known(0.9),
              validationLoss: .known(1.1),
              likelihoodValues: LikelihoodValues(.truncatedCauchy, [0.25]),
              isBest: true)
          ])))
    }
  }

  var input: AnalysisInput {
    var settings = AnalysisSettings()
    settings.information.bootstraps = bootstraps
    settings.information.maximumComponents = 3
    settings.information.randomStarts = 1
    settings.information.kMeansStarts = 1
    settings.noiseLevels = noiseLevels
    let models = predictions
    let particles = CommonParticles(of: models, window: settings.window)
    return AnalysisInput(
      experiment: "mock", settings: settings, models: models, particles: particles,
      halos: hasHalos
        ? .known((0..<particles.count).map { Int32($0 / 20) })
        : .unknown("the field files of the simulations are not all there"),
      collapse: hasCollapse ? .known(collapse(of: particles, settings)) : .unknown("no fields"),
      twins: hasTwins
        ? [twin(of: particles, 4, 0.2), twin(of: particles, 2, 0.6), twin(of: particles, 1, 30)]
        : [], matrix: matrix, gaps: [])
  }

  /// A twin of the simulation A alone, in which every fourth particle is in no halo, and the others are in halos of
  /// the true mass with some noise.
  private func twin(
    of particles: CommonParticles, _ above: Double, _ noise: Double
  ) -> TwinPrediction {
    var stream = RandomStream(seed: 77, for: .test, index: UInt64(above))
    let masses = particles.truth.enumerated().map { number, truth -> Double? in
      let (u, v) = (stream.uniform(), stream.uniform())
      let normal = (-2 * log(1 - u)).squareRoot() * cos(2 * Double.pi * v)
      guard number % 4 > 0, particles.simulation[number] == 0 else { return nil }
      return ((truth + noise * normal) * 50).rounded() / 50
    }
    return TwinPrediction(
      reseededAbove: above, number: 1, pairs: [.init(simulation: "A", twin: "A2")],
      logMasses: masses, isCovered: particles.simulation.map { $0 == 0 })
  }

  /// Predictions on the masses of the settings, with none for every third particle.
  private func collapse(
    of particles: CommonParticles, _ settings: AnalysisSettings
  ) -> CollapseInput {
    let masses = settings.collapse.masses.map { log10($0) }
    let logMasses = particles.truth.enumerated().map { number, truth -> Double? in
      guard number % 3 > 0 else { return nil }
      return masses.min { abs($0 - truth - 0.3) < abs($1 - truth - 0.3) }
    }
    return CollapseInput(
      field: "mock",
      models: [
        CollapsePrediction(model: .extendedPressSchechter, logMasses: logMasses)
      ], scales: [])
  }

  /// The report, made by all ranks of `world`; on rank 0.
  func report(on world: borrowing Communicator, threads: Int = 1) throws -> Report? {
    try input.report(creator: "test", threads: threads, on: world)
  }

  /// The report, made by this process alone.
  func report() throws -> Report {
    var report: Report?
    try withWorld { world in
      let alone = try world.split(color: world.rank, key: 0)
      report = try self.report(on: alone)
    }
    guard let report else { throw NoReport() }
    // No NaN is left, and nothing is lost on the way through JSON.
    let data = try JSONEncoder().encode(report)
    guard try JSONDecoder().decode(Report.self, from: data) == report else { throw NoReport() }
    return report
  }

  struct NoReport: Error {}
}
