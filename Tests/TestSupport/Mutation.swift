package import Foundation

/// Numbers that are a function of a seed: SplitMix64 (Steele, Lea, Flood 2014,
/// doi:10.1145/2660193.2660195).
package struct SeededGenerator: RandomNumberGenerator {
  private var state: UInt64

  /// Starts from a seed.
  package init(seed: UInt64) { state = seed }

  /// The next number.
  package mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var z = state
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
  }
}

/// Changes the bytes of a file as a seed says, to try what reads it.
///
/// One to three changes: bits, bytes, numbers of 4 or 8 bytes that readers stumble over in either byte
/// order, and parts that are cut off, left out, doubled or zeroed. The same seed and bytes give the same
/// file.
///
/// - Parameters:
///   - data: The bytes of an intact file.
///   - seed: What the changes are drawn from.
/// - Returns: The changed bytes.
package func mutated(_ data: Data, seed: UInt64) -> Data {
  var random = SeededGenerator(seed: seed)
  var bytes = [UInt8](data)
  for _ in 0..<Int.random(in: 1...3, using: &random) { mutate(&bytes, &random) }
  return Data(bytes)
}

/// Numbers at which counts, offsets and units go wrong.
package let awkwardIntegers: [Int64] = [
  0, 1, 2, -1, -2, 7, 255, 256, 65535, 1 << 20, 1 << 31, (1 << 31) - 1, -(1 << 31), 1 << 32,
  (1 << 32) - 1, 1 << 40, 1 << 53, .max, .min, .max - 1,
]

/// Real numbers of the same kind.
package let awkwardReals: [Double] = [
  0, -0.0, -1, 1e-300, 1e300, -1e300, .nan, .infinity, -.infinity, 0x1p63, 0x1p64, 1e-10, 0.5, 1e10,
]

private func mutate(_ bytes: inout [UInt8], _ random: inout SeededGenerator) {
  guard !bytes.isEmpty else { return }
  // Headers stand at the beginning: half of all changes are in the first kilobyte.
  let end = Bool.random(using: &random) ? min(bytes.count, 1024) : bytes.count
  let place = Int.random(in: 0..<end, using: &random)
  let length = min(bytes.count - place, Int.random(in: 1...64, using: &random))
  switch Int.random(in: 0..<10, using: &random) {
  case 0, 1: bytes[place] ^= 1 << UInt8.random(in: 0..<8, using: &random)
  case 2: bytes[place] = UInt8.random(in: 0...255, using: &random)
  case 3, 4:
    put(awkwardIntegers.randomElement(using: &random) ?? 0, at: place & ~3, &bytes, &random)
  case 5, 6: put(awkwardReals.randomElement(using: &random) ?? 0, at: place & ~3, &bytes, &random)
  case 7: bytes.removeSubrange(place...)
  case 8: bytes.removeSubrange(place..<place + length)
  default:
    let part = Array(bytes[place..<place + length])
    if Bool.random(using: &random) {
      bytes.insert(contentsOf: part, at: place)
    } else {
      for index in place..<place + length { bytes[index] = 0 }
    }
  }
}

/// Puts a number in the place of bytes, in 4 or all of its bytes and in either order.
private func put<Value>(
  _ value: Value, at place: Int, _ bytes: inout [UInt8], _ random: inout SeededGenerator
) {
  var stored = withUnsafeBytes(of: value) { Array($0) }
  if Bool.random(using: &random) { stored = Array(stored.prefix(4)) }
  if Bool.random(using: &random) { stored.reverse() }
  for (index, byte) in stored.enumerated() where place + index < bytes.count {
    bytes[place + index] = byte
  }
}

/// The number of changed files that a test tries: `usual`, or as many as HALOMPI_TEST_MUTATIONS says if those are more.
package func mutationCount(_ usual: Int) -> Int {
  let asked = ProcessInfo.processInfo.environment["HALOMPI_TEST_MUTATIONS"].flatMap { Int($0) }
  return max(usual, asked ?? 0)
}
