import Failures
import Foundation
import Testing

@testable import Information

@Suite struct DegenerateInputTests {
  let x: [Double]
  let y: [Double]

  init() { (x, y, _) = AnalyticCase.gaussian(0.5).sample(200, seed: 1) }

  private func failure(
    _ x: [Double], _ y: [Double], groups: [Int32]? = nil
  ) throws -> InformationError? {
    let estimator = try MutualInformationEstimator(settings: EstimatorTests.settings())
    do {
      _ = try estimator.estimate(x, y, groups: groups)
      return nil
    } catch {
      return error
    }
  }

  @Test func columnsThatAllowNoEstimateAreNamed() throws {
    var broken = x
    broken[17] = .nan
    #expect(try failure(broken, y) == .notFinite(column: .first, row: 17))
    broken[17] = -.infinity
    #expect(try failure(y, broken) == .notFinite(column: .second, row: 17))
    let constant = [Double](repeating: 12.5, count: x.count)
    #expect(try failure(x, constant) == .constant(column: .second, value: 12.5))
    #expect(try failure(constant, y) == .constant(column: .first, value: 12.5))
    #expect(try failure(x, x) == .linear)
    #expect(try failure(x, x.map { 3 - 2 * $0 }) == .linear)
    #expect(try failure([], []) == .tooFewPoints(count: 0, needed: 10))
    #expect(
      try failure(Array(x.prefix(9)), Array(y.prefix(9))) == .tooFewPoints(count: 9, needed: 10))
    #expect(
      try failure(x, Array(y.dropLast()))
        == .unequalLengths(what: "the second column", count: 199, expected: 200))
    #expect(throws: InformationError.constant(column: .second, value: 12.5)) {
      try NearestNeighbourEstimator().estimate(x, constant)
    }
    #expect(throws: InformationError.tooFewPoints(count: 10, needed: 11)) {
      try NearestNeighbourEstimator(neighbours: 10)
        .estimate(Array(x.prefix(10)), Array(y.prefix(10)))
    }
  }

  @Test func groupsThatAllowNoDrawsAreNamed() throws {
    let one = [Int32](repeating: 3, count: x.count)
    #expect(try failure(x, y, groups: one) == .oneGroup)
    #expect(
      try failure(x, y, groups: [1, 2])
        == .unequalLengths(what: "the column of groups", count: 2, expected: 200))
  }

  @Test func groupsOfOneRowAreGroups() throws {
    let information = try MutualInformationEstimator(settings: EstimatorTests.settings())
      .estimate(x, y, groups: x.indices.map { Int32($0) - 100 })
    #expect(information.groups == 200)
    #expect(information.groupBootstrap?.values.count == 10)
  }

  @Test func tenRowsGiveANumberAndAWarning() throws {
    let information = try MutualInformationEstimator(settings: EstimatorTests.settings())
      .estimate(Array(x.prefix(10)), Array(y.prefix(10)))
    #expect(information.mean.isFinite)
    #expect(information.standardDeviation?.isFinite == true)
    #expect(information.warnings.contains(.fewPoints(10)))
    #expect(
      try NearestNeighbourEstimator().estimate(Array(x.prefix(10)), Array(y.prefix(10))).value
        .isFinite)
  }

  @Test func repeatedValuesGiveANumberAndAWarning() throws {
    let coarse = y.map { ($0 * 2).rounded() / 2 }
    let information = try MutualInformationEstimator(settings: EstimatorTests.settings())
      .estimate(x, coarse)
    #expect(information.mean.isFinite)
    #expect(
      information.warnings.contains {
        if case .repeatedValues("second", _, 200) = $0 { true } else { false }
      })
    let doubled = try MutualInformationEstimator(settings: EstimatorTests.settings())
      .estimate(x + x, y + y)
    #expect(doubled.mean.isFinite)
    #expect(try NearestNeighbourEstimator().estimate(x + x, y + y).value.isFinite)
    let spread = try spreadWithinGaps(coarse)
    let afterwards = try MutualInformationEstimator(settings: EstimatorTests.settings())
      .estimate(x, spread)
    #expect(afterwards.warnings.isEmpty || afterwards.components == 1)
  }

  @Test(arguments: [1e300, 1e-300, 1e-300 * 1e-10])
  func extremeUnitsGiveTheSameNumber(scale: Double) throws {
    let estimator = try MutualInformationEstimator(settings: EstimatorTests.settings())
    let plain = try estimator.estimate(x, y)
    let scaled = try estimator.estimate(x.map { $0 * scale }, y)
    #expect(abs(plain.fullSample - scaled.fullSample) < 1e-6)
  }

  @Test func fewGroupsAreWarnedOf() throws {
    let information = try MutualInformationEstimator(settings: EstimatorTests.settings())
      .estimate(x, y, groups: x.indices.map { Int32($0 % 4) })
    #expect(information.warnings.contains(.fewGroups(4)))
  }

  /// A component whose rows are all in one group has none in the draws without that group.
  @Test func aComponentWithoutRowsIsLeftOutOfAFit() throws {
    var source = TestSource(seed: 12)
    var columns: (x: [Double], y: [Double], groups: [Int32]) = ([], [], [])
    for row in 0..<300 {
      let (u, v) = source.normals()
      let isApart = row < 60
      columns.x.append(isApart ? 40 + 0.2 * u : u)
      columns.y.append(isApart ? v : 0.5 * u + v)
      columns.groups.append(isApart ? 0 : Int32(1 + row % 8))
    }
    let information = try MutualInformationEstimator(settings: EstimatorTests.settings())
      .estimate(columns.x, columns.y, groups: columns.groups)
    // A group of nine is in no draw of nine with probability (8/9)^9 = 0.35: in 1 to 9 of 10 draws.
    #expect((1...9).contains(information.reducedBootstraps))
    #expect(information.failedBootstraps == 0)
    #expect(information.groupBootstrap?.values.count == 10)
    #expect(
      information.warnings.contains(
        .reducedBootstraps(reduced: information.reducedBootstraps, of: 20)))
    let deviation = try #require(information.groupStandardDeviation)
    #expect(deviation > 0.01)
  }

  @Test func drawsWithoutAValueAreCountedAndMayBeHalf() throws {
    let bootstrap = try #require(Bootstrap(draws: [1, nil, 3, nil]))
    #expect(bootstrap.values == [1, 3] && bootstrap.failedDraws == [1, 3])
    #expect(bootstrap.draws == [1, nil, 3, nil])
    #expect(Bootstrap(draws: [1, nil, 3, nil, nil]) == nil)
    #expect(Bootstrap(draws: [1]) == nil)
    #expect(Bootstrap(values: [1, 2]).draws == [1, 2])
  }

  @Test func settingsThatCannotBeUsedAreNamed() {
    var settings = MutualInformationSettings()
    settings.folds = 1
    #expect(throws: SettingOutOfRange(ofEstimate: "folds", value: "1", allowed: "2 or more")) {
      try MutualInformationEstimator(settings: settings)
    }
    settings = MutualInformationSettings()
    settings.bootstraps = 1
    #expect(throws: SettingOutOfRange.self) { try MutualInformationEstimator(settings: settings) }
    settings = MutualInformationSettings()
    settings.randomStarts = 0
    settings.kMeansStarts = 0
    #expect(throws: SettingOutOfRange.self) { try MutualInformationEstimator(settings: settings) }
    settings = MutualInformationSettings()
    settings.fitTolerance = 1e-8
    #expect(throws: SettingOutOfRange.self) { try MutualInformationEstimator(settings: settings) }
    settings.roughPrecision = .double
    #expect(throws: Never.self) { try MutualInformationEstimator(settings: settings) }
    #expect(throws: SettingOutOfRange.self) { try NearestNeighbourEstimator(neighbours: 0) }
  }
}
