import Testing

@testable import Randomness

@Suite struct RandomnessTests {
  /// Known answers of Random123 1.14.0, `tests/kat_vectors`, lines "philox4x32 10".
  @Test func philoxGivesTheKnownAnswers() {
    #expect(
      Philox.block(counter: SIMD4(repeating: 0), key: SIMD2(repeating: 0))
        == SIMD4(0x6627_e8d5, 0xe169_c58d, 0xbc57_ac4c, 0x9b00_dbd8))
    #expect(
      Philox.block(counter: SIMD4(repeating: .max), key: SIMD2(repeating: .max))
        == SIMD4(0x408f_276d, 0x41c8_3b0e, 0xa20b_c7c6, 0x6d54_51fd))
    #expect(
      Philox.block(
        counter: SIMD4(0x243f_6a88, 0x85a3_08d3, 0x1319_8a2e, 0x0370_7344),
        key: SIMD2(0xa409_3822, 0x299f_31d0))
        == SIMD4(0xd16c_fe09, 0x94fd_cceb, 0x5001_e420, 0x2412_6ea1))
  }

  @Test func streamsOfDifferentSeedsPurposesAndIndicesDiffer() {
    func first(_ seed: UInt64, _ purpose: RandomPurpose, _ index: UInt64) -> UInt64 {
      var stream = RandomStream(seed: seed, for: purpose, index: index)
      return stream.next()
    }
    var seen: Set<UInt64> = []
    for seed in [0, 1, 1 << 32] as [UInt64] {
      for purpose in RandomPurpose.allCases {
        for index in [0, 1, 1 << 32] as [UInt64] { seen.insert(first(seed, purpose, index)) }
      }
    }
    #expect(seen.count == 9 * RandomPurpose.allCases.count)
  }

  /// The mean of n uniform numbers has the standard deviation 1 / sqrt(12 n); the bound is 5 of it.
  @Test func uniformNumbersHaveTheRightMoments() {
    var stream = RandomStream(seed: 1, for: .test)
    let n = 100_000
    var sum = 0.0
    var squares = 0.0
    for _ in 0..<n {
      let u = stream.uniform()
      #expect(u >= 0 && u < 1)
      sum += u
      squares += u * u
    }
    #expect(abs(sum / Double(n) - 0.5) < 5 / (12 * Double(n)).squareRoot())
    #expect(abs(squares / Double(n) - 1 / 3.0) < 5 * (4 / 45.0 / Double(n)).squareRoot())
  }

  @Test(arguments: [0, 1, 2, 3, 4, 5, 31, 32, 33, 1000, 4097])
  func aPermutationHoldsEveryElementOnce(count: Int) {
    for epoch in 0..<3 as Range<UInt64> {
      let permutation = RandomPermutation(count: count, seed: 9, for: .epochOrder, index: epoch)
      #expect(permutation.sorted() == Array(0..<count))
    }
  }

  @Test func permutationsOfDifferentEpochsDiffer() {
    let orders = (0..<20).map {
      Array(RandomPermutation(count: 100, seed: 9, for: .epochOrder, index: UInt64($0)))
    }
    #expect(Set(orders).count == 20)
  }

  /// Each of the n elements stands at the first position in about one of n permutations: a
  /// chi-square of n - 1 = 9 degrees of freedom is below 33.7 with probability 0.9999.
  @Test func everyElementIsEquallyLikelyToBeFirst() {
    var counts = [Int](repeating: 0, count: 10)
    for index in 0..<10_000 as Range<UInt64> {
      counts[RandomPermutation(count: 10, seed: 3, for: .test, index: index)[0]] += 1
    }
    let chiSquare = counts.reduce(0.0) { $0 + (Double($1) - 1000) * (Double($1) - 1000) / 1000 }
    #expect(chiSquare < 33.7)
  }
}
