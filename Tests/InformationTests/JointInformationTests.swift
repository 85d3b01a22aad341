import Foundation
import Testing

@testable import Information

@Suite struct JointInformationTests {
  /// A covariance matrix of three variables of unit variance.
  struct Correlations: Sendable {
    var xy: Double
    var xz: Double
    var yz: Double

    /// 1/2 ln of the ratio of the residual variances of linear regression: exact for a Gaussian.
    var joint: Double {
      let determinant = 1 + 2 * xy * xz * yz - xy * xy - xz * xz - yz * yz
      return -0.5 * log(determinant / (1 - yz * yz))
    }
    var first: Double { -0.5 * log(1 - xy * xy) }
    var second: Double { -0.5 * log(1 - xz * xz) }

    var mixture: SpatialMixture {
      SpatialMixture(components: [
        .init(
          weight: 1, mean: [1, -2, 3],
          covariance: .init(xx: 1, xy: xy, xz: xz, yy: 1, yz: yz, zz: 1))
      ])
    }

    /// Rows by the factor of the matrix.
    func sample(_ count: Int, seed: UInt64) -> [[Double]] {
      var source = TestSource(seed: seed)
      let yy = (1 - xy * xy).squareRoot()
      let zy = (yz - xz * xy) / yy
      let zz = (1 - xz * xz - zy * zy).squareRoot()
      return (0..<count).map { _ in
        let ((u, v), (w, _)) = (source.normals(), source.normals())
        return [u, xy * u + yy * v, xz * u + zy * v + zz * w]
      }
    }
  }

  static let cases = [
    Correlations(xy: 0.6, xz: 0.5, yz: 0.8), Correlations(xy: 0.6, xz: 0, yz: 0),
    Correlations(xy: 0.3, xz: 0.3, yz: -0.4), Correlations(xy: 0.95, xz: 0.9, yz: 0.97),
  ]

  @Test(arguments: cases)
  func theInformationOfOneGaussianIsThatOfItsCorrelations(known: Correlations) throws {
    let information = try known.mixture.information()
    #expect(abs(information.joint - known.joint) < 1e-5, "\(information)")
    #expect(abs(information.first - known.first) < 1e-5)
    #expect(abs(information.second - known.second) < 1e-5)
    #expect(abs(information.firstGivenSecond - (known.joint - known.second)) < 1e-5)
    #expect(information.error < 1e-3)
  }

  /// What is independent of the rest adds nothing; the rest is the plane's known information.
  @Test func aCoordinateApartAddsNothing() throws {
    for known in try KnownMixture.load() {
      let space = SpatialMixture(
        components: known.components.map {
          .init(
            weight: $0[0], mean: [$0[1], $0[2], 0.5],
            covariance: .init(xx: $0[3], xy: $0[4], xz: 0, yy: $0[5], yz: 0, zz: 2))
        })
      let information = try space.information()
      #expect(abs(information.joint - known.information) < 2e-5, "\(known.name): \(information)")
      #expect(abs(information.first - known.information) < 2e-5)
      #expect(abs(information.second) < 2e-5 && abs(information.secondGivenFirst) < 2e-5)
    }
  }

  /// An invertible map of y and z keeps what both say together.
  @Test func turningTheTwoCoordinatesKeepsWhatTheySayTogether() throws {
    for known in try KnownMixture.load() {
      let space = SpatialMixture(
        components: known.components.map {
          // (y, z) -> (y + z, y - 2 z) of z with the variance 2 apart from x and y.
          .init(
            weight: $0[0], mean: [$0[1], $0[2] + 0.5, $0[2] - 1],
            covariance: .init(
              xx: $0[3], xy: $0[4], xz: $0[4], yy: $0[5] + 2, yz: $0[5] - 4, zz: $0[5] + 8))
        })
      let information = try space.information()
      #expect(abs(information.joint - known.information) < 2e-5, "\(known.name): \(information)")
      #expect(information.first < known.information && information.second < known.information)
    }
  }

  @Test(arguments: cases.prefix(3))
  func bothEstimatorsFindTheInformationOfGaussians(known: Correlations) throws {
    let rows = known.sample(1500, seed: 4)
    let columns = (0..<3).map { column in rows.map { $0[column] } }
    let estimate = try MutualInformationEstimator(settings: EstimatorTests.settings())
      .joint(target: columns[0], first: columns[1], second: columns[2])
    let near = try NearestNeighbourEstimator()
      .joint(target: columns[0], first: columns[1], second: columns[2])
    let values: [(JointInformation.Part, Double, Double?)] = [
      (estimate.joint, known.joint, near.joint), (estimate.first, known.first, nil),
      (estimate.second, known.second, nil),
      (estimate.firstGivenSecond, known.joint - known.second, near.firstGivenSecond),
      (estimate.secondGivenFirst, known.joint - known.first, near.secondGivenFirst),
    ]
    for (part, expected, neighbours) in values {
      let error = try #require(part.standardDeviation)
      #expect(abs(part.mean - expected) < 4 * error + 2e-3, "\(part.mean), expected \(expected)")
      if let neighbours { #expect(abs(neighbours - expected) < 0.06, "\(neighbours), \(expected)") }
    }
    // Hardly another value than the plane's own mixture finds.
    let alone = try MutualInformationEstimator(settings: EstimatorTests.settings())
      .estimate(columns[0], columns[1])
    #expect(abs(alone.mean - estimate.first.mean) < 0.01)
  }

  /// x and y of a known law that is not Gaussian, and a noisy copy of y: it says nothing beyond y.
  @Test func aNoisyCopySaysNothingBeyondTheOriginal() throws {
    let (x, y, expected) = AnalyticCase.gammaExponential.sample(2000, seed: 6)
    var source = TestSource(seed: 7)
    let copy = y.map { $0 + 0.8 * source.normals().0 }
    let groups = x.indices.map { Int32($0 / 10) }
    let estimate = try MutualInformationEstimator(settings: EstimatorTests.settings())
      .joint(target: x, first: copy, second: y, groups: groups)
    let error = try #require(estimate.joint.groupStandardDeviation)
    #expect(abs(estimate.joint.mean - expected) < 4 * error + 0.01, "\(estimate.joint.mean)")
    #expect(abs(estimate.firstGivenSecond.mean) < 0.01, "\(estimate.firstGivenSecond)")
    #expect(estimate.secondGivenFirst.mean > 0.05 && estimate.components > 1)
    let near = try NearestNeighbourEstimator().joint(target: x, first: copy, second: y)
    #expect(abs(near.firstGivenSecond) < 0.05 && abs(near.joint - expected) < 0.06, "\(near)")
    // The chain rule, in every draw.
    let (joint, first) = (estimate.joint, estimate.first)
    let rest = estimate.secondGivenFirst
    for draw in try #require(joint.groupBootstrap).values.indices {
      let parts = try [first, rest, joint].map {
        try #require($0.groupBootstrap).values[draw]
      }
      #expect(abs(parts[0] + parts[1] - parts[2]) < 1e-12)
    }
  }

