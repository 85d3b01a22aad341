/// A message of protocol buffers: fields, each behind its number and wire type.
///
/// Fields are written in the order in which they are added, those of value zero too. The encoding is that of
/// protobuf.dev/programming-guides/encoding.
package struct ProtocolMessage: Sendable {
  /// The bytes of the message so far.
  package private(set) var bytes: [UInt8] = []

  /// Makes a message without fields.
  package init() {}

  /// Adds a number that is written with as many bytes as it needs (`uint64`, and `int64` of no sign).
  package mutating func add(_ field: UInt64, _ value: UInt64) {
    add(variable: field << 3)
    add(variable: value)
  }

  /// Adds a number of double precision (`double`).
  package mutating func add(_ field: UInt64, _ value: Double) {
    add(variable: field << 3 | 1)
    withUnsafeBytes(of: value.bitPattern.littleEndian) { bytes += $0 }
  }

  /// Adds a number of single precision (`float`).
  package mutating func add(_ field: UInt64, _ value: Float) {
    add(variable: field << 3 | 5)
    withUnsafeBytes(of: value.bitPattern.littleEndian) { bytes += $0 }
  }

  /// Adds bytes, or the bytes of another message (`bytes`, `message`).
  package mutating func add(_ field: UInt64, _ value: [UInt8]) {
    add(variable: field << 3 | 2)
    add(variable: UInt64(value.count))
    bytes += value
  }

  /// Adds a text (`string`).
  package mutating func add(_ field: UInt64, _ text: String) { add(field, Array(text.utf8)) }

  /// Adds a message as a field of this one (`message`).
  package mutating func add(_ field: UInt64, _ message: ProtocolMessage) {
    add(field, message.bytes)
  }

  /// Seven bits a byte, the lowest first; the eighth says that more follow.
  private mutating func add(variable value: UInt64) {
    var rest = value
    while rest >= 0x80 {
      bytes.append(UInt8(truncatingIfNeeded: rest) | 0x80)
      rest >>= 7
    }
    bytes.append(UInt8(rest))
  }
}
