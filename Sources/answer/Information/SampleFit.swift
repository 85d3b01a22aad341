/// Two columns with the number of components found and the mixture fitted to all rows.
struct SampleFit: Sendable {
  let columns: Columns
  let points: WeightedPoints
  let search: ComponentSearch.Result
  let full: ExpectationMaximization.Fit

  /// How many of the components that were found shrank in the fit to all rows, and are not in it.
  let lostComponents: Int
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
    (full, lostComponents) = try Self.fit(
      points, from: search.mixture, settings, smallestVariance: smallestVariance)
    integral = try Self.integral(of: full.mixture, settings)
  }

  /// What a mixture fitted to drawn rows gave.
  struct Drawn: Sendable {
    /// The mutual information [nats].
    let information: Double

    /// How many components shrank, and are not in the mixture.
    let lostComponents: Int
  }

  /// Fits drawn rows; nothing if that fails.
  func information(of multiplicities: [UInt32]) -> Drawn? {
    guard
      let (fit, lost) = try? Self.fit(
        points.resampled(multiplicities), from: search.mixture, settings,
        smallestVariance: smallestVariance),
      let integral = try? Self.integral(of: fit.mixture, settings)
    else { return nil }
    return Drawn(information: integral.value, lostComponents: lost)
  }

  /// Fits points; a component that shrinks onto a few of them is taken out of the start, and the others
  /// are fitted again.
  ///
  /// - Throws: ``InformationError/singular(component:)`` if the last component shrinks.
  private static func fit(
    _ points: WeightedPoints, from start: GaussianMixture, _ settings: MutualInformationSettings,
    smallestVariance: Double
  ) throws(InformationError) -> (fit: ExpectationMaximization.Fit, lost: Int) {
    var start = start
    for lost in 0..<start.components.count {
      let shrunken: Int
      do throws(InformationError) {
        let fit = try settings.expectationMaximization.fit(points, from: start)
        guard
          let thin = fit.mixture.components.firstIndex(where: {
            $0.smallestVariance <= smallestVariance
          })
        else { return (fit, lost) }
        shrunken = thin
      } catch {
        guard case .singular(let component) = error else { throw error }
        shrunken = component
      }
      guard start.components.count > 1 else { break }
      start = start.without(shrunken)
    }
    throw .singular(component: 0)
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
    if lostComponents > 0 { warnings.append(.reducedFit(lost: lostComponents)) }
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
