import Foundation
import Networks
import Testing

@testable import Analysis

struct StatisticsTests {
  @Test func binsAreHalfOpenAndTheLastIsClosed() {
    let bins = Bins(edges: [11, 11.8, 12.6, 13.4])
    #expect(bins.index(of: 11) == 0 && bins.index(of: 11.8) == 1)
    #expect(bins.index(of: 13.4) == 2)
    #expect(bins.index(of: 10.999) == nil && bins.index(of: 13.401) == nil)
    #expect(bins.index(of: .nan) == nil)
  }

  @Test(arguments: [0, 1, 2]) func fewParticlesHaveReasonsInsteadOfNumbers(count: Int) throws {
    let comparison = MassComparison(
      truth: (0..<count).map { 12 + Double($0) }, prediction: (0..<count).map { 12 - Double($0) })
    let statistics = ResidualStatistics(comparison)
    #expect(statistics.correlation.reason != nil && statistics.outliers.reason != nil)
    #expect((statistics.bias.value == nil) == (count == 0))
    // NaN cannot be written as JSON, so this is a check of all numbers.
    _ = try JSONEncoder().encode(statistics)
  }

  @Test func constantPredictionsHaveNoCorrelationAndSaySo() throws {
    let truth = (0..<50).map { 11 + 0.037 * Double($0) }
    let constant = MassComparison(truth: truth, prediction: [Double](repeating: 12.1, count: 50))
    #expect(constant.correlation == .unknown("all predictions are equal"))
    let perfect = ResidualStatistics(MassComparison(truth: truth, prediction: truth))
    #expect(perfect.outliers == .unknown("all residuals are equal"))
    #expect(ViolinDensity.of(constant.prediction) == .unknown("all values are equal"))
    let map = try #require(DensityMap.of(constant, window: 11...13.4).value)
    #expect(map.counts.reduce(0, +) == 50 && map.outside == 0)
    _ = try JSONEncoder().encode(map)
  }

  @Test func anOutcomeSurvivesJSON() throws {
    let outcomes: [Outcome<Double>] = [.known(0.25), .unknown("there are no particles here")]
    let data = try JSONEncoder().encode(outcomes)
    #expect(
      String(decoding: data, as: UTF8.self)
        .contains("\"value\":null"))
    #expect(try JSONDecoder().decode([Outcome<Double>].self, from: data) == outcomes)
  }

  @Test func aMapHasRoomAroundItsPointsAndLosesNone() throws {
    let comparison = MassComparison(
      truth: [11, 12.2, 13.4, 13.4], prediction: [8.03, 12, 13, 15.99])
    let map = try #require(DensityMap.of(comparison, window: 11...13.4).value)
    #expect(map.horizontal.count == 48 && map.outside == 0)
    let rows = map.vertical.count
    for column in 0..<48 {
      for row in [0, 1, 2, rows - 3, rows - 2, rows - 1] {
        #expect(map.counts[column * rows + row] == 0)
      }
    }
    let widths = zip(map.vertical.edges.dropFirst(), map.vertical.edges).map { $0 - $1 }
    #expect(widths.allSatisfy { abs($0 - 0.05) < 1e-9 })
    let integral = map.density.reduce(0, +) * 0.05 * 0.05
    #expect(abs(integral - 1) < 1e-9)
    // A prediction that is absurd does not make the map absurdly large.
    let wild = MassComparison(truth: [12, 12], prediction: [12, 1e6])
    let small = try #require(DensityMap.of(wild, window: 11...13.4).value)
    #expect(small.outside == 1 && small.vertical.count < 250)
  }

  @Test func mirroredEdgesKeepAllOfTheSum() {
    let smoothing = CellSmoothing(width: 1, columnEdge: .mirrored, rowEdge: .mirrored)
    let map = DensityMap(
      [0.1, 2.9, 1.5], [0.1, 0.1, 1.9], horizontal: Bins(3, over: 0...3),
      vertical: Bins(2, over: 0...2), smoothing: smoothing)
    let sum = map.smoothed.reduce(0, +)
    #expect(abs(sum - 3) < 1e-12)
  }

  @Test func theBandOfSeedsIsTheirSmallestAndLargestDensity() throws {
    let bins = Bins(2, over: 0...2)
    let histograms: [(UInt64, Histogram)] = [
      (1, Histogram(of: [0.5, 0.5, 1.5, 1.5], in: bins)),
      (4, Histogram(of: [0.5, 1.5, 1.5, 1.5, 7], in: bins)), (9, Histogram(of: [], in: bins)),
    ]
    let band = try #require(HistogramBand.of(histograms, massRange: 11...12).value)
    #expect(band.seeds == [1, 4] && band.outside == [0, 1])
    #expect(band.lowest == [0.25, 0.5] && band.highest == [0.5, 0.75])
    #expect(band.mean == [0.375, 0.625])
    #expect(HistogramBand.of([(1, Histogram(of: [], in: bins))], massRange: 11...12).value == nil)
  }

  @Test func theLikelihoodIsADensityOfTheTruth() throws {
    let slices = LikelihoodSlices(
      truth: [0.1, 0.2, 1.4], prediction: [0.15, 0.1501, 0.149],
      likelihood: LikelihoodValues(.truncatedCauchy, [0.26]), halfWidth: 0.01,
      logMass: { 12 + $0 })
    #expect(slices.slices.count == 6 && slices.bins.count == 59)
    for slice in slices.slices {
      let integral = slice.likelihood.reduce(0, +) * 2 / 59
      #expect(abs(integral - 1) < 2e-3, "\(slice.prediction): \(integral)")
      #expect(slice.logMass == 12 + slice.prediction)
    }
    #expect(slices.slices[3].count == 3)
    let density = try #require(slices.slices[3].density.value)
    let integral = density.reduce(0, +) * 2 / 59
    #expect(abs(integral - 1) < 1e-12)
    #expect(slices.slices[0].density.reason != nil)
  }
}

