import Foundation
import Information

/// Twin universes as a model: the most that the modes up to a wavenumber can tell, and the networks' shares of it.
package struct TwinReport: Codable, Hashable, Sendable {
  /// The wavenumber up to which the twins have the phases of the test simulations [h/Mpc].
  package var reseededAbove: Double

  /// Which of several twins of every simulation at this wavenumber they are, from 1.
  package var number: Int

  /// The test simulations and their twins.
  package var pairs: [TwinPrediction.Pair]

  /// How many of the compared particles are in a halo of their twin.
  package var count: Int

  /// The share of the compared particles of these simulations that is in no halo of the twin.
  package var shareWithout: Outcome<Double>

  /// The residuals of the twins' masses.
  package var statistics: ResidualStatistics

  /// The information of the twins' masses about the true ones: the ceiling.
  package var information: Outcome<InformationSummary>

  /// The reference seeds of the variants on the same particles.
  package var networks: [NetworkShare]

  /// The twins' against the true masses, with contours.
  package var map: Outcome<DensityMap>

  /// A variant on the particles that are in halos of the twins.
  package struct NetworkShare: Codable, Hashable, Sendable {
    /// The name of the variant.
    package var variant: String

    /// The residuals.
    package var statistics: ResidualStatistics

    /// The information about the true mass.
    package var information: Outcome<InformationSummary>

    /// How much more the network says than the twins; below zero where the twins are a ceiling.
    package var difference: Outcome<InformationDifference>

    /// The information as a share of that of the twins.
    package var share: Outcome<InformationShare>
  }

  /// The name in tables and figures.
  package var name: String {
    String(format: "twin, k <= %.4g h/Mpc", reseededAbove) + (number > 1 ? " (\(number))" : "")
  }
}

/// The information of one prediction as a share of that of another, for the same particles.
package struct InformationShare: Codable, Hashable, Sendable {
  /// The first value divided by the second.
  package var value: Double

  /// The standard deviation of the ratio over bootstraps of halos, or of particles if halos are unknown.
  package var deviation: Outcome<Double>

  /// Whether the deviation is over halos.
  package var isOverHalos: Bool

  /// Divides two estimates that were made from the same particles with the same settings.
  static func of(
    _ first: Outcome<InformationSummary>, by second: Outcome<InformationSummary>
  ) -> Outcome<InformationShare> {
    guard case .known(let first) = first else { return .unknown(first.reason ?? "") }
    guard case .known(let second) = second else { return .unknown(second.reason ?? "") }
    guard second.value > 0 else {
      return .unknown("the second has no information to divide by")
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
