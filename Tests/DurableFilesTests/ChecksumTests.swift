import DurableFiles
import Foundation
import TestSupport
import Testing

struct ChecksumTests {
  /// The values follow from the definition by this Python.
  ///
  ///     M = 2**64 - 1
  ///     def mix(w):
  ///         w = (w ^ (w >> 30)) * 0xbf58476d1ce4e5b9 & M
  ///         w = (w ^ (w >> 27)) * 0x94d049bb133111eb & M
  ///         return w ^ (w >> 31)
  ///     def checksum(b):
  ///         p = b + bytes(-len(b) % 8)
  ///         words = [int.from_bytes(p[i:i + 8], "little") for i in range(0, len(p), 8)]
  ///         terms = [mix(w ^ (i * 0x9e3779b97f4a7c15 & M)) for i, w in enumerate(words)]
  ///         return f"{(len(b) + sum(terms)) & M:016x}"
  @Test(arguments: [
    (Data(), "0000000000000000"),
    (Data("a".utf8), "aeff7d4b5b72ec9a"),
    (Data("halompi".utf8), "49b6f34f6703538c"),
    (Data("12345678".utf8), "6a1a324e1f02bfdb"),
    (Data(count: 16), "e220a8397b1dcdbf"),
    (Data(0...255), "f578d6f8cd7902d6"),
  ])
  func knownBytesHaveTheChecksumOfAnIndependentProgram(data: Data, digits: String) {
    #expect(Checksum(of: data).description == digits)
  }

  @Test func partsInAnyOrderMakeTheWhole() {
    let data = bytes(1_003)
    let cuts = [0, 8, 64, 512, 520, 1_000, 1_003]
    let parts = zip(cuts, cuts.dropFirst()).map { start, end in
      var part = Checksum()
      data.withUnsafeBytes { part.add(.init(rebasing: $0[start..<end]), at: start) }
      return part
    }
    for _ in 0..<10 {
      var whole = Checksum()
      for part in parts.shuffled() { whole.combine(part) }
      #expect(whole == Checksum(of: data))
    }
  }

  @Test func aFlippedBitChangesIt() {
    let data = bytes(67)
    for bit in 0..<67 * 8 {
      var flipped = data
      flipped[bit / 8] ^= 1 << (bit % 8)
      #expect(Checksum(of: flipped).value != Checksum(of: data).value, "bit \(bit)")
    }
  }

  @Test func exchangedWordsChangeIt() {
    let data = bytes(64)
    for first in 0..<8 {
      for second in 0..<first {
        var swapped = data
        swapped.replaceSubrange(first * 8..<first * 8 + 8, with: data[second * 8..<second * 8 + 8])
        swapped.replaceSubrange(second * 8..<second * 8 + 8, with: data[first * 8..<first * 8 + 8])
        #expect(Checksum(of: swapped).value != Checksum(of: data).value, "\(first), \(second)")
      }
    }
  }

  @Test(arguments: [Data(count: 100), bytes(100)])
  func everyTruncationChangesIt(data: Data) {
    let values = (0...100).map { Checksum(of: data.prefix($0)).value }
    #expect(Set(values).count == 101)
  }

  @Test(arguments: [0, 7, 1 << 20, (1 << 20) + 13])
  func aFileHasTheChecksumOfItsBytes(count: Int) throws {
    let scratch = try ScratchFolder()
    let data = bytes(count)
    try data.write(to: URL(filePath: scratch.path("a")))
    #expect(try Checksum.ofFile(scratch.path("a")) == Checksum(of: data))
  }
}

/// Bytes without a pattern: the high ones of multiples of a large odd number.
private func bytes(_ count: Int) -> Data {
  Data((0..<count).map { UInt8(truncatingIfNeeded: ($0 &+ 1) &* 0x9e37_79b9_7f4a_7c1 >> 40) })
}
