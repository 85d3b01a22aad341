/// The counter-based generator Philox 4x32 with ten rounds.
///
/// A block of four numbers is a function of a counter and a key, so any number of a stream is
/// reached without drawing those before it, on any rank and in any order.
///
/// Salmon, Moraes, Dror, Shaw, "Parallel random numbers: as easy as 1, 2, 3", SC11,
/// doi:10.1145/2063384.2063405, section 4.2.
enum Philox {
  /// Returns the four 32-bit numbers of `counter` under `key`.
  @inlinable
  package static func block(counter: SIMD4<UInt32>, key: SIMD2<UInt32>) -> SIMD4<UInt32> {
    var counter = counter
    var key = key
    for _ in 0..<10 {
      let first = counter[0].multipliedFullWidth(by: 0xD251_1F53)
      let second = counter[2].multipliedFullWidth(by: 0xCD9E_8D57)
      counter = SIMD4(
        second.high ^ counter[1] ^ key[0], second.low, first.high ^ counter[3] ^ key[1], first.low)
      key &+= SIMD2(0x9E37_79B9, 0xBB67_AE85)
    }
    return counter
  }
}
