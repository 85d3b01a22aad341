internal import Failures
package import MPI
internal import Randomness

/// Particles drawn at random from the halos of several simulations, and from the field if samples include it.
///
/// The eligible particles of all simulations are numbered in the order of the simulations, and in
/// each in the order of the sites. A draw of `k` takes the first `k` elements of a random
/// permutation of these numbers: uniformly, without replacement, and such that a smaller draw is
/// the beginning of a larger one. The result does not depend on the number of ranks.
///
/// With ``SamplingSettings/balancedMassEdges`` the particles of each bin of the mass are numbered and permuted by
/// themselves, and a training draw takes from the bins in turn.
package struct SampleDraw: Sendable {
  /// The purpose of the samples; draws for different purposes are independent.
  package enum Role: String, Codable, Hashable, Sendable, CaseIterable {
    /// The weights are fitted to them.
    case training

    /// The weights to keep are chosen by them.
    case validation

    /// Their masses are predicted.
    case test

    /// The number of samples that settings ask for; 0 for every eligible particle.
    package func sampleCount(_ settings: SamplingSettings) -> Int {
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
  package let samples: [Sample]

  /// The number of eligible particles of each simulation.
  package let eligibleCounts: [Int]

  /// Draws samples for a role.
  ///
  /// Collective. Each rank reads its share of the labels.
  ///
  /// - Parameters:
  ///   - role: The purpose of the samples.
  ///   - paths: The field files, one per simulation; the same on every rank.
  ///   - settings: The same on every rank.
  ///   - firstSimulation: The value of ``Sample/simulation`` for the first file, if the files are
  ///     not the first ones of the ``FieldStore`` that the samples will be cut from.
  ///   - communicator: The ranks that share the reading and all get the samples.
  /// - Throws: `AgreedFailure` of a `Failure` if a file cannot be read or there are fewer
  ///   eligible particles than asked for; `MPIError`.
  package init(
    _ role: Role, from paths: [String], settings: SamplingSettings, firstSimulation: Int = 0,
    on communicator: borrowing Communicator
  ) throws {
    let (rank, ranks) = (communicator.rank, communicator.size)
    let bins = settings.bins(of: role)
    let labels = try communicator.agree { () throws(Failure) in
      try settings.check()
      return try LabelPlanes(of: paths, bins: bins, share: rank, among: ranks)
    }
    var counts = try communicator.agree { () throws(Failure) in try labels.countEligible() }
    var countSpan = counts.mutableSpan
    try communicator.allReduce(&countSpan, .sum)

    let totals = labels.perBin(counts)
    let asked = role.sampleCount(settings)
    let count = try communicator.agree { () throws(Failure) in
      try Self.sampleCount(asked, of: totals, role, bins)
    }
    let numbers = Self.numbers(count, of: totals, seed: settings.seed, for: role.purpose)
    var words = try communicator.agree { () throws(Failure) in
      try labels.find(numbers, counts: counts)
    }
    var wordSpan = words.mutableSpan
    try communicator.allReduce(&wordSpan, .sum)
    samples = (0..<count).map { position in
      let place = Sample.wordCount * position
      return Sample(
        words: words[place..<place + Sample.wordCount], firstSimulation: firstSimulation)
    }
    eligibleCounts = labels.perSimulation(counts)
  }

  /// The memory that a rank needs for labels and radii while it draws from simulations of these sizes, N of N^3
  /// sites each: those of one slab of planes at a time [bytes].
  package static func workingBytes(gridSizes: [Int]) -> Int {
    let sites = PlaneSlabs(gridSizes: gridSizes).slabs.map { slab in
      slab.planes.count * gridSizes[slab.simulation] * gridSizes[slab.simulation]
    }
    return 2 * (sites.max() ?? 0) * MemoryLayout<Float>.stride
  }

  /// The numbers of `count` particles, drawn from the bins in turn.
  private static func numbers(
    _ count: Int, of totals: [Int], seed: UInt64, for purpose: RandomPurpose
  ) -> [Int] {
    var first = 0
    let draws = totals.enumerated().map { bin, total in
      defer { first += total }
      let permutation = RandomPermutation(
        count: total, seed: seed, for: purpose, index: UInt64(bin))
      return permutation.prefix((count + totals.count - 1 - bin) / totals.count).map { first + $0 }
    }
    return (0..<count).map { draws[$0 % totals.count][$0 / totals.count] }
  }

  /// Returns the number of samples to draw: `asked`, or if 0, the most that fills all bins equally.
  ///
  /// The bins' numbers of samples differ by one at most.
  private static func sampleCount(
    _ asked: Int, of totals: [Int], _ role: Role, _ bins: MassBins
  ) throws(Failure) -> Int {
    let smallest = totals.min() ?? 0
    for (bin, total) in totals.enumerated() {
      let needed = asked == 0 ? 1 : (asked + totals.count - 1 - bin) / totals.count
      guard total >= max(needed, 1) else {
        throw Failure(
          .badData,
          "drawing \(asked == 0 ? "all" : "\(asked)") \(role.rawValue) samples"
            + (bins.count > 1 ? ", equally many from \(bins.count) bins of the mass" : ""),
          because: "only \(total) particles are \(bins.description(of: bin))",
          remedy: "Ask for fewer (0 takes all), widen the limits, or add simulations.")
      }
    }
    return asked == 0 ? smallest * totals.count : asked
  }
}