struct NoiseReferenceTests {
  @Test func twoMassesFarApartAreOneBit() throws {
    // Noise that is small beside the distance leaves the choice of two, ln 2 nats.
    let reference = NoiseReference([11, 13, 11, 13])
    let information = try #require(reference.information(sigma: 0.1).value)
    #expect(abs(information - log(2)) < 1e-9)
  }

  @Test(arguments: [0.5, 1, 2]) func gaussianMassesFollowShannon(sigma: Double) throws {
    // I = ln(1 + S / N) / 2 for Gaussian signal and noise; 4,001 quantiles of a unit Gaussian.
    let masses = (0..<4001).map { 12 + quantile((Double($0) + 0.5) / 4001) }
    let variance = masses.reduce(0) { $0 + ($1 - 12) * ($1 - 12) } / 4001
    let information = try #require(NoiseReference(masses).information(sigma: sigma).value)
    let expected = 0.5 * log(1 + variance / (sigma * sigma))
    #expect(abs(information - expected) < 2e-4)
  }

  @Test func theEquivalentNoiseIsFoundAgain() throws {
    let reference = NoiseReference((0...240).map { 11 + 0.01 * Double($0) })
    let information = try #require(reference.information(sigma: 0.75).value)
    let sigma = try #require(reference.sigma(leaving: information).value)
    #expect(abs(sigma - 0.75) < 2e-4)
    #expect(reference.sigma(leaving: 20).value == nil)
    #expect(NoiseReference([12, 12]).information(sigma: 1).value == nil)
    #expect(NoiseReference([]).sigma(leaving: 0.1).value == nil)
  }

  /// The quantile of a unit Gaussian by bisection of erfc.
  private func quantile(_ share: Double) -> Double {
    var (low, high) = (-8.0, 8.0)
    for _ in 0..<60 {
      let middle = (low + high) / 2
      if 0.5 * erfc(-middle / 2.0.squareRoot()) < share { low = middle } else { high = middle }
    }
    return (low + high) / 2
  }
}
