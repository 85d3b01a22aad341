internal import Information
internal import Statistics

/// The information of one prediction about true masses minus that of another, for the same particles.
///
/// Both were estimated from the same draws of particles and of halos, so what a draw does to both
/// cancels: the difference is known better than either.
package struct InformationDifference: Codable, Hashable, Sendable {
  /// The mean difference over bootstraps of particles [nats].
  package var value: Double

  /// The standard deviation over bootstraps of halos, or of particles if halos are unknown [nats].
  package var deviation: Double

  /// The 2.5 % and 97.5 % quantiles of the same bootstraps [nats].
  package var interval: ClosedRange<Double>

  /// Whether deviation and interval are over halos.
  var isOverHalos: Bool

  /// The number of bootstraps of particles and halos left out because a fit to one of the two failed.
  var lostBootstraps: Int

  /// The difference in standard deviations; unknown if there is no scatter.
  package var significance: Outcome<Double>

  /// The first value divided by the second.
  package var ratio: Outcome<Double>

  /// Subtracts two estimates that were made from the same particles with the same settings.
  static func of(
    _ first: Outcome<InformationSummary>, minus second: Outcome<InformationSummary>
  ) -> Outcome<InformationDifference> {
    guard case .known(let first) = first else { return .unknown(first.reason ?? "") }
    guard case .known(let second) = second else { return .unknown(second.reason ?? "") }
    precondition(first.count == second.count, "estimates of different particles")
    func differences(_ draws: KeyPath<InformationSummary, [Double?]>) -> Bootstrap? {
      Bootstrap(
        draws: zip(first[keyPath: draws], second[keyPath: draws]).map { first, second in
          if let first, let second { first - second } else { nil }
        })
    }
    guard !first.particleBootstraps.isEmpty else {
      return .unknown("no bootstraps were asked for")
    }
    guard let particles = differences(\.particleBootstraps) else {
      return .unknown("in more than half of the bootstraps of particles a fit failed")
    }
    let halos = differences(\.haloBootstraps)
    guard halos != nil || first.haloBootstraps.isEmpty else {
      return .unknown("in more than half of the bootstraps of halos a fit failed")
    }
    let scatter = (halos ?? particles).values
    let quantiles = Quantiles(scatter)
    let value = particles.mean
    let deviation = standardDeviation(scatter)
    return .known(
      InformationDifference(
        value: value, deviation: deviation,
        interval: (quantiles(0.025) ?? value)...(quantiles(0.975) ?? value),
        isOverHalos: halos != nil,
        lostBootstraps: particles.failedDraws.count + (halos?.failedDraws.count ?? 0),
        significance: deviation > 0 ? .known(value / deviation) : .unknown("there is no scatter"),
        ratio: second.value > 0
          ? .known(first.value / second.value)
          : .unknown("the second has no information to divide by")))
  }
}
