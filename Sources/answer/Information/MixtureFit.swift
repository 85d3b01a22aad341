/// The number of components found for some points, and the mixture fitted to all of them.
struct MixtureFit<Points: MixturePoints>: Sendable {
  typealias Mixture = Points.Mixture

  let points: Points
  let search: ComponentSearch<Points>.Result
  let full: ExpectationMaximization.Fit<Mixture>

  /// The number of components that were found but shrank in the fit to all rows, and are not in it.
  let lostComponents: Int

  private let settings: MutualInformationSettings
  private let smallestVariance: Double

  /// The share of the spread of all points up to which a component counts as shrunk onto a few of them.
  private static var smallestShare: Double { 1e-10 }

  /// Searches and fits.
  ///
  /// - Parameters:
  ///   - points: The points.
  ///   - settings: The settings.
  ///   - spread: The smallest eigenvalue of the covariance matrix of all points together.
  ///   - groupOfRow: The number of each row's group, if folds keep groups whole.
  /// - Throws: ``InformationError/noFit(components:points:)``, or ``InformationError/singular(component:)``.
  init(
    _ points: Points, _ settings: MutualInformationSettings, spread: Double,
    keeping groupOfRow: [Int]? = nil
  ) throws(InformationError) {
    self.points = points
    self.settings = settings
    smallestVariance = Self.smallestShare * spread
    search = try ComponentSearch(
      points, settings, smallestVariance: smallestVariance, keeping: groupOfRow
    ).run()
    (full, lostComponents) = try Self.fit(
      points, from: search.mixture, settings, smallestVariance: smallestVariance)
  }

  /// Fits drawn rows; `nil` if that fails.
  func refitted(to multiplicities: [UInt32]) -> (mixture: Mixture, lostComponents: Int)? {
    guard
      let (fit, lost) = try? Self.fit(
        points.resampled(multiplicities), from: search.mixture, settings,
        smallestVariance: smallestVariance)
    else { return nil }
    return (fit.mixture, lost)
  }

  /// Fits points; a component that shrinks onto a few of them is taken out of the start, and the others
  /// are fitted again.
  ///
  /// - Throws: ``InformationError/singular(component:)`` if the last component shrinks.
  private static func fit(
    _ points: Points, from start: Mixture, _ settings: MutualInformationSettings,
    smallestVariance: Double
  ) throws(InformationError) -> (fit: ExpectationMaximization.Fit<Mixture>, lost: Int) {
    var start = start
    for lost in 0..<start.componentCount {
      let shrunken: Int
      do throws(InformationError) {
        let rough =
          settings.roughPrecision == .double
          ? start : try settings.roughFits.fit(points, from: start).mixture
        let fit = try settings.expectationMaximization.fit(points, from: rough)
        guard
          let thin = (0..<fit.mixture.componentCount).first(where: {
            fit.mixture.smallestVariance(of: $0) <= smallestVariance
          })
        else { return (fit, lost) }
        shrunken = thin
      } catch {
        guard case .singular(let component) = error else { throw error }
        shrunken = component
      }
      guard start.componentCount > 1 else { break }
      start = start.without(shrunken)
    }
    throw .singular(component: 0)
  }

  /// The warnings about the search and the fit to all rows, to know before values are used.
  var warnings: [MutualInformation.Warning] {
    var warnings: [MutualInformation.Warning] = []
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
    return warnings
  }
}
