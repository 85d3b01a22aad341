import Foundation
import Randomness
import Testing

@testable import Analysis

/// Particles in halos and in none, told by the predicted mass.
@Suite struct MembershipTests {
  private var mock: MockModels {
    var mock = MockModels()
    mock.fieldCount = 400
    mock.bootstraps = 0
    return mock
  }

  private func pairs(_ members: [Float], _ field: [Float]) -> Double {
    var sum = 0.0
    for member in members {
      for other in field { sum += member > other ? 1 : member == other ? 0.5 : 0 }
    }
    return sum / Double(members.count * field.count)
  }

  @Test func theAreaIsTheShareOfPairsAndItsErrorThatOfABootstrapOverHalos() throws {
    let model = mock.predictions[1]
    let (members, field) = (Array(model.prediction[..<600]), Array(model.prediction[600...]))
    let statistics = try #require(MembershipScores(model)?.statistics.value)
    #expect(statistics.members == 600 && statistics.field == 400)
    #expect(abs(statistics.area - pairs(members, field)) < 1e-12)
    #expect(statistics.area > 0.7 && statistics.area < 0.99)
    let chosen = model.prediction.filter { Double($0) >= statistics.threshold }
    #expect(chosen.count == 600)
    #expect(
      statistics.completeness
        == Double(members.count { Double($0) >= statistics.threshold }) / 600)

    // Halos of 10 particles each: the rows of a simulation, 20 in a row of both.
    let halos = Dictionary(grouping: 0..<600) { [$0 % 2, $0 / 20] }.values.map { $0 }
    var stream = RandomStream(seed: 9, for: .test)
    let areas = (0..<300).map { _ in
      let drawn = halos.indices.flatMap { _ in
        halos[Int(stream.uniform() * Double(halos.count))].map { members[$0] }
      }
      return pairs(
        drawn, field.indices.map { _ in field[Int(stream.uniform() * Double(field.count))] })
    }
    let mean = areas.reduce(0, +) / 300
    let deviation = (areas.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / 299).squareRoot()
    // A standard deviation of 300 values is known to 4 %.
    #expect(abs(try #require(statistics.deviation.value) / deviation - 1) < 0.2)
  }

  /// Particles that are equal within their halo count once.
  @Test func copiesOfAParticleInItsHaloAreNoFurtherEvidence() throws {
    var model = mock.predictions[1]
    for row in 0..<600 { model.prediction[row] = model.prediction[row / 20 * 20 + row % 2] }
    let together = try #require(MembershipScores(model)?.statistics.value)
    model.halo = (0..<1000).map { $0 < 600 ? Int32($0) : -1 }
    let apart = try #require(MembershipScores(model)?.statistics.value)
    #expect(together.area == apart.area)
    let ratio = try #require(together.deviation.value) / #require(apart.deviation.value)
    #expect(ratio > 1.8 && ratio < 3.3)
  }

  @Test func aModelIsNotBetterThanItselfAndBetterThanANoisierOne() throws {
    let models = mock.predictions
    let (averaged, raw) = try (
      #require(MembershipScores(models[0])), #require(MembershipScores(models[2]))
    )
    let none = try #require(raw.difference(from: raw).value)
    #expect(none.area == 0 && none.deviation.value == 0)
    let better = try #require(raw.difference(from: averaged).value)
    #expect(try better.area > 3 * #require(better.deviation.value))
    let all = MockModels(fieldCount: 300).predictions[0]
    #expect(raw.difference(from: try #require(MembershipScores(all))).value == nil)
  }

  /// The other numbers are of the particles in halos.
  @Test func theReportHasThemBesideWhatItHadWithoutTheField() throws {
    var report = try mock.report()
    let membership = try #require(report.membership)
    #expect(membership.map(\.variant) == ["raw", "averaged"])
    #expect(membership[0].seeds.map(\.seed) == [1, 2] && membership[0].difference == nil)
    #expect(membership[1].difference?.value?.area ?? 0 > 0)
    #expect(report.markdown.contains("area under the curve"))
    #expect(report.description.contains("in halos or in none: raw 0."))
    #expect(report.tables.contains { $0.name == "membership" && $0.rows.count == 3 })

    var plain = mock
    plain.fieldCount = 0
    let without = try plain.report()
    #expect(without.membership == nil && !without.markdown.contains("area under the curve"))
    report.membership = nil
    for variant in report.variants.indices {
      for seed in report.variants[variant].seeds.indices {
        #expect(report.variants[variant].seeds[seed].census.inField == 400)
        report.variants[variant].seeds[seed].census.inField = nil
        report.variants[variant].seeds[seed].census.predicted -= 400
      }
    }
    #expect(report == without)
  }
}
