internal import Foundation
internal import Information

/// The information of predictions about true masses: an estimate of it with its errors and
/// checks.
package struct InformationSummary: Codable, Hashable, Sendable {
  /// The number of particles.
  package var count: Int

  /// The mean over bootstraps of particles, the value that is quoted [nats].
  package var value: Double

  /// The standard deviation over bootstraps of particles [nats].
  package var deviation: Outcome<Double>

  /// The standard deviation over bootstraps of whole halos, which counts what their particles share [nats].
  package var haloDeviation: Outcome<Double>

  /// The standard error: over halos, or over particles if halos are unknown [nats].
  package var standardError: Double? { haloDeviation.value ?? deviation.value }

  /// The estimate from all particles [nats].
  package var fullSample: Double

  /// -1/2 ln(1 - r^2): what one Gaussian with the same correlation would have [nats].
  var gaussian: Double

  /// The estimate from nearest neighbours, a check that shares nothing with the mixtures [nats].
  package var nearestNeighbours: Outcome<Double>

  /// The standard deviation of Gaussian noise on the true masses that leaves as much information [dex].
  package var equivalentScatter: Outcome<Double>

  /// The number of components of the mixture.
  package var components: Int

  /// The estimates of the bootstraps of particles; `nil` where the fit failed, [draw] [nats].
  var particleBootstraps: [Double?]

  /// The estimates of the bootstraps of halos; `nil` where the fit failed, [draw] [nats].
  var haloBootstraps: [Double?]

  /// The warnings to know before the value is used, a sentence each.
  package var warnings: [String]

  /// The difference between two estimators that is still worth no warning [nats].
  static let agreement = 0.05
}

extension InformationSummary {
  /// Estimates the information of predictions and true masses.
  ///
  /// The truth gets a small noise, and its range is mapped to all numbers by the inverse hyperbolic tangent
  /// (footnote 1 of the paper). A prediction that takes few values is spread within its steps, which keeps
  /// the information.
  ///
  /// - Parameters:
  ///   - sample: The particles.
  ///   - window: The range by which true masses were chosen [log10 Msun].
  ///   - settings: The settings of the estimate.
  ///   - threads: The number of threads that compute; the result does not depend on it.
  /// - Returns: The estimate; unknown for columns that allow none.
  static func estimate(
    _ sample: InformationSample, window: ClosedRange<Double>, settings: InformationSettings,
    threads: Int
  ) -> Outcome<InformationSummary> {
    do {
      let edges = try HardEdges(range: window, noise: settings.noise, seed: settings.seed)
      let truth = try edges.removed(from: sample.truth)
      // The seed differs from that of the truth, so that both noises are independent.
      let prediction =
        sample.isDiscrete
        ? try spreadWithinGaps(sample.prediction, seed: ~settings.seed) : sample.prediction
      let information = try MutualInformationEstimator(settings: settings.mixture(threads: threads))
        .estimate(
          truth, prediction, groups: sample.drawableHalos.value,
          foldsKeepGroups: sample.kind != .networkAlone)
      var summary = InformationSummary(information, halos: sample.drawableHalos)
      summary.equivalentScatter = NoiseReference(sample.truth).sigma(leaving: summary.value)
      guard sample.kind != .twin else {
        // Neighbours would be those of the same halo in both universes.
        summary.nearestNeighbours = .unknown("the particles of a halo share both masses")
        return .known(summary)
      }
      summary.compare(
        with: try NearestNeighbourEstimator(
          neighbours: settings.neighbours, seed: settings.seed, threads: threads
        ).estimate(truth, prediction).value, sample.kind)
      return .known(summary)
    } catch {
      return .unknown(reason(for: error, of: sample))
    }
  }

  /// Returns the reason why there is no estimate, which names masses or predictions if they are constant.
  private static func reason(for error: any Error, of sample: InformationSample) -> String {
    guard case InformationError.constant = error else { return "\(error)" }
    return Set(sample.truth).count == 1 ? "all true masses are equal" : "all predictions are equal"
  }

  private init(_ information: MutualInformation, halos: Outcome<[Int32]>) {
    func deviation(_ bootstrap: Bootstrap?, _ reason: String?) -> Outcome<Double> {
      bootstrap.map { .known($0.standardDeviation) }
        ?? .unknown(reason ?? "no bootstraps were asked for")
    }
    count = information.points
    value = information.mean
    self.deviation = deviation(information.rowBootstrap, nil)
    haloDeviation = deviation(information.groupBootstrap, halos.reason)
    fullSample = information.fullSample
    gaussian = information.gaussianValue
    nearestNeighbours = .unknown("it was not computed")
    equivalentScatter = .unknown("it was not computed")
    components = information.components
    particleBootstraps = information.rowBootstrap?.draws ?? []
    haloBootstraps = information.groupBootstrap?.draws ?? []
    warnings = information.warnings.map(\.description)
  }

  private mutating func compare(with neighbours: Double, _ kind: InformationSample.Kind) {
    nearestNeighbours = .known(neighbours)
    if abs(neighbours - value) > Self.agreement {
      let remedy =
        kind == .besideTwin
        ? "neighbours are often of the same halo, which the folds of the mixtures keep whole"
        : "look at the fitted density"
      warnings.append(
        String(format: "nearest neighbours say %.3f and mixtures %.3f: ", neighbours, value)
          + remedy)
    }
  }
}

/// Particles of which information is estimated.
struct InformationSample: Sendable {
  /// The true masses [log10 Msun].
  var truth: [Double]

  /// The predicted masses [log10 Msun].
  var prediction: [Double]

  /// Whether predictions take few values.
  var isDiscrete: Bool

  /// The kind of predictions: shared by the particles of a halo, compared with such, or neither.
  var kind = Kind.networkAlone

  /// The kinds of predictions, as far as halos are concerned.
  enum Kind: Sendable {
    /// A model that sees particles one by one.
    case networkAlone

    /// The same, on the particles of a twin, and compared with that.
    case besideTwin

    /// A twin: where particles share their halo in both universes, true and predicted masses are discrete. Folds
    /// that keep halos whole hold no fit to the masses of single halos to be right.
    case twin
  }

  /// The halo of each particle.
  var halos: Outcome<[Int32]>

  /// The halos, if there are several to draw from.
  var drawableHalos: Outcome<[Int32]> {
    guard let halos = halos.value, Set(halos).count < 2 else { return halos }
    return .unknown("all particles are in one halo")
  }

  /// Returns at most `maximum` of the particles, evenly spaced.
  func thinned(to maximum: Int?) -> InformationSample {
    guard let maximum, maximum < truth.count else { return self }
    let places = (0..<maximum).map { $0 * truth.count / maximum }
    return InformationSample(
      truth: places.map { truth[$0] }, prediction: places.map { prediction[$0] },
      isDiscrete: isDiscrete, kind: kind, halos: halos.map { halos in places.map { halos[$0] } })
  }
}
