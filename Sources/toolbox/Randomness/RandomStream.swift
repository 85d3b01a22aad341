/// The random numbers of one seed, purpose and index.
///
/// A number is a function of (seed, purpose, index, position), never of rank, thread or the order
/// of calls:
///
///     var stream = RandomStream(seed: 7, for: .initialWeights, index: 3)
///     let weight = stream.uniform() * 2 - 1
package struct RandomStream: RandomNumberGenerator, Sendable {
  let key: SIMD2<UInt32>
  let purpose: RandomPurpose
  let index: UInt64
  private var position: UInt64 = 0
  private var block = SIMD4<UInt32>()

  /// Starts the stream of `seed`, `purpose` and `index` at its first number.
  package init(seed: UInt64, for purpose: RandomPurpose, index: UInt64 = 0) {
    key = SIMD2(UInt32(truncatingIfNeeded: seed), UInt32(truncatingIfNeeded: seed >> 32))
    self.purpose = purpose
    self.index = index
  }

  /// Returns the next 64 uniformly distributed bits.
  package mutating func next() -> UInt64 {
    let half = Int(position & 1)
    if half == 0 {
      block = Philox.block(
        counter: SIMD4(
          UInt32(truncatingIfNeeded: position >> 1), UInt32(purpose.rawValue),
          UInt32(truncatingIfNeeded: index), UInt32(truncatingIfNeeded: index >> 32)), key: key)
    }
    position += 1
    precondition(position < 1 << 33, "a random stream holds 2^33 numbers")
    return UInt64(block[2 * half]) | UInt64(block[2 * half + 1]) << 32
  }

  /// Returns the next number of the uniform distribution on [0, 1), a multiple of 2^-53.
  package mutating func uniform() -> Double { Double(next() >> 11) * 0x1p-53 }
}
