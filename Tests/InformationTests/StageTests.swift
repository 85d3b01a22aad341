import Testing

@testable import Information

/// Step by step against gmm-mi 0.8.2 on one mock catalogue; tolerances are far above the differences
/// between it and a textbook implementation (1e-13 to 1e-10), which are of rounding.
@Suite struct StageTests {
  let reference: StageReference

  init() throws { reference = try StageReference.load() }

  @Test func fitsFromGivenStartsAreThoseOfTheReference() throws {
    for expected in reference.fits {
      let fit = try ExpectationMaximization()
        .fit(reference.training(without: expected.fold), from: GaussianMixture(expected.`init`))
      #expect(fit.iterations == expected.iterations)
      #expect(abs(fit.logLikelihood - expected.logLikelihood) < 1e-11)
      #expect(fit.mixture.difference(from: expected.fitted) < 1e-9)
      #expect(fit.converged)
      let score = try fit.mixture.meanLogDensity(of: reference.validation(expected.fold))
      #expect(abs(score - expected.validation) < 1e-10)
    }
  }

  @Test func everyIterationOfAFitIsThatOfTheReference() throws {
    let points = reference.training(without: 0)
    for trace in reference.traces {
      let start = GaussianMixture(trace.`init`)
      for (number, expected) in trace.logLikelihoods.enumerated() {
        let fit = try ExpectationMaximization(tolerance: 0, maximumIterations: number + 1)
          .fit(points, from: start)
        #expect(abs(fit.logLikelihood - expected) < 1e-11)
        if let snapshot = trace.snapshots["\(number + 1)"] {
          #expect(fit.mixture.difference(from: snapshot) < 1e-9)
        }
      }
      let fit = try ExpectationMaximization().fit(points, from: start)
      #expect(fit.iterations == trace.iterations)
    }
  }

  @Test func fitsToDrawnRowsHaveTheInformationOfTheReference() throws {
    for bootstrap in reference.bootstraps {
      for (number, expected) in bootstrap.fits.enumerated() {
        let fit = try ExpectationMaximization()
          .fit(reference.drawn(number), from: GaussianMixture(bootstrap.`init`))
        #expect(fit.iterations == expected.iterations)
        #expect(abs(fit.logLikelihood - expected.logLikelihood) < 1e-11)
        #expect(fit.mixture.difference(from: expected.fitted) < 1e-8)
        #expect(abs(try fit.mixture.mutualInformation().value - expected.information) < 1e-7)
      }
    }
  }

  @Test func multiplicitiesGiveWhatCopiedRowsGive() throws {
    let bootstrap = try #require(reference.bootstraps.first)
    let rows = reference.bootstrapIndices[0]
    let copied = WeightedPoints(
      x: rows.map { reference.x[$0] }, y: rows.map { reference.y[$0] })
    let start = GaussianMixture(bootstrap.`init`)
    let one = try ExpectationMaximization().fit(copied, from: start)
    let other = try ExpectationMaximization().fit(reference.drawn(0), from: start)
    #expect(one.iterations == other.iterations)
    #expect(abs(one.logLikelihood - other.logLikelihood) < 1e-12)
  }

  /// The two kinds of start found 0.3178 +- 0.0127 and 0.3116 +- 0.0120; with own random numbers the
  /// mean may differ by one standard deviation, and the deviation by the scatter of 50 bootstraps.
  @Test func theWholeEstimateAgreesWithinItsError() throws {
    let information = try MutualInformationEstimator()
      .estimate(reference.x, reference.y)
    let deviation = try #require(information.standardDeviation)
    for bootstrap in reference.bootstraps {
      #expect(abs(information.mean - bootstrap.mean) < bootstrap.standardDeviation)
      #expect((0.7...1.4).contains(deviation / bootstrap.standardDeviation))
    }
    #expect(abs(information.mean - reference.trueInformation) < 3.5 * deviation)
    #expect(information.components > 1)
    // A component may shrink onto a row that was drawn several times; it is left out, and told.
    #expect(information.failedBootstraps == 0)
    #expect(information.reducedBootstraps <= 2)
    #expect(information.warnings.count == (information.reducedBootstraps > 0 ? 1 : 0))
  }

  @Test func theParityModeAgreesWithinItsError() throws {
    var settings = MutualInformationSettings.parity
    settings.bootstraps = 20
    let information = try MutualInformationEstimator(settings: settings)
      .estimate(reference.x, reference.y)
    let random = try #require(reference.bootstraps.first { $0.start == "random_sklearn" })
    // Monte Carlo of 1e5 points adds 0.003, the same to all bootstraps.
    #expect(abs(information.mean - random.mean) < random.standardDeviation + 0.006)
  }

  /// Values of scikit-learn 1.5.2 with its own noise and scaling.
  @Test(arguments: [3, 5, 10])
  func neighboursGiveTheInformationOfScikitLearn(neighbours: Int) throws {
    let information = try NearestNeighbourEstimator(neighbours: neighbours)
      .estimate(reference.x, reference.y)
    let expected = try #require(reference.nearestNeighbours["\(neighbours)"])
    #expect(abs(information.value - expected) < 1e-6)
  }
}
