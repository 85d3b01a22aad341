import CKernels
import Testing

/// Sums on their way to another rank, on every instruction set of this CPU.
@Suite struct PackedSumsTests {
  /// Sums of at most so many bits beside the sign.
  static func sums(_ count: Int, bits: Int) -> [Int64] {
    var generator = TestGenerator(seed: UInt64(count + bits))
    return (0..<count).map { _ in
      bits == 0 ? 0 : Int64.random(in: .min ... .max, using: &generator) >> (63 - bits)
    }
  }

  static func pack(_ sums: [Int64], _ instructions: InstructionSet) -> [UInt8] {
    var packed = [UInt8](repeating: 0xa5, count: halompi_packed_sums_limit(sums.count) + 1)
    let bytes = halompi_pack_sums(sums, sums.count, &packed, instructions.value)
    #expect(bytes < packed.count && packed.last == 0xa5)
    return Array(packed[..<bytes])
  }

  @Test(arguments: InstructionSet.supported, [0, 1, 31, 32, 39, 40, 47, 48, 63])
  func packedSumsComeBack(_ instructions: InstructionSet, bits: Int) {
    let width = [0: 0, 1: 4, 31: 4, 32: 5, 39: 5, 40: 6, 47: 6, 48: 8, 63: 8][bits]
    for count in [0, 1, 7, 255, 256, 257, 1003] {
      let sums = Self.sums(count, bits: bits)
      let packed = Self.pack(sums, instructions)
      // A block of a single sum may need less than the others.
      if [255, 256, 1003].contains(count) {
        #expect(packed.count == count * (width ?? -1) + (count + 255) / 256)
      }
      var total = Self.sums(count, bits: 20)
      let expected = zip(total, sums).map { $0 &+ $1 }
      #expect(
        halompi_add_packed_sums(packed, packed.count, &total, count, instructions.value) == 1)
      #expect(total == expected)
    }
  }

  /// The ends of each range, alone in a block of small sums.
  @Test(arguments: InstructionSet.supported) func theEndsOfTheRangesComeBack(
    _ instructions: InstructionSet
  ) {
    for bits in [31, 39, 47, 63] {
      let end: Int64 = bits == 63 ? .max : 1 << bits - 1
      for value in [end, -end - 1] + (bits < 63 ? [end + 1, -end - 2] : []) {
        var sums = Self.sums(300, bits: 3)
        sums[299] = value
        var total = [Int64](repeating: 0, count: 300)
        let packed = Self.pack(sums, instructions)
        #expect(
          halompi_add_packed_sums(packed, packed.count, &total, 300, instructions.value) == 1)
        #expect(total == sums)
      }
    }
  }

  @Test(arguments: InstructionSet.supported) func allInstructionSetsWriteTheSameBytes(
    _ instructions: InstructionSet
  ) {
    for bits in [0, 30, 38, 45, 60] {
      let sums = Self.sums(1003, bits: bits)
      #expect(Self.pack(sums, instructions) == Self.pack(sums, .portable))
    }
  }

  /// Other bytes are refused, and nothing is read beyond them.
  @Test(arguments: InstructionSet.supported) func otherBytesAreRefused(
    _ instructions: InstructionSet
  ) {
    let packed = Self.pack(Self.sums(300, bits: 36), instructions)
    func isTaken(_ bytes: [UInt8], count: Int = 300) -> Bool {
      var total = [Int64](repeating: 0, count: count)
      return halompi_add_packed_sums(bytes, bytes.count, &total, count, instructions.value) == 1
    }
    #expect(isTaken(packed))
    #expect(!isTaken(Array(packed.dropLast())) && !isTaken(packed + [0]) && !isTaken([]))
    #expect(!isTaken(packed, count: 299) && !isTaken(packed, count: 301))
    for width: UInt8 in [1, 2, 3, 7, 9, 255] { #expect(!isTaken([width] + packed.dropFirst())) }
  }
}
