internal import Foundation
internal import Information

/// The information of two predictions about true masses, together and one beyond the other.
package struct JointSummary: Codable, Hashable, Sendable {
  /// One of the quantities.
  package struct Part: Codable, Hashable, Sendable {
    /// The mean over bootstraps of particles, the value that is quoted [nats].
    package var value: Double

    /// The standard deviation over bootstraps of particles [nats].
    package var deviation: Outcome<Double>

    /// The standard deviation over bootstraps of whole halos [nats].
    package var haloDeviation: Outcome<Double>

    /// The value of the mixture fitted to all particles [nats].
    package var fullSample: Double

    /// The estimate from nearest neighbours, a check that shares nothing with the mixtures [nats].
    package var nearestNeighbours: Outcome<Double>

    /// The standard error: over halos, or over particles if halos are unknown [nats].
    package var standardError: Double? { haloDeviation.value ?? deviation.value }

    /// The value in standard deviations over halos, or over particles if halos are unknown.
    package var significance: Outcome<Double> {
      guard let deviation = standardError else {
        return .unknown("no bootstraps were asked for")
      }
      return deviation > 0 ? .known(value / deviation) : .unknown("there is no scatter")
    }
  }

  /// The number of particles.
  package var count: Int

  /// I(M; first, second): what both predictions say together.
  package var joint: Part

  /// I(M; first), of the same mixture.
  package var first: Part

  /// I(M; second), of the same mixture.
  package var second: Part

  /// I(M; first | second): what the first prediction says beyond the second.
  package var firstGivenSecond: Part

  /// I(M; second | first): what the second prediction says beyond the first.
  package var secondGivenFirst: Part

  /// The joint information if masses and predictions were one Gaussian [nats].
  var gaussianJoint: Double

  /// The number of components of the mixture.
  package var components: Int

  /// The warnings to know before the values are used, a sentence each.
  package var warnings: [String]
}

/// Particles of which joint information is estimated.
struct JointSample: Sendable {
  /// True masses with one and with the other prediction, of the same particles.
  var first: InformationSample
  var second: InformationSample
}

extension JointSummary {
  /// Estimates the information of two predictions about true masses.
  ///
  /// The truth is treated as in ``InformationSummary/estimate(_:window:settings:threads:)``.
  static func estimate(
    _ sample: JointSample, window: ClosedRange<Double>, settings: InformationSettings, threads: Int
  ) -> Outcome<JointSummary> {
    let halos = sample.first.drawableHalos
    do {
      let edges = try HardEdges(range: window, noise: settings.noise, seed: settings.seed)
      let truth = try edges.removed(from: sample.first.truth)
      let (first, second) = (sample.first.prediction, sample.second.prediction)
      let information = try MutualInformationEstimator(settings: settings.mixture(threads: threads))
        .joint(target: truth, first: first, second: second, groups: halos.value)
      let neighbours = try NearestNeighbourEstimator(
        neighbours: settings.neighbours, seed: settings.seed, threads: threads
      ).joint(target: truth, first: first, second: second)
      return .known(JointSummary(information, neighbours, halos: halos))
    } catch {
      return .unknown("\(error)")
    }
  }

  private init(
    _ information: JointInformation, _ neighbours: NearestNeighbourJointInformation,
    halos: Outcome<[Int32]>
  ) {
    func part(_ part: JointInformation.Part, _ neighbours: Outcome<Double>) -> Part {
      func deviation(_ value: Double?, _ reason: String?) -> Outcome<Double> {
        value.map { .known($0) } ?? .unknown(reason ?? "no bootstraps were asked for")
      }
      return Part(
        value: part.mean, deviation: deviation(part.standardDeviation, nil),
        haloDeviation: deviation(part.groupStandardDeviation, halos.reason),
        fullSample: part.fullSample, nearestNeighbours: neighbours)
    }
    let (joint, single) = (
      neighbours.joint, "nearest neighbours estimate it with the prediction alone"
    )
    count = information.points
    self.joint = part(information.joint, .known(joint))
    first = part(information.first, .unknown(single))
    second = part(information.second, .unknown(single))
    firstGivenSecond = part(information.firstGivenSecond, .known(neighbours.firstGivenSecond))
    secondGivenFirst = part(information.secondGivenFirst, .known(neighbours.secondGivenFirst))
    gaussianJoint = information.gaussianValues[0]
    components = information.components
    warnings = information.warnings.map(\.description)
    if abs(joint - self.joint.value) > InformationSummary.agreement {
      warnings.append(
        String(
          format: "nearest neighbours say %.3f and mixtures %.3f: look at the fitted density",
          joint,
          self.joint.value))
    }
  }

  /// Adds a warning if what the mixture says of one prediction alone is not what its own estimate says: the chain
  /// rule would not hold between the tables.
  mutating func compare(_ part: Part, of name: String, with alone: Outcome<InformationSummary>) {
    guard let alone = alone.value?.value,
      abs(alone - part.value) > InformationSummary.agreement
    else { return }
    let values = [part.value, alone].map { String(format: "%.3f", $0) }
    warnings.append(
      "the mixture of masses and both predictions has \(values[0]) for \(name), that of \(name) alone "
        + values[1])
  }
}