  @Test func anyNumberOfThreadsGivesTheSameBits() throws {
    let rows = Self.cases[0].sample(400, seed: 8)
    let columns = (0..<3).map { column in rows.map { $0[column] } }
    func estimate(threads: Int) throws -> JointInformation {
      var settings = EstimatorTests.settings(bootstraps: 4)
      settings.threads = threads
      return try MutualInformationEstimator(settings: settings).joint(
        target: columns[0], first: columns[1], second: columns[2])
    }
    #expect(try estimate(threads: 1) == estimate(threads: 3))
    #expect(
      try NearestNeighbourEstimator(threads: 1).joint(
        target: columns[0], first: columns[1], second: columns[2])
        == NearestNeighbourEstimator(threads: 3).joint(
          target: columns[0], first: columns[1], second: columns[2]))
  }

  @Test func columnsThatSayTheSameAreRefused() throws {
    let rows = Self.cases[0].sample(50, seed: 9)
    let columns = (0..<3).map { column in rows.map { $0[column] } }
    let estimator = try MutualInformationEstimator(settings: EstimatorTests.settings())
    #expect(throws: InformationError.collinear) {
      try estimator.joint(target: columns[0], first: columns[1], second: columns[1])
    }
    #expect(throws: InformationError.constant(column: .third, value: 2)) {
      try estimator.joint(
        target: columns[0], first: columns[1], second: [Double](repeating: 2, count: 50))
    }
    #expect(
      throws: InformationError.unequalLengths(what: "the third column", count: 49, expected: 50)
    ) {
      try estimator.joint(
        target: columns[0], first: columns[1], second: Array(columns[2].dropLast()))
    }
  }
}

@Suite struct FoldsOfGroupsTests {
  /// Halos of 40 particles that all have the masses of their halo in both universes, a truth with scatter: what one
  /// mass says of the other is -1/2 ln(1 - r^2), and not which halo it is.
  @Test func massesThatHalosShareAreNoKnowledgeOfTheHalo() throws {
    var source = TestSource(seed: 11)
    var (truth, twin): ([Double], [Double]) = ([], [])
    var groups: [Int32] = []
    var halos: [(Double, Double)] = []
    for halo in 0..<150 as Range<Int32> {
      let (u, v) = source.normals()
      halos.append((u, 0.8 * u + 0.6 * v))
      for _ in 0..<40 {
        truth.append(u + 1e-3 * source.normals().0)
        twin.append(0.8 * u + 0.6 * v)
        groups.append(halo)
      }
    }
    var settings = EstimatorTests.settings(bootstraps: 0)
    settings.maximumComponents = 8
    let spread = try spreadWithinGaps(twin, seed: 3)
    let estimator = try MutualInformationEstimator(settings: settings)
    let kept = try estimator.estimate(truth, spread, groups: groups, foldsKeepGroups: true)
    let mixed = try estimator.estimate(truth, spread, groups: groups)
    // One row of each halo is a sample of 150 of the law, whose own correlation is known.
    let (xs, ys) = (halos.map(\.0), halos.map(\.1))
    let expected = try Correlation.information(xs, ys)
    #expect(abs(kept.fullSample - expected) < 0.12, "\(kept.fullSample), expected \(expected)")
    #expect(mixed.fullSample > kept.fullSample + 0.1, "\(mixed.fullSample), \(kept.fullSample)")
  }

  /// What the correlation of a sample of a Gaussian says.
  private enum Correlation {
    static func information(_ x: [Double], _ y: [Double]) throws -> Double {
      let n = Double(x.count)
      let (mx, my) = (x.reduce(0, +) / n, y.reduce(0, +) / n)
      var (xx, xy, yy) = (0.0, 0.0, 0.0)
      for (a, b) in zip(x, y) {
        xx += (a - mx) * (a - mx)
        xy += (a - mx) * (b - my)
        yy += (b - my) * (b - my)
      }
      return -0.5 * log(1 - xy * xy / (xx * yy))
    }
  }
}
