import MPI
import Randomness
import TestSupport
import Testing

@testable import Training

/// The mean of a step over the workers of a team.
@Suite(.serialized) struct TeamMeanTests {
  /// Not divisible by any number of ranks that the tests run on, nor by the length of a block.
  static let counts = [1009, 517]

  /// The gradient of a sample [1526], with values of the size of 2^exponent.
  static func gradient(of sample: Int, exponent: Int) -> [Float] {
    var stream = RandomStream(seed: 8, for: .test, index: UInt64(sample))
    return (0..<counts[0] + counts[1]).map { _ in
      Float(2 * stream.uniform() - 1) * Float(sign: .plus, exponent: exponent, significand: 1)
    }
  }

  /// The sums of this rank's samples, of the first values and of the others.
  static func sums(
    _ exponents: [Int], on team: borrowing Communicator
  ) -> [ExactAccumulator] {
    let sums = counts.map { ExactAccumulator(count: $0) }
    for sample in exponents.indices where sample % team.size == team.rank {
      let gradient = gradient(of: sample, exponent: exponents[sample])
      gradient.withUnsafeBufferPointer { values in
        guard let start = values.baseAddress else { return }
        sums[0].add(start, worker: 0)
        sums[1].add(start + counts[0], worker: 0)
      }
    }
    return sums
  }

  /// One sum after the other, as in a step of a training.
  static func mean(
    of sums: [ExactAccumulator], samples: Int, on team: borrowing Communicator
  ) throws -> TeamMean {
    let total = counts.reduce(0, +)
    let mean = TeamMean(parameterCount: total, largest: sums[0], sampleCount: samples, team: team)
    // The second part goes first, as the dense layers do.
    for (sum, range) in [(sums[1], counts[0]..<total), (sums[0], 0..<counts[0])] {
      try mean.start(sum, range, on: team)
      while try !mean.advance(on: team) {}
    }
    return mean
  }

  /// Sums of four to eight bytes, and coarse ones on some of the ranks.
  @Test(
    .ranks(1...8),
    arguments: [
      [-12, -13, -14, -20, -30], [-9, -3, -5, -1, -40], [0, 4, 9, 10, 10], [30, 0, -20, 5, 12],
      [0, 40, 0, -30, -9],
    ]
  ) func everyRankHasTheMeanOfOneRank(exponents: [Int]) throws {
    try withWorld { world in
      let mean = try Self.mean(
        of: Self.sums(exponents, on: world), samples: exponents.count, on: world)
      let alone = try world.split(color: world.rank, key: 0)
      let expected = try Self.mean(
        of: Self.sums(exponents, on: alone), samples: exponents.count, on: alone)
      #expect(Array(mean.gradient) == Array(expected.gradient))
      #expect(Set(expected.gradient).count > 1000)
    }
  }

  /// A gradient that is lost on one rank makes the sums void on all, and no rank waits for another.
  @Test(.ranks(1...8)) func aLostGradientIsKnownToAll() throws {
    try withWorld { world in
      let sums = Self.sums([0, -3], on: world)
      if world.rank == world.size - 1 { sums[0].addLost() }
      _ = try Self.mean(of: sums, samples: 2, on: world)
      #expect(sums[0].lostCount == 1 && sums[1].lostCount == 0)
    }
  }

  /// The next step begins with empty sums, whatever the one before it had.
  @Test(.ranks(1...8)) func stepsFollowEachOther() throws {
    try withWorld { world in
      let sums = Self.sums([30, 3, -12], on: world)
      let mean = TeamMean(
        parameterCount: Self.counts[0], largest: sums[0], sampleCount: 1, team: world)
      for step in 0..<3 {
        sums[0].reset()
        if world.rank == step % world.size {
          let gradient = Self.gradient(of: step, exponent: step == 1 ? 20 : 0)
          gradient.withUnsafeBufferPointer { values in
            if let start = values.baseAddress { sums[0].add(start, worker: step) }
          }
        }
        try mean.start(sums[0], 0..<Self.counts[0], on: world)
        while try !mean.advance(on: world) {}
        let expected = Self.gradient(of: step, exponent: step == 1 ? 20 : 0)
        let unit: Float = step == 1 ? 0x1p-11 : 0x1p-41
        for i in 0..<Self.counts[0] {
          #expect(abs(mean.gradient[i] - expected[i]) <= unit + expected[i].ulp)
        }
      }
    }
  }
}
