import Foundation

/// A generator of random numbers whose seed is printed, so that what it led to can be repeated (Steele, Lea, Flood,
/// "Fast splittable pseudorandom number generators", OOPSLA 2014, doi:10.1145/2660193.2660195).
///
/// `HALOMPI_TEST_SEED` in the environment is the seed of all of them; without it each draws its own.
struct Chance: RandomNumberGenerator {
  private var state: UInt64

  init(for test: String = #function) {
    let given = ProcessInfo.processInfo.environment["HALOMPI_TEST_SEED"].flatMap { UInt64($0) }
    state = given ?? .random(in: 1...99_999)
    print("\(test): HALOMPI_TEST_SEED=\(state)")
  }

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var z = state
    z = (z ^ z >> 30) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ z >> 27) &* 0x94D0_49BB_1331_11EB
    return z ^ z >> 31
  }

  /// A random number of a range.
  mutating func integer(in range: ClosedRange<Int>) -> Int { .random(in: range, using: &self) }
}
