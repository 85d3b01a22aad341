public import MPI
import Randomness

/// Particles drawn at random from the halos of several simulations.
///
/// The eligible particles of all simulations are numbered in the order of the simulations, and in
/// each in the order of the sites. A draw of `k` takes the first `k` elements of a random
/// permutation of these numbers: uniformly, without replacement, and such that a smaller draw is
/// the beginning of a larger one. The result does not depend on the number of ranks.
public struct SampleDraw: Sendable {
  /// What the samples are for; draws for different roles are independent.
  public enum Role: String, Codable, Hashable, Sendable, CaseIterable {
    /// The weights are fitted to them.
    case training

    /// The weights to keep are chosen by them.
    case validation

    /// Their masses are predicted.
    case test

    /// The number of samples that settings ask for; 0 for every eligible particle.
    public func sampleCount(_ settings: SamplingSettings) -> Int {
      switch self {
      case .training: settings.trainingSamples
      case .validation: settings.validationSamples
      case .test: settings.testSamples
      }
    }

    var purpose: RandomPurpose {
      switch self {
      case .training: .trainingDraw
      case .validation: .validationDraw
      case .test: .testDraw
      }
    }
  }

  /// The samples, in the order in which they were drawn.
  public let samples: [Sample]

  /// The number of eligible particles of each simulation.
  public let eligibleCounts: [Int]

  /// Draws samples for a role.
  ///
  /// Collective. Each rank reads its share of the labels.
  ///
  /// - Parameters:
  ///   - role: What the samples are for.
  ///   - paths: The field files, one per simulation; the same on every rank.
  ///   - settings: The same on every rank.
  ///   - firstSimulation: What ``Sample/simulation`` of the first file is, if the files are not the
  ///     first ones of the ``FieldStore`` that the samples will be cut from.
  ///   - communicator: The ranks that share the reading and all get the samples.
  /// - Throws: `AgreedFailure` of a ``SubBoxError`` if a file cannot be read or there are fewer
  ///   eligible particles than asked for; `MPIError`.
  public init(
    _ role: Role, from paths: [String], settings: SamplingSettings, firstSimulation: Int = 0,
    on communicator: borrowing Communicator
  ) throws {
    let (rank, ranks) = (communicator.rank, communicator.size)
    let labels = try communicator.agree { () throws(SubBoxError) in
      try settings.check()
      return try LabelPlanes(of: paths, settings: settings, share: rank, among: ranks)
    }
    var counts = try communicator.agree { () throws(SubBoxError) in try labels.countEligible() }
    var countSpan = counts.mutableSpan
    try communicator.allReduce(&countSpan, .sum)

    let total = Int(counts.reduce(0, +))
    let asked = role.sampleCount(settings)
    let count = try communicator.agree { () throws(SubBoxError) in
      try Self.sampleCount(asked, of: total, role, settings)
    }
    let permutation = RandomPermutation(count: total, seed: settings.seed, for: role.purpose)
    var words = try communicator.agree { () throws(SubBoxError) in
      try labels.find(Array(permutation.prefix(count)), counts: counts)
    }
    var wordSpan = words.mutableSpan
    try communicator.allReduce(&wordSpan, .sum)
    samples = (0..<count).map { position in
      Sample(words[2 * position], words[2 * position + 1], firstSimulation: firstSimulation)
    }
    eligibleCounts = labels.perSimulation(counts)
  }

  private static func sampleCount(
    _ asked: Int, of total: Int, _ role: Role, _ settings: SamplingSettings
  ) throws(SubBoxError) -> Int {
    let limits =
      (settings.minimumLogMass.map { "\($0) <= " } ?? "") + "log10 M <= \(settings.maximumLogMass)"
    guard total > 0, asked <= total else {
      throw SubBoxError(
        .data, while: "drawing \(asked == 0 ? "all" : "\(asked)") \(role.rawValue) samples",
        because: "only \(total) particles are in halos with \(limits)",
        remedy: "Ask for fewer (0 takes all), widen the limits, or add simulations.")
    }
    return asked == 0 ? total : asked
  }
}
