/// Two columns with the number of components found and the mixture fitted to all rows.
struct SampleFit: Sendable {
  let columns: Columns

  /// The search and the fit.
  let fit: MixtureFit<WeightedPoints>

  /// The information of the mixture fitted to all rows.
  let integral: GaussianMixture.Integral

  private let settings: MutualInformationSettings

  init(
    _ columns: Columns, _ settings: MutualInformationSettings, keeping groupOfRow: [Int]? = nil
  ) throws(InformationError) {
    self.columns = columns
    self.settings = settings
    fit = try MixtureFit(
      WeightedPoints(x: columns.x, y: columns.y), settings, spread: columns.smallestVariance,
      keeping: groupOfRow)
    integral = try Self.integral(of: fit.full.mixture, settings)
  }

  /// The result of a mixture fitted to drawn rows.
  struct Drawn: Sendable {
    /// The mutual information [nats].
    let information: Double

    /// The number of components that shrank, and are not in the mixture.
    let lostComponents: Int
  }

  /// Fits drawn rows; `nil` if that fails.
  func information(of multiplicities: [UInt32]) -> Drawn? {
    guard let (mixture, lost) = fit.refitted(to: multiplicities),
      let integral = try? Self.integral(of: mixture, settings)
    else { return nil }
    return Drawn(information: integral.value, lostComponents: lost)
  }

  /// The warnings to know before the value is used.
  var warnings: [MutualInformation.Warning] {
    var warnings = columns.repeated + fit.warnings
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
