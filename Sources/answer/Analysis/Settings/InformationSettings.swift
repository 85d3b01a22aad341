internal import Failures
package import Information

/// The settings of the estimate of mutual information with Gaussian mixtures (GMM-MI).
package struct InformationSettings: Codable, Hashable, Sendable {
  /// The number of bootstraps over particles, and as many over halos; 0 gives no errors.
  package var bootstraps = 50

  /// The most components of a mixture.
  package var maximumComponents = 50

  /// The starts of a fit that are random, for each number of components.
  package var randomStarts = 3

  /// The starts of a fit by k-means, for each number of components.
  package var kMeansStarts = 3

  /// The seed of all random numbers.
  package var seed: UInt64 = 0

  /// The standard deviation of the noise that parts equal true masses [dex].
  package var noise = 1e-3

  /// The number k of the neighbour to which the second, independent estimator measures distances.
  package var neighbours = 5

  /// The most particles of an estimate, evenly spaced among all; without it all are taken.
  var maximumParticles: Int?

  /// Makes the default settings.
  package init() {}

  /// The problems with the settings: the key, its value, and what is allowed.
  var problems: [(key: String, value: String, allowed: String)] {
    do {
      try mixture(threads: 1).validate()
      return []
    } catch {
      return [(error.key, error.value, error.allowed)]
    }
  }

  /// The settings of the estimator.
  package func mixture(threads: Int) -> MutualInformationSettings {
    var settings = MutualInformationSettings()
    settings.bootstraps = bootstraps
    settings.maximumComponents = maximumComponents
    settings.randomStarts = randomStarts
    settings.kMeansStarts = kMeansStarts
    settings.seed = seed
    settings.threads = threads
    return settings
  }
}
