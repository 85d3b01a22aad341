/// The checksum of the records of TensorFlow.
///
/// CRC-32C (Castagnoli, reflected polynomial 0x82f63b78; RFC 3720, section 12.1 and appendix B.4), and
/// its mask, which keeps a checksum of data that hold checksums from being weak.
enum MaskedCRC32C {
  /// The CRC-32C of bytes.
  static func checksum(_ bytes: some Sequence<UInt8>) -> UInt32 {
    ~bytes.reduce(~0) { crc, byte in
      (crc >> 8) ^ table[Int(UInt8(truncatingIfNeeded: crc) ^ byte)]
    }
  }

  /// The checksum of bytes, rotated right by 15 bits and shifted by a constant.
  static func masked(_ bytes: some Sequence<UInt8>) -> UInt32 {
    let crc = checksum(bytes)
    return (crc >> 15 | crc << 17) &+ 0xa282_ead8
  }

  private static let table: [UInt32] = (0..<256).map { byte in
    (0..<8).reduce(UInt32(byte)) { crc, _ in crc >> 1 ^ (crc & 1 == 1 ? 0x82f6_3b78 : 0) }
  }
}
