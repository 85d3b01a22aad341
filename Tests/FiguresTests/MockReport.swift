import Figures
import LinearTheory
import Networks

@testable import Analysis

/// A report of made-up predictions and estimates.
struct MockReport {
  /// How many particles each model predicts.
  var particles = 3000

  /// The seeds of each variant.
  var variants: [(name: String, seeds: [UInt64], scatter: Double)] = [
    ("raw", [1, 2], 0.5), ("averaged", [1], 0.7),
  ]

  /// Whether a collapse model is there.
  var hasCollapse = true

  /// Whether every prediction is NaN.
  var isBroken = false

  func report() -> Report {
    let input = input()
    var estimates: [InformationRequest: Outcome<InformationSummary>] = [:]
    for (number, request) in input.requests.enumerated() {
      estimates[request] =
        input.members(request.subset).count < 10
        ? .unknown("there are too few particles")
        : .known(summary(0.2 + 0.0123456789 * Double(number)))
    }
    return ReportMaker(input: input, estimates: estimates).report(creator: "halompi <test> & co")
  }

  private func summary(_ value: Double) -> InformationSummary {
    InformationSummary(
      count: particles, value: value, deviation: .known(0.004567),
      haloDeviation: .unknown("no halos"),
      fullSample: value, gaussian: value * 0.9, nearestNeighbours: .known(value * 1.01),
      equivalentScatter: .known(0.7512345), components: 3,
      particleBootstraps: [value - 0.0031, value + 0.0029, value + 0.0007], haloBootstraps: [],
      warnings: [])
  }

  private func input() -> AnalysisInput {
    let models = variants.flatMap { variant in
      variant.seeds.map { seed in
        // The truth is the same in all models, the predictions are not.
        var truths = MockData(seed: 5)
        var noise = MockData(seed: seed &* 1000 &+ UInt64(variant.scatter * 10))
        let truth = truths.comparison(particles, scatter: 1).truth
        let residuals = noise.comparison(particles, scatter: variant.scatter)
        let prediction = zip(truth, zip(residuals.truth, residuals.prediction)).map { mass, pair in
          isBroken ? Float.nan : Float(12.2 + 0.7 * (mass - 12.2) + pair.1 - 0.7 * pair.0 - 3.66)
        }
        return ModelPredictions(
          variant: variant.name, seed: seed, file: "predictions.h5", checksum: "0123",
          simulations: ["five"], simulation: [Int32](repeating: 0, count: particles),
          site: (0..<particles).map(Int64.init), truth: truth.map(Float.init),
          prediction: prediction, radius: (0..<particles).map { Float($0 % 10) / 10 },
          halo: [Int32](repeating: -1, count: particles),
          network: .known(
            NetworkDescription(
              input: "density", boxes: "raw", boxWidth: 21, voxelSize: 0.390625, parameters: 1234,
              trainingSimulations: ["one", "two"], validationSimulations: ["four"],
              trainingSamples: 4096, validationSamples: 1024, epoch: 6, step: 896,
              validationLoss: .known(0.51234567),
              likelihoodValues: LikelihoodValues(.truncatedCauchy, [0.26]),
              labelRange: 10.4...13.4)),
          history: .unknown("it is not needed"))
      }
    }
    var settings = AnalysisSettings()
    settings.likelihoodHalfWidth = 0.05
    let common = CommonParticles(of: models, window: settings.window)
    let collapse: Outcome<CollapseInput> =
      hasCollapse
      ? .known(
        CollapseInput(
          field: "made up",
          models: [
            CollapsePrediction(
              model: .extendedPressSchechter,
              logMasses: common.truth.enumerated().map {
                $0 % 3 == 0 ? nil : ($1 * 4).rounded() / 4
              })
          ], scales: []))
      : .unknown("the linear field is not there")
    return AnalysisInput(
      experiment: "a <b>bold</b> \"run\" & 'more'", settings: settings, models: models,
      particles: common, halos: .unknown("no field files"), collapse: collapse, gaps: [])
  }
}
