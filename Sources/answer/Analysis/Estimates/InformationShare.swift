internal import Foundation
internal import Information

/// The information of one prediction as a share of that of another, for the same particles.
package struct InformationShare: Codable, Hashable, Sendable {
  /// The first value divided by the second.
  package var value: Double

  /// The standard deviation of the ratio over bootstraps of halos, or of particles if halos are unknown.
  package var deviation: Outcome<Double>

  /// Whether the deviation is over halos.
  var isOverHalos: Bool

  /// The least number of standard deviations that the second value must be from zero.
  private static let leastSignificance = 3.0

  /// Divides two estimates that were made from the same particles with the same settings.
  ///
  /// There is no share of a second value that could be zero: it would be any number.
  static func of(
    _ first: Outcome<InformationSummary>, by second: Outcome<InformationSummary>
  ) -> Outcome<InformationShare> {
    guard case .known(let first) = first else { return .unknown(first.reason ?? "") }
    guard case .known(let second) = second else { return .unknown(second.reason ?? "") }
    let deviation = second.standardError ?? 0
    guard second.value > 0, second.value >= leastSignificance * deviation else {
      return .unknown(
        String(
          format: "%.3f +- %.3f nats could be none: a share of it would say nothing", second.value,
          deviation))
    }
    let isOverHalos = !first.haloBootstraps.isEmpty
    let draws =
      isOverHalos
      ? zip(first.haloBootstraps, second.haloBootstraps)
      : zip(first.particleBootstraps, second.particleBootstraps)
    let ratios = Bootstrap(
      draws: draws.map { first, second in
        if let first, let second, second > 0 { first / second } else { nil }
      })
    return .known(
      InformationShare(
        value: first.value / second.value,
        deviation: ratios.map { .known($0.standardDeviation) }
          ?? .unknown("there are no bootstraps of both"),
        isOverHalos: isOverHalos))
  }
}
