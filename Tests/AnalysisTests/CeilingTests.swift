import Foundation
import Information
import MPI
import TestSupport
import Testing

@testable import Analysis

struct CeilingTests {
  @Test func variantsAreComparedByWhatTheySayBeyondEachOther() throws {
    let mock = MockModels()
    let report = try mock.report()
    let pair = try #require(report.joint.first)
    #expect(report.joint.count == 1 && pair.first == "raw" && pair.second == "averaged")
    let information = try #require(pair.information.value)
    // The numbers are those of the estimator for the same columns.
    let input = mock.input
    let settings = input.settings
    let edges = try HardEdges(
      range: settings.window, noise: settings.information.noise, seed: settings.information.seed)
    let expected = try MutualInformationEstimator(
      settings: settings.information.mixture(threads: 1)
    ).joint(
      target: edges.removed(from: input.particles.truth), first: input.particles.predictions[2],
      second: input.particles.predictions[0], groups: input.halos.value)
    #expect(information.firstGivenSecond.value == expected.firstGivenSecond.mean)
    #expect(
      information.firstGivenSecond.haloDeviation.value
        == expected.firstGivenSecond.groupStandardDeviation)
    #expect(information.joint.value == expected.joint.mean)
    #expect(information.components == expected.components)
    // Noise of 0.5 and of 0.9 dex, independent: both add, the better one more.
    #expect(information.firstGivenSecond.value > information.secondGivenFirst.value)
    #expect(information.secondGivenFirst.value > 0.02)
    let raw = try #require(report.variants[0].seeds[0].information.value)
    #expect(abs(information.first.value - raw.value) < 0.05)
    let neighbours = try #require(information.joint.nearestNeighbours.value)
    #expect(abs(neighbours - information.joint.value) < 0.1)
    let table = try #require(report.tables.first { $0.name == "joint" })
    #expect(table.rows.count == 5 && table.markdown.contains("I(M; raw \\| averaged)"))
    #expect(report.description.contains("I(M; raw | averaged)"), "\(report.description)")
  }

  @Test func twinsAreModelsWithTheNetworksOnTheirParticles() throws {
    var mock = MockModels()
    mock.hasTwins = true
    let report = try mock.report()
    #expect(report.twins.map(\.reseededAbove) == [4, 2, 1])
    let twin = try #require(report.twins.first)
    // One particle in four is in no halo of the twin; the other simulation has none.
    let share = try #require(twin.shareWithout.value)
    #expect(abs(share - 0.25) < 0.02 && twin.count < report.particles.count / 2 + 1)
    let ceiling = try #require(twin.information.value)
    #expect(ceiling.count == twin.count && twin.networks.map(\.variant) == ["raw", "averaged"])
    for network in twin.networks {
      let information = try #require(network.information.value)
      let share = try #require(network.share.value)
      #expect(information.count == twin.count)
      #expect(share.value == information.value / ceiling.value && share.value < 1)
      #expect(share.isOverHalos && share.deviation.value ?? 0 > 0)
      #expect(try #require(network.difference.value).value < 0)
    }
    // One draw of correlation r says -1/2 ln(1 - r^2); the mean of all draws -1/2 ln(1 - r).
    let correlation = (1 - exp(-2 * ceiling.value)).squareRoot()
    let best = try #require(twin.gaussianCeiling.value)
    #expect(abs(best + 0.5 * log(1 - correlation)) < 1e-9 && best > ceiling.value)
    let lower = try #require(report.twins[1].information.value)
    #expect(lower.value < ceiling.value)
    let table = try #require(report.tables.first { $0.name == "twins" })
    #expect(table.rows.count == 9)
    #expect(report.description.contains("twin, k <= 4 h/Mpc"), "\(report.description)")
    // A twin that says nothing is nothing to have a share of.
    for network in report.twins[2].networks {
      #expect(network.share.reason?.contains("could be none") == true, "\(network.share)")
    }
    // Nothing else changes by them.
    var without = report
    without.twins = []
    #expect(try without == MockModels().report())
  }

  @Test(.ranks(2...3))
  func jointEstimatesAndTwinsAreTheSameForAnyNumberOfRanks() throws {
    var mock = MockModels()
    mock.hasTwins = true
    mock.hasCollapse = false
    mock.bootstraps = 2
    let prepared = mock
    try withWorld { world in
      let together = try prepared.report(on: world, threads: 2)
      let alone = try world.split(color: world.rank, key: 0)
      let single = world.isRoot ? try prepared.report(on: alone) : nil
      #expect(together == single)
    }
  }
}
