import Statistics
import Testing

@testable import Analysis

/// Every statistic of the paper's figures against numpy and scipy (INFORMATION 3.6 of the reference).
struct StatisticsReferenceTests {
  let reference: StatisticsReference
  let masses: MassComparison

  init() throws {
    reference = try StatisticsReference.shared.get()
    masses = try StatisticsReference.masses.get()
  }

  @Test func residualHistogramsAreThoseOfNumpy() throws {
    for expected in reference.residual_hist.bins {
      let last = expected.hi == 13.4
      let members = masses.truth.indices.filter {
        let mass = masses.truth[$0]
        return mass >= expected.lo && (last ? mass <= expected.hi : mass < expected.hi)
      }
      let residuals = members.map { masses.prediction[$0] - masses.truth[$0] }
      let histogram = Histogram(of: residuals, in: Bins(49, over: -3...3))
      #expect(members.count == expected.n)
      #expect(histogram.counts == expected.counts)
      #expect(agree(histogram.density, expected.density, to: 1e-11))
      let statistics = ResidualStatistics(masses.selecting(members))
      let mean = try #require(statistics.mean.value)
      #expect(agree(mean, expected.mean, to: 1e-12))
      let deviation = try #require(statistics.standardDeviation.value)
      #expect(agree(deviation, expected.std_ddof1, to: 1e-12))
      let bias = try #require(statistics.bias.value)
      let scatter = try #require(statistics.scatter.value)
      let quantiles = expected.q16_50_84
      #expect(agree(bias, quantiles[1], to: 1e-12))
      #expect(agree(scatter, (quantiles[2] - quantiles[0]) / 2, to: 1e-12))
    }
  }

  @Test func runningMediansAndIntervalsAreThoseOfNumpy() throws {
    let bins = Bins(12, over: 11...13.4)
    let predictions = RunningInterval(of: masses.prediction, masses: masses.truth, in: bins)
    let residuals = RunningInterval(of: masses.residuals, masses: masses.truth, in: bins)
    #expect(predictions.points.count == reference.binned.rows.count)
    for (index, row) in reference.binned.rows.enumerated() {
      #expect(predictions.points[index].count == row.n)
      for (point, expected) in [
        (predictions.points[index], row.pred_q16_50_84),
        (residuals.points[index], row.resid_q16_50_84),
      ] {
        let interval = try #require(point.interval.value)
        #expect(
          agree([interval.lower, interval.median, interval.upper], expected, to: 1e-12))
      }
    }
  }

  @Test(arguments: [0.0, 1]) func contoursEncloseWhatTheReferenceSays(width: Double) throws {
    let map = DensityMap(
      masses.truth, masses.prediction, horizontal: Bins(48, over: 11...13.4),
      vertical: Bins(64, over: 9...15.4),
      smoothing: CellSmoothing(width: width, columnEdge: .empty, rowEdge: .empty))
    #expect(map.counts.reduce(0, +) == reference.hdr.n_in)
    #expect(map.outside == masses.count - reference.hdr.n_in)
    let expected = width > 0 ? reference.hdr.smoothed : reference.hdr.raw
    for contour in map.contours {
      let level = try #require(expected["\(contour.share)"])
      #expect(agree(contour.level, level.level_counts, to: 1e-9))
      if width > 0 {
        #expect(agree(contour.enclosed, level.enclosed, to: 1e-9))
      } else {
        // The reference stops within cells of equal counts, all of which are inside here.
        #expect(contour.enclosed >= level.enclosed)
      }
    }
    #expect(map.contours.count == 2)
    if width > 0 {
      // The reference is rounded to ten digits after the point.
      #expect(
        agree(Array(map.smoothed[24 * 64..<25 * 64]), reference.hdr.smoothed_row24, to: 6e-11))
    }
  }

  @Test func theViolinIsThatOfScipy() throws {
    let expected = reference.violin_kde
    let row = ViolinRow(masses, in: Bins(12, over: 11...13.4))
    let violin = try #require(row.violins[expected.bin].value)
    #expect(violin.count == expected.n)
    #expect(agree(violin.bandwidth, expected.bandwidth, to: 1e-12))
    #expect(agree(violin.median, expected.median, to: 1e-12))
    #expect(violin.grid.first == expected.grid_min)
    let end = try #require(violin.grid.last)
    #expect(agree(end, expected.grid_max, to: 1e-12))
    #expect(agree(violin.density, expected.density, to: 1e-10))
  }

  @Test func correlationAndOutliersAreThoseOfNumpy() throws {
    let statistics = ResidualStatistics(masses)
    let correlation = try #require(statistics.correlation.value)
    #expect(agree(correlation, reference.pearson_r, to: 1e-12))
    let rms = try #require(statistics.rootMeanSquare.value)
    #expect(agree(rms, reference.rmse, to: 1e-12))
    let outliers = try #require(statistics.outliers.value)
    #expect(outliers.aboutMean == reference.outliers.std_about_mean)
    #expect(outliers.aboutZero == reference.outliers.std_about_zero)
    #expect(outliers.robust == reference.outliers.robust_68)
    #expect(outliers.outsideQuantiles == reference.outliers.interval_99_73)
  }
}
