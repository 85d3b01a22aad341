import Foundation
import TestSupport
import Testing

@testable import Analysis
@testable import Information
@testable import MPI

struct ReportTests {
  @Test func theReportHasAllModelsOnTheSameParticles() throws {
    let report = try MockModels().report()
    #expect(report.variants.map(\.name) == ["raw", "averaged"])
    #expect(report.variants[0].seeds.map(\.seed) == [1, 2])
    #expect(report.variants[0].referenceSeed == 1)
    let raw = try #require(report.variants[0].seeds[0].information.value)
    let averaged = try #require(report.variants[1].seeds[0].information.value)
    #expect(raw.value > averaged.value && raw.count == averaged.count)
    #expect(report.particles.count == raw.count && raw.count < 600)
    #expect(raw.haloDeviation.value != nil && raw.equivalentScatter.value != nil)
    #expect(report.variants[0].shells.map(\.statistics.count).reduce(0, +) == raw.count)
    #expect(report.variants[0].massBins.count == 3)
    #expect(report.variants[0].seedScatter.informationDeviation.value != nil)
    #expect(report.variants[1].seedScatter.informationDeviation.value == nil)
    #expect(report.variants[1].figures.likelihood.reason?.contains("model.h5") == true)
    #expect(report.gaps.contains { $0.subject.contains("seeds of averaged") })
    let band = try #require(report.variants[0].figures.residualBands[1].value)
    #expect(band.seeds == [1, 2] && zip(band.lowest, band.highest).contains { $0 < $1 })
  }

  @Test func differencesArePairedDrawByDraw() throws {
    // The difference of two estimates from the same draws is that of the estimator's own pairing.
    let mock = MockModels()
    let report = try mock.report()
    let difference = try #require(report.differences.first?.overall.value)
    let input = mock.input
    let settings = input.settings
    let edges = try HardEdges(
      range: settings.window, noise: settings.information.noise, seed: settings.information.seed)
    let paired = try MutualInformationEstimator(
      settings: settings.information.mixture(threads: 1)
    ).pairedDifference(
      of: input.particles.predictions[2], and: input.particles.predictions[0],
      truth: edges.removed(from: input.particles.truth), groups: input.halos.value)
    #expect(difference.value == paired.mean)
    #expect(difference.deviation == paired.standardDeviation)
    #expect(difference.interval == paired.interval())
    #expect(difference.significance.value == paired.significance)
    #expect(difference.isOverHalos && difference.lostBootstraps == 0)
  }

  @Test func collapseModelsAreComparedOnTheirOwnParticles() throws {
    let report = try MockModels().report()
    let model = try #require(report.collapse.value?.first)
    #expect(model.count < report.particles.count)
    let share = try #require(model.shareWithout.value)
    #expect(abs(share - 1.0 / 3) < 0.01)
    let own = try #require(model.information.value)
    #expect(own.count == model.count)
    #expect(model.networks.map(\.variant) == ["raw", "averaged"])
    #expect(model.networks.allSatisfy { $0.information.value?.count == model.count })
    // Nearly exact predictions: more information than noise of half a dex leaves.
    #expect(own.value > model.networks[0].information.value?.value ?? 9)
  }

  @Test func referenceLinesAgreeWithTheEstimator() throws {
    let report = try MockModels(count: 3000).report()
    let line = try #require(report.noise.first)
    let exact = try #require(line.exact.value)
    let estimate = try #require(line.estimate.value)
    // The error of an estimate from some 2,800 particles is about 0.01 (sd of the log ratio over sqrt(n)).
    #expect(abs(estimate.value - exact) < 0.035, "\(estimate.value), exactly \(exact)")
  }

  @Test(.ranks(2...4)) func theReportIsTheSameForAnyNumberOfRanks() throws {
    let mock = MockModels(count: 200)
    try withWorld { world in
      let shared = try mock.report(on: world, threads: 2)
      let alone = try mock.report(on: world.split(color: world.rank, key: 0), threads: 1)
      let isSame = !world.isRoot || shared == alone
      #expect(try world.allReduce(Int32(isSame ? 1 : 0), .minimum) == 1)
    }
  }
}

/// What is left of a report when something is missing, too small or broken.
struct ReportEdgeTests {
  @Test(arguments: [0, 1, 3, 10]) func fewParticlesMakeAReportOfReasons(count: Int) throws {
    let report = try MockModels(count: count).report()
    #expect(report.variants.count == 2)
    let information = report.variants[0].seeds[0].information
    #expect(information.value == nil && information.reason?.isEmpty == false)
    #expect(report.variants[0].massBins.contains { $0.statistics.correlation.reason != nil })
    #expect(report.markdown.contains("— [1]"))
  }

  @Test func constantPredictionsAreSaidToBeConstant() throws {
    var mock = MockModels()
    mock.change = { model, predictions in
      if model == 0 { predictions = predictions.map { _ in 12.25 } }
    }
    let report = try mock.report()
    let averaged = report.variants[1].seeds[0]
    #expect(averaged.statistics.correlation == .unknown("all predictions are equal"))
    #expect(averaged.information.value == nil)
    #expect(report.differences[0].overall.reason == averaged.information.reason)
  }

  @Test func predictionsThatAreNotNumbersAreCountedAndLeftOut() throws {
    var mock = MockModels()
    mock.change = { model, predictions in
      if model == 1 { for number in 0..<50 { predictions[number] = .nan } }
    }
    let whole = try MockModels().report()
    let report = try mock.report()
    let broken = try #require(report.variants[0].seeds.last)
    #expect(broken.census.notFinite == 50)
    #expect(report.particles.count < whole.particles.count)
    #expect(report.gaps.contains { $0.subject == "50 particles of raw-seed2" })
    #expect(report.variants[1].seeds[0].census.notCommon > 0)
  }

  @Test func aModelThatFailedEverywhereLeavesNoParticlesAndSaysSo() throws {
    var mock = MockModels(count: 50)
    mock.change = { model, predictions in
      if model == 1 { predictions = predictions.map { _ in .infinity } }
    }
    let report = try mock.report()
    #expect(report.particles.count == 0)
    #expect(report.variants[0].figures.map == .unknown("there are no particles here"))
    #expect(report.noise[0].exact.value == nil)
  }

  @Test func oneModelWithoutHalosAndFieldsIsStillReported() throws {
    let report = try MockModels(
      models: [("raw", 3, 0.6)], hasHalos: false, hasCollapse: false
    ).report()
    let estimate = try #require(report.variants[0].seeds[0].information.value)
    #expect(estimate.deviation.value != nil)
    #expect(estimate.haloDeviation.reason?.contains("field files") == true)
    #expect(report.differences.isEmpty && report.collapse.reason == "no fields")
    #expect(report.gaps.contains { $0.subject == "the variant averaged" })
    #expect(report.description.contains("raw"))
  }

  @Test func withoutBootstrapsThereAreNoErrorsAndNoDifference() throws {
    let report = try MockModels(bootstraps: 0).report()
    let estimate = try #require(report.variants[0].seeds[0].information.value)
    #expect(estimate.value == estimate.fullSample && estimate.deviation.value == nil)
    #expect(report.differences[0].overall.value == nil)
  }
}
