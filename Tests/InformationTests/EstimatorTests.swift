import Foundation
import Randomness
import Testing

@testable import Information

@Suite struct EstimatorTests {
  static func settings(bootstraps: Int = 10) -> MutualInformationSettings {
    var settings = MutualInformationSettings()
    settings.bootstraps = bootstraps
    return settings
  }

  @Test func anyNumberOfThreadsGivesTheSameBits() throws {
    let (x, y, _) = AnalyticCase.gammaExponential.sample(800, seed: 1)
    let groups = x.indices.map { Int32($0 / 5) }
    func estimate(threads: Int) throws -> MutualInformation {
      var settings = Self.settings()
      settings.threads = threads
      return try MutualInformationEstimator(settings: settings).estimate(x, y, groups: groups)
    }
    let one = try estimate(threads: 1)
    #expect(try estimate(threads: 2) == one)
    #expect(try estimate(threads: 7) == one)
    #expect(
      try NearestNeighbourEstimator(threads: 1).estimate(x, y)
        == NearestNeighbourEstimator(threads: 3).estimate(x, y))
  }

  @Test func anotherSeedDrawsOtherRows() throws {
    let (x, y, _) = AnalyticCase.gaussian(0.5).sample(500, seed: 1)
    var settings = Self.settings()
    let first = try MutualInformationEstimator(settings: settings).estimate(x, y)
    settings.seed = 1
    let second = try MutualInformationEstimator(settings: settings).estimate(x, y)
    #expect(first.rowBootstrap != second.rowBootstrap)
    #expect(abs(first.mean - second.mean) < 0.05)
  }

  @Test func theUnitsOfColumnsDoNotMatter() throws {
    let (x, y, _) = AnalyticCase.gammaExponential.sample(1000, seed: 2)
    let estimator = try MutualInformationEstimator(settings: Self.settings())
    let plain = try estimator.estimate(x, y)
    let scaled = try estimator.estimate(x.map { 1e14 * $0 - 3e15 }, y.map { -1e-9 * $0 })
    #expect(abs(plain.mean - scaled.mean) < 1e-5)
    let deviation = Bootstrap(values: y).standardDeviation
    let spread = scaled.mixture.components.reduce(0) { $0 + $1.weight * $1.varianceY }
    #expect(spread.squareRoot() < 1.01e-9 * deviation)
  }

  /// -1/2 ln(1 - r^2) and the value for one component agree for any data.
  @Test func oneComponentGivesTheInformationOfTheCorrelation() throws {
    let (x, y, _) = AnalyticCase.clusters.sample(500, seed: 3)
    var settings = Self.settings()
    settings.maximumComponents = 1
    let information = try MutualInformationEstimator(settings: settings).estimate(x, y)
    #expect(abs(information.fullSample - information.gaussianValue) < 1e-6)
    #expect(information.warnings.contains(.reachedMaximumComponents(1)))
    #expect(information.warnings.contains(.singleGaussian(stuckFits: 0, fits: 0)))
  }

  /// With an offset for each group that is as large as the scatter in it, rows are not independent.
  @Test func groupsThatShareAnOffsetScatterMoreThanRows() throws {
    var source = TestSource(seed: 9)
    var x: [Double] = []
    var y: [Double] = []
    var groups: [Int32] = []
    for group in 0..<100 as Range<Int32> {
      let (truth, offset) = source.normals()
      for _ in 0..<20 {
        x.append(truth + 0.01 * source.normals().0)
        y.append(truth + 0.7 * offset + 0.3 * source.normals().0)
        groups.append(group)
      }
    }
    var settings = Self.settings(bootstraps: 30)
    settings.maximumComponents = 2
    let information = try MutualInformationEstimator(settings: settings)
      .estimate(x, y, groups: groups)
    let ofRows = try #require(information.standardDeviation)
    let ofGroups = try #require(information.groupStandardDeviation)
    #expect(information.groups == 100)
    #expect(ofGroups > 2 * ofRows)
    // Each row its own group: the two scatters are those of the same quantity.
    let single = try MutualInformationEstimator(settings: settings)
      .estimate(x, y, groups: x.indices.map { Int32($0) })
    let ratio = try #require(single.groupStandardDeviation) / ofRows
    #expect((0.6...1.6).contains(ratio))
  }

  /// Two predictions share most of their noise: what differs is known better than either.
  @Test func theDifferenceOfPairsIsKnownBetterThanEitherValue() throws {
    var source = TestSource(seed: 10)
    var truth: [Double] = []
    var better: [Double] = []
    var worse: [Double] = []
    for _ in 0..<2000 {
      let (t, noise) = source.normals()
      truth.append(t)
      better.append(t + noise)
      worse.append(t + noise + 0.3 * source.normals().0)
    }
    let estimator = try MutualInformationEstimator(settings: Self.settings(bootstraps: 30))
    let pair = try estimator.pairedDifference(
      of: better, and: worse, truth: truth, groups: truth.indices.map { Int32($0 / 4) })
    let single = try #require(pair.first.standardDeviation)
    let difference = try #require(pair.rowBootstrap?.standardDeviation)
    #expect(difference < 0.7 * single)
    // Gaussians: 1/2 ln(1 + 1) - 1/2 ln(1 + 1/1.09).
    let expected = 0.5 * log(2.0) - 0.5 * log(1 + 1 / 1.09)
    #expect(abs(pair.mean - expected) < 3.5 * difference)
    let interval = try #require(pair.interval(0.9))
    #expect(interval.contains(pair.mean))
    #expect(try #require(pair.significance) > 1)
    #expect(try pair.first == estimator.estimate(truth, better, groups: pairGroups(truth.count)))
    let same = try estimator.pairedDifference(of: better, and: better, truth: truth)
    #expect(same.mean == 0)
    #expect(same.significance == nil)
  }

  private func pairGroups(_ count: Int) -> [Int32] { (0..<count).map { Int32($0 / 4) } }

  /// Raw masses end abruptly, and random starts stay at the saddle.
  ///
  /// One Gaussian is all that they find. Starts by k-means leave it, and an estimate with both says how many fits were stuck.
  @Test func aSearchInSinglePrecisionFindsWhatOneInDoublePrecisionFinds() throws {
    let (x, y, _) = AnalyticCase.gammaExponential.sample(3000, seed: 5)
    func estimate(_ precision: FitPrecision) throws -> MutualInformation {
      var settings = Self.settings(bootstraps: 0)
      settings.roughPrecision = precision
      return try MutualInformationEstimator(settings: settings).estimate(x, y)
    }
    let single = try estimate(.single)
    let double = try estimate(.double)
    #expect(single.components == double.components && single.components > 2)
    // A fit may end an iteration earlier or later; the error of 3000 rows is 0.01.
    #expect(abs(single.fullSample - double.fullSample) < 2e-3)
    let scores = zip(single.trials, double.trials)
      .compactMap { ($0.logLikelihood ?? .nan) - ($1.logLikelihood ?? .nan) }
    #expect(scores.allSatisfy { abs($0) < 1e-3 })
    // The control: it is another arithmetic.
    #expect(scores.contains { $0 != 0 })
  }

  /// Clusters that stay are those of Lloyd's algorithm: every point is nearest to the mean of its own.
  @Test(arguments: [1, 2, 9])
  func everyPointIsInTheClusterWithTheNearestMean(count: Int) {
    let (x, y, _) = AnalyticCase.gammaExponential.sample(600, seed: 2)
    let points = WeightedPoints(x: x, y: y, weights: x.indices.map { Double($0 % 3) })
    var stream = RandomStream(seed: 3, for: .mixtureStart, index: 0)
    let clusters = KMeans.clusters(of: points, count: count, &stream)
    var sums = [PlanarMoments](repeating: PlanarMoments(), count: count)
    for row in 0..<points.count { sums[clusters[row]].add(points, row, points.weights[row]) }
    #expect(sums.allSatisfy { $0.weight > 0 })
    for row in 0..<points.count {
      let distances = sums.map {
        WeightedPoints.squaredDistance(points.place(of: row), $0.mean)
      }
      #expect(distances[clusters[row]] <= (distances.min() ?? 0) * (1 + 1e-12))
    }
  }

  @Test func randomStartsStickAtTheSaddleAndKMeansLeavesIt() throws {
    var source = TestSource(seed: 11)
    var truth: [Double] = []
    var prediction: [Double] = []
    for _ in 0..<10_000 {
      let t = 11 + 2.4 * source.uniform()
      truth.append(t)
      prediction.append(t + 0.75 * source.normals().0)
    }
    var settings = Self.settings(bootstraps: 0)
    settings.kMeansStarts = 0
    let random = try MutualInformationEstimator(settings: settings).estimate(truth, prediction)
    #expect(random.components == 1)
    #expect(
      random.trials.dropFirst().allSatisfy { $0.stuck[.random] == $0.fits - $0.failed })
    #expect(
      random.warnings.contains {
        if case .singleGaussian(let stuck, let fits) = $0 { stuck == fits } else { false }
      })
    settings.randomStarts = 0
    settings.kMeansStarts = 2
    settings.maximumComponents = 4
    let clusters = try MutualInformationEstimator(settings: settings).estimate(truth, prediction)
    #expect(clusters.components > 1)
  }
}
