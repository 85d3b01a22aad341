/// Two columns with the number of components found and the mixture fitted to all rows.
struct SampleFit: Sendable {
  let columns: Columns
  let points: WeightedPoints
  let search: ComponentSearch.Result
  let full: ExpectationMaximization.Fit
  let integral: GaussianMixture.Integral

  private let settings: MutualInformationSettings
  private let smallestVariance: Double

  /// Components so much narrower than all rows together have shrunk onto a few of them.
  private static let smallestShare = 1e-10

  init(_ columns: Columns, _ settings: MutualInformationSettings) throws(InformationError) {
    self.columns = columns
    self.settings = settings
    points = WeightedPoints(x: columns.x, y: columns.y)
    smallestVariance = Self.smallestShare * columns.smallestVariance
    search = try ComponentSearch(points, settings, smallestVariance: smallestVariance).run()
    full = try settings.expectationMaximization.fit(points, from: search.mixture)
    integral = try Self.integral(of: full.mixture, settings)
  }

  /// The mutual information of a mixture fitted to drawn rows, or nothing if that fit fails [nats].
  func information(of multiplicities: [UInt32]) -> Double? {
    let drawn = points.resampled(multiplicities)
    guard let fit = try? settings.expectationMaximization.fit(drawn, from: search.mixture),
      fit.mixture.components.allSatisfy({ $0.smallestVariance > smallestVariance }),
      let integral = try? Self.integral(of: fit.mixture, settings)
    else { return nil }
    return integral.value
  }

  /// What to know before the value is used.
  var warnings: [MutualInformation.Warning] {
    var warnings = columns.repeated
    if search.components == 1 {
      let larger = search.trials.dropFirst()
      warnings.append(
        .singleGaussian(
          stuckFits: larger.reduce(0) { $0 + $1.stuck.values.reduce(0, +) },
          fits: larger.reduce(0) { $0 + $1.fits }))
    }
    if search.reachedLimit {
      warnings.append(.reachedMaximumComponents(search.components))
    }
    if !full.converged { warnings.append(.notConverged(iterations: full.iterations)) }
    if points.count < 100 { warnings.append(.fewPoints(points.count)) }
    if integral.error > 1e-4, settings.integration == .quadrature {
      warnings.append(.uncertainIntegral(integral.error))
    }
    return warnings
  }

  private static func integral(
    of mixture: GaussianMixture, _ settings: MutualInformationSettings
  ) throws(InformationError) -> GaussianMixture.Integral {
    switch settings.integration {
    case .quadrature: try mixture.mutualInformation()
    case .monteCarlo(let samples):
      try mixture.mutualInformation(samples: samples, seed: settings.seed)
    }
  }
}
