package import Foundation

/// A 64-bit checksum of bytes that may be added in parts and in any order.
///
/// The bytes are little-endian words w_i of 64 bits, the last one padded with zeros. With n bytes,
///
///     n + sum over i of mix(w_i xor i * 0x9e3779b97f4a7c15)    (mod 2^64)
///
/// where `mix` is the finalizer of SplitMix64. The sum does not depend on the order of its terms,
/// so that ranks and threads can each add a part; the terms depend on their positions, so that
/// exchanged words are noticed. It is a guard against accidents, not against malice.
///
/// SplitMix64: Steele, Lea and Flood 2014, doi:10.1145/2660193.2660195.
package struct Checksum: Hashable, Sendable {
  /// The sum of the mixed words.
  package private(set) var sum: UInt64 = 0

  /// The number of bytes that have been added.
  package private(set) var byteCount = 0

  /// The checksum of no bytes.
  package init() {}

  /// The checksum of `data`.
  package init(of data: Data) {
    data.withUnsafeBytes { add($0, at: 0) }
  }

  /// The checksum of what others have added in parts: their sums and the numbers of their bytes, added.
  package init(sum: UInt64, byteCount: Int) {
    self.sum = sum
    self.byteCount = byteCount
  }

  /// Reads a file and returns its checksum.
  ///
  /// - Parameters:
  ///   - path: The file.
  ///   - bytes: The part to read, which begins with a whole word; without it, all.
  /// - Returns: The checksum of the part, the words counted from the beginning of the file.
  /// - Throws: Also if the file has no such part.
  package static func ofFile(
    _ path: String, bytes: Range<Int>? = nil
  ) throws(FileError) -> Checksum {
    let file = try Descriptor.open(path, O_RDONLY, for: "opening")
    let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 20, alignment: 8)
    defer { buffer.deallocate() }
    let start = bytes?.lowerBound ?? 0
    if start > 0 { try file.seek(to: start) }
    var checksum = Checksum()
    while true {
      let wanted = bytes.map { min($0.count - checksum.byteCount, buffer.count) } ?? buffer.count
      let filled = try file.read(into: .init(rebasing: buffer[..<wanted]))
      checksum.add(.init(rebasing: buffer[..<filled]), at: start + checksum.byteCount)
      if let bytes {
        guard filled == wanted else {
          throw FileError(
            "reading", path,
            .tooShort(length: start + checksum.byteCount, expected: bytes.upperBound))
        }
        guard checksum.byteCount < bytes.count else { return checksum }
      } else {
        guard filled == buffer.count else { return checksum }
      }
    }
  }

  /// Adds a part of the bytes.
  ///
  /// - Parameters:
  ///   - bytes: A whole number of words, unless it is the last part.
  ///   - byteOffset: The offset of the part's first byte, a multiple of 8.
  package mutating func add(_ bytes: UnsafeRawBufferPointer, at byteOffset: Int) {
    precondition(byteOffset >= 0 && byteOffset % 8 == 0, "a part begins with a whole word")
    var key = UInt64(byteOffset / 8) &* Self.golden
    let whole = bytes.count & ~7
    for offset in stride(from: 0, to: whole, by: 8) {
      let word = UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: offset, as: UInt64.self))
      sum &+= Self.mix(word ^ key)
      key &+= Self.golden
    }
    if whole < bytes.count {
      let word = bytes[whole...].reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
      sum &+= Self.mix(word ^ key)
    }
    byteCount += bytes.count
  }

  /// Adds the parts that another checksum has seen.
  package mutating func combine(_ other: Checksum) {
    sum &+= other.sum
    byteCount += other.byteCount
  }

  /// The checksum of what has been added.
  package var value: UInt64 { sum &+ UInt64(byteCount) }

  private static let golden: UInt64 = 0x9e37_79b9_7f4a_7c15

  private static func mix(_ word: UInt64) -> UInt64 {
    var word = word
    word = (word ^ (word >> 30)) &* 0xbf58_476d_1ce4_e5b9
    word = (word ^ (word >> 27)) &* 0x94d0_49bb_1331_11eb
    return word ^ (word >> 31)
  }
}

extension Checksum: CustomStringConvertible {
  /// The value as 16 hexadecimal digits.
  package var description: String { Self.digits(value) }

  /// Returns the value of a checksum as files hold it: 16 hexadecimal digits.
  package static func digits(_ value: UInt64) -> String {
    let digits = String(value, radix: 16)
    return String(repeating: "0", count: 16 - digits.count) + digits
  }
}
