/// A random permutation of `0..<count` that is computed element by element.
///
/// Its first `k` elements are `k` draws without replacement, and those of a smaller draw are the
/// beginning of a larger one. It takes no memory, so a rank can ask for its own elements alone.
///
/// The bits of an element are split into two halves that are combined in turn with a keyed function
/// of the other (a Feistel network of eight rounds); results past the end are sent through again.
/// Black, Rogaway, "Ciphers with arbitrary finite domains", CT-RSA 2002,
/// doi:10.1007/3-540-45760-7_9.
package struct RandomPermutation: RandomAccessCollection, Sendable {
  /// The number of elements.
  package let count: Int

  private let key: SIMD2<UInt32>
  private let purpose: UInt32
  private let index: SIMD2<UInt32>
  private let lowBits: UInt64
  private let highBits: UInt64

  /// Makes the permutation of `0..<count` for a seed, a purpose and an index.
  package init(count: Int, seed: UInt64, for purpose: RandomPurpose, index: UInt64 = 0) {
    precondition(count >= 0, "a permutation has no negative count")
    self.count = count
    key = SIMD2(UInt32(truncatingIfNeeded: seed), UInt32(truncatingIfNeeded: seed >> 32))
    self.purpose = UInt32(purpose.rawValue) << 16
    self.index = SIMD2(UInt32(truncatingIfNeeded: index), UInt32(truncatingIfNeeded: index >> 32))
    let bits = Swift.max(2, UInt64.bitWidth - UInt64(Swift.max(count - 1, 0)).leadingZeroBitCount)
    lowBits = UInt64(bits / 2)
    highBits = UInt64(bits) - lowBits
  }

  /// The position of the first element.
  package var startIndex: Int { 0 }

  /// The position past the last element.
  package var endIndex: Int { count }

  /// The element at `position`.
  package subscript(position: Int) -> Int {
    precondition(position >= 0 && position < count, "position \(position) is outside 0..<\(count)")
    var value = UInt64(position)
    repeat { value = mixed(value) } while value >= UInt64(count)
    return Int(value)
  }

  private func mixed(_ value: UInt64) -> UInt64 {
    var low = value & (1 << lowBits - 1)
    var high = value >> lowBits
    for round in UInt32(0)..<4 {
      low ^= keyed(high, round: 2 * round) & (1 << lowBits - 1)
      high ^= keyed(low, round: 2 * round + 1) & (1 << highBits - 1)
    }
    return high << lowBits | low
  }

  /// A function of a half and the round; the round's high bit keeps it apart from ``RandomStream``.
  private func keyed(_ half: UInt64, round: UInt32) -> UInt64 {
    let block = Philox.block(
      counter: SIMD4(
        UInt32(truncatingIfNeeded: half), purpose | 0x8000 | round, index[0], index[1]), key: key)
    return UInt64(block[0])
  }
}
