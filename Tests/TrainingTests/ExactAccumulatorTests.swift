import MPI
import Randomness
import TestSupport
import Testing

@testable import Training

@Suite(.serialized) struct ExactAccumulatorTests {
  /// Gradients of very different sizes, as the samples of a batch have.
  static func gradients(samples: Int, count: Int) -> [[Float]] {
    (0..<samples).map { sample in
      var stream = RandomStream(seed: 4, for: .test, index: UInt64(sample))
      return (0..<count).map { _ in
        Float(2 * stream.uniform() - 1)
          * Float(sign: .plus, exponent: -Int(stream.next() % 20), significand: 1)
      }
    }
  }

  static func mean(
    of samples: Int, exactly: Bool, among ranks: Int, on world: borrowing Communicator
  ) throws -> [Float] {
    let count = 1000
    let gradients = gradients(samples: samples, count: count)
    let part = try world.split(color: world.rank < ranks ? 0 : 1, key: world.rank)
    guard world.rank < ranks else { return [] }
    let own = gradients[samples * world.rank / ranks..<samples * (world.rank + 1) / ranks]
    guard exactly else {
      var sum = [Float](repeating: 0, count: count)
      for gradient in own { for i in 0..<count { sum[i] += gradient[i] } }
      var span = sum.mutableSpan
      try part.allReduce(&span, .sum)
      return sum.map { $0 / Float(samples) }
    }
    let sums = ExactAccumulator(count: count)
    for gradient in own { sums.add(gradient, worker: 0) }
    let mean = TeamMean(parameterCount: count, largest: sums, sampleCount: samples, team: part)
    try mean.start(sums, 0..<count, on: part)
    while try !mean.advance(on: part) {}
    return Array(mean.gradient)
  }

  @Test(.ranks(2...8)) func meansDoNotDependOnTheNumberOfRanks() throws {
    try withWorld { world in
      var means: [[Float]] = []
      for ranks in 1...world.size {
        means.append(try Self.mean(of: 64, exactly: true, among: ranks, on: world))
      }
      if world.isRoot { #expect(Set(means).count == 1) }
    }
  }

  /// The negative control: sums of floats do depend on the number of ranks.
  @Test(.ranks(2...8)) func sumsOfFloatsDependOnTheNumberOfRanks() throws {
    try withWorld { world in
      var means: [[Float]] = []
      for ranks in 1...world.size {
        means.append(try Self.mean(of: 64, exactly: false, among: ranks, on: world))
      }
      if world.isRoot { #expect(Set(means).count == world.size) }
    }
  }

  /// An addend is rounded to a multiple of 2^-40, so 64 of them are off by at most 2^-41 each.
  @Test func meansAreThoseInDoublePrecision() throws {
    try withWorld { world in
      let gradients = Self.gradients(samples: 64, count: 1000)
      let mean = try Self.mean(of: 64, exactly: true, among: 1, on: world)
      for i in 0..<(world.isRoot ? 1000 : 0) {
        let exact = gradients.reduce(0.0) { $0 + Double($1[i]) } / 64
        #expect(abs(Double(mean[i]) - exact) <= 0x1p-41 + Double(Float(exact).ulp) / 2)
      }
    }
  }

  @Test func largeGradientsGoIntoTheCoarseSums() throws {
    let sums = ExactAccumulator(count: 3)
    sums.add([1, 2, 3], worker: 0)
    sums.add([0x1p30, -0x1p12, 0.5], worker: 5)
    sums.add([1, 1, 1], worker: 31)
    var mean = [Float](repeating: 0, count: 3)
    sums.writeMean(of: 4, to: &mean)
    #expect(mean == [0x1p28 + 0.5, -0x1p10 + 0.75, 1.125])
    #expect(sums.lostCount == 0)
    sums.reset()
    sums.add([1, 2, 3], worker: 0)
    sums.writeMean(of: 1, to: &mean)
    #expect(mean == [1, 2, 3])
  }

  @Test(arguments: [Float.nan, .infinity, -.infinity, 0x1p41])
  func whatIsNotFiniteIsCounted(value: Float) {
    let sums = ExactAccumulator(count: 100)
    var gradient = [Float](repeating: 1, count: 100)
    sums.add(gradient, worker: 0)
    #expect(sums.lostCount == 0)
    gradient[99] = value
    sums.add(gradient, worker: 0)
    gradient[0] = value
    sums.add(gradient, worker: 3)
    #expect(sums.lostCount == 2)
  }
}
