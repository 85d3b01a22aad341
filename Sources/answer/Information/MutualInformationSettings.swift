package import Failures
internal import Foundation
internal import Threads

/// The settings of the estimate of mutual information with Gaussian mixtures.
///
/// The defaults give the method of gmm-mi (Piras et al. 2023, doi:10.1088/2632-2153/acc444) without its
/// traps: starts by k-means beside random ones, patience for two, and an integral without noise. Fits from starts that
/// turn out worse end early.
package struct MutualInformationSettings: Hashable, Codable, Sendable {
  /// The method of integrating over a fitted mixture.
  enum Integration: Hashable, Codable, Sendable {
    /// By quadrature, to about 1e-7.
    case quadrature

    /// By Monte Carlo with the same random numbers for every bootstrap: its error shifts all of them
    /// together, and is in none of the quoted errors.
    case monteCarlo(samples: Int)
  }

  /// The seed of all random numbers.
  package var seed: UInt64 = 0

  /// The number of random starts for each number of components.
  package var randomStarts = 3

  /// The number of starts by k-means for each number of components.
  package var kMeansStarts = 3

  /// The number of starts whose fits go on to their ends, for each number of components; the fits from the others end
  /// early.
  var finalists = 2

  /// The change of the mean log-likelihood per point that ends a fit early [nats].
  var screeningTolerance = 1e-4

  /// The number of parts into which the rows are divided for cross-validation.
  var folds = 2

  /// The smallest gain of the cross-validated mean log-likelihood that counts [nats].
  var improvement = 1e-5

  /// The number of component counts without a gain, in all, after which the search ends.
  package var patience = 2

  /// The most components.
  package var maximumComponents = 50

  /// The number of bootstraps of rows and, where groups are given, of groups.
  package var bootstraps = 50

  /// The method of integration.
  var integration = Integration.quadrature

  /// The change of the mean log-likelihood per point that ends a fit [nats].
  var fitTolerance = 1e-5

  /// The precision of the fits that others follow: of the search for the number of components, and of the first part of
  /// each later fit, whose end has double precision.
  var roughPrecision = FitPrecision.single

  /// The most iterations of a fit.
  var maximumIterations = 10_000

  /// The number of threads that compute; the results are the same bits for any number.
  package var threads = AvailableProcessors.count()

  /// Makes the default settings.
  package init() {}

  /// The settings of gmm-mi 0.8: random starts alone, all fits to their ends, patience for one, Monte Carlo.
  package static var parity: Self {
    var settings = Self()
    settings.kMeansStarts = 0
    settings.finalists = .max
    settings.patience = 1
    settings.integration = .monteCarlo(samples: 100_000)
    return settings
  }

  /// Checks that the settings can be used.
  ///
  /// - Throws: `SettingOutOfRange`.
  package func validate() throws(SettingOutOfRange) {
    func require(
      _ isAllowed: Bool, _ name: String, _ value: some CustomStringConvertible, _ allowed: String
    ) throws(SettingOutOfRange) {
      if !isAllowed {
        throw SettingOutOfRange(ofEstimate: name, value: "\(value)", allowed: allowed)
      }
    }
    try require(randomStarts >= 0, "randomStarts", randomStarts, "0 or more")
    try require(kMeansStarts >= 0, "kMeansStarts", kMeansStarts, "0 or more")
    try require(
      randomStarts + kMeansStarts > 0, "randomStarts + kMeansStarts", 0, "1 or more together")
    try require(finalists >= 1, "finalists", finalists, "1 or more")
    try require(folds >= 2, "folds", folds, "2 or more")
    try require(improvement >= 0, "improvement", improvement, "0 or more")
    try require(patience >= 1, "patience", patience, "1 or more")
    try require(
      (1...GaussianMixture.maximumComponents).contains(maximumComponents), "maximumComponents",
      maximumComponents, "1 to \(GaussianMixture.maximumComponents)")
    try require(
      bootstraps == 0 || bootstraps >= 2, "bootstraps", bootstraps, "0 (no errors) or 2 and more")
    try require(fitTolerance > 0, "fitTolerance", fitTolerance, "above 0")
    try require(
      roughPrecision == .double || fitTolerance >= 1e-6, "fitTolerance", fitTolerance,
      "1e-6 or more, unless roughPrecision is double")
    try require(
      screeningTolerance >= fitTolerance, "screeningTolerance", screeningTolerance,
      "fitTolerance or more")
    try require(maximumIterations >= 2, "maximumIterations", maximumIterations, "2 or more")
    try require(threads >= 1, "threads", threads, "1 or more")
    if case .monteCarlo(let samples) = integration {
      try require(samples >= 100, "samples", samples, "100 or more")
    }
  }

  /// The starts for a number of components.
  func starts(for components: Int) -> [MixtureStart] {
    let random = (0..<randomStarts).map { MixtureStart(kind: .random, number: $0) }
    let kMeans = (0..<kMeansStarts).map { MixtureStart(kind: .kMeans, number: $0) }
    // One component has the same start however it is made.
    return components == 1 ? Array((random + kMeans).prefix(1)) : random + kMeans
  }

  /// The fits of which the information is taken.
  var expectationMaximization: ExpectationMaximization {
    ExpectationMaximization(tolerance: fitTolerance, maximumIterations: maximumIterations)
  }

  /// The fits that find the best starts.
  var screeningFits: ExpectationMaximization {
    var fits = roughFits
    fits.tolerance = screeningTolerance
    return fits
  }

  /// The fits that others follow.
  var roughFits: ExpectationMaximization {
    var fits = expectationMaximization
    fits.precision = roughPrecision
    return fits
  }
}
