import Foundation
import Information
import Randomness
import Testing

/// Data whose information is known in closed form.
struct AnalyticCase: Sendable, CustomTestStringConvertible {
  let testDescription: String
  let information: Double
  /// The logarithm of p / (p_x p_y), whose mean over a sample is what a perfect estimator gives for it.
  let logRatio: @Sendable (Double, Double) -> Double
  let draw: @Sendable (inout TestSource) -> (Double, Double)

  /// Columns of `count` rows, and what a perfect estimator gives for these very rows.
  func sample(_ count: Int, seed: UInt64) -> (x: [Double], y: [Double], expected: Double) {
    var source = TestSource(seed: seed)
    var x: [Double] = []
    var y: [Double] = []
    var sum = 0.0
    for _ in 0..<count {
      let (a, b) = draw(&source)
      x.append(a)
      y.append(b)
      sum += logRatio(a, b)
    }
    return (x, y, sum / Double(count))
  }

  static func gaussian(_ rho: Double) -> Self {
    let rest = 1 - rho * rho
    return AnalyticCase(
      testDescription: "Gaussian, rho \(rho)", information: -0.5 * log(rest),
      logRatio: { x, y in
        -0.5 * log(rest) - (rho * rho * (x * x + y * y) - 2 * rho * x * y) / (2 * rest)
      },
      draw: { source in
        let (u, v) = source.normals()
        return (u, rho * u + rest.squareRoot() * v)
      })
  }

  /// x ~ Gamma(3, 1) and y ~ Exp(rate x), given as logarithms: psi(4) - ln 3.
  ///
  /// p_y is the Lomax density 3 (1 + y)^-4. Both are in Piras et al. 2023, doi:10.1088/2632-2153/acc444.
  static let gammaExponential = AnalyticCase(
    testDescription: "gamma-exponential, alpha 3",
    information: 1 + 1 / 2.0 + 1 / 3.0 - 0.577_215_664_901_532_9 - log(3.0),
    logRatio: { logX, logY in logX - exp(logX + logY) - log(3) + 4 * log1p(exp(logY)) },
    draw: { source in
      let x = -log(source.uniform() * source.uniform() * source.uniform())
      return (log(x), log(-log(source.uniform()) / x))
    })

  /// Two equal Gaussians of deviation 1/2 at (-2, -2) and (2, 2): which of them is nearly all that x
  /// tells of y, so that the information is close to ln 2.
  static let clusters = AnalyticCase(
    testDescription: "two clusters", information: 0.692_3,
    logRatio: { x, y in
      func density(_ z: Double) -> Double { exp(-2 * z * z) }
      let left = density(x + 2) * density(y + 2)
      let right = density(x - 2) * density(y - 2)
      return log(2 * (left + right))
        - log((density(x + 2) + density(x - 2)) * (density(y + 2) + density(y - 2)))
    },
    draw: { source in
      let (u, v) = source.normals()
      let center: Double = source.uniform() < 0.5 ? -2 : 2
      return (center + 0.5 * u, center + 0.5 * v)
    })
}

/// Random numbers of the tests.
struct TestSource {
  private var stream: RandomStream

  init(seed: UInt64) { stream = RandomStream(seed: seed, for: .test) }

  /// Uniform on (0, 1].
  mutating func uniform() -> Double { 1 - stream.uniform() }

  mutating func normals() -> (Double, Double) {
    let radius = (-2 * log(uniform())).squareRoot()
    let angle = 2 * Double.pi * uniform()
    return (radius * cos(angle), radius * sin(angle))
  }
}

@Suite struct AnalyticTests {
  /// The bound is that of the reference program in 19 comparisons: one standard deviation and 0.004.
  @Test(arguments: [
    AnalyticCase.gaussian(0.3), .gaussian(0.9), .gaussian(-0.6), .gammaExponential, .clusters,
  ])
  func mixturesFindTheInformation(of example: AnalyticCase) throws {
    let (x, y, expected) = example.sample(1500, seed: 5)
    var settings = MutualInformationSettings()
    settings.bootstraps = 10
    let information = try MutualInformationEstimator(settings: settings).estimate(x, y)
    let deviation = try #require(information.standardDeviation)
    #expect(abs(information.mean - expected) < deviation + 0.004)
    #expect(abs(information.mean - example.information) < 3.5 * deviation + 0.004)
  }

  /// The scatter of this estimator at 1500 rows is about 0.02.
  @Test(arguments: [
    AnalyticCase.gaussian(0.3), .gaussian(0.9), .gaussian(-0.6), .gammaExponential, .clusters,
  ])
  func neighboursFindTheInformation(of example: AnalyticCase) throws {
    let (x, y, _) = example.sample(1500, seed: 6)
    let information = try NearestNeighbourEstimator().estimate(x, y)
    #expect(abs(information.value - example.information) < 0.06)
    #expect(information.uncertainty > 0.001 && information.uncertainty < 0.05)
  }

  /// Over 8 samples the mean must be that of the samples' own values, to 3.5 of its scatter and 0.002.
  @Test func estimatesAreUnbiasedOverSamples() throws {
    var settings = MutualInformationSettings()
    settings.bootstraps = 0
    let estimator = try MutualInformationEstimator(settings: settings)
    let differences = try (0..<8).map { seed in
      let (x, y, expected) = AnalyticCase.gammaExponential.sample(1000, seed: UInt64(100 + seed))
      return try estimator.estimate(x, y).mean - expected
    }
    let scatter = Bootstrap(values: differences)
    #expect(abs(scatter.mean) < 3.5 * scatter.standardDeviation / 8.0.squareRoot() + 0.002)
    #expect(scatter.standardDeviation < 0.02)
  }

  /// For n independent rows twice n times the estimate of one Gaussian is a chi-square of one degree of
  /// freedom: 0.005 is fifteen of it at 1500 rows; more components add a little.
  @Test func independentColumnsHaveNoInformation() throws {
    let (x, y, _) = AnalyticCase.gaussian(0).sample(1500, seed: 7)
    let information = try MutualInformationEstimator().estimate(x, y)
    #expect(information.mean < 0.005)
    #expect(information.mean > -1e-6)
    #expect(abs(try NearestNeighbourEstimator().estimate(x, y).value) < 0.03)
  }

  /// The same with columns that are far from Gaussian.
  @Test func shufflingAColumnTakesItsInformation() throws {
    let (x, y, _) = AnalyticCase.gammaExponential.sample(1500, seed: 8)
    let shuffled = RandomPermutation(count: y.count, seed: 1, for: .test).map { y[$0] }
    let information = try MutualInformationEstimator().estimate(x, shuffled)
    let deviation = try #require(information.standardDeviation)
    #expect(abs(information.mean) < 3.5 * deviation + 0.004)
  }
}
