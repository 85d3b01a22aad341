internal import Failures
internal import Foundation

/// The bytes of a binary catalogue file, every access to which is checked against the file's size.
struct CatalogueBytes {
  let path: String
  let content: Data
  let isBigEndian: Bool

  init(_ path: String, _ content: Data, isBigEndian: Bool) {
    self.path = path
    self.content = content
    self.isBigEndian = isBigEndian
  }

  /// A whole number at a byte; `nil` behind the end of the file.
  func integer<Element: FixedWidthInteger>(at offset: Int, as type: Element.Type) -> Element? {
    let width = MemoryLayout<Element>.size
    guard offset >= 0, offset <= content.count - width else { return nil }
    let stored = content.withUnsafeBytes {
      $0.loadUnaligned(fromByteOffset: offset, as: Element.self)
    }
    return isBigEndian ? Element(bigEndian: stored) : Element(littleEndian: stored)
  }

  /// Whole numbers that follow each other.
  ///
  /// - Throws: A `Failure` that names `dataset` if the file ends before the last.
  func integers<Element: FixedWidthInteger>(
    at offset: Int, count: Int, as type: Element.Type, _ dataset: String
  ) throws(Failure) -> [Element] {
    let width = MemoryLayout<Element>.size
    guard offset >= 0, count >= 0, count <= (content.count - min(offset, content.count)) / width
    else {
      throw Failure(
        .unreadable, in: path, dataset: dataset,
        because: "it is cut off: \(count) numbers of \(width) bytes from byte \(offset) on are "
          + "announced, the file has \(content.count)", remedy: "Copy the file again.")
    }
    return content.withUnsafeBytes { bytes in
      (0..<count).map { index in
        let stored = bytes.loadUnaligned(
          fromByteOffset: offset + index * width, as: Element.self)
        return isBigEndian ? Element(bigEndian: stored) : Element(littleEndian: stored)
      }
    }
  }

  /// Single-precision numbers that follow each other.
  func singles(at offset: Int, count: Int, _ dataset: String) throws(Failure) -> [Double] {
    try integers(at: offset, count: count, as: UInt32.self, dataset).map {
      Double(Float(bitPattern: $0))
    }
  }

  /// IDs of 4 or 8 bytes that follow each other.
  func ids(
    at offset: Int, count: Int, width: Int, _ dataset: String
  ) throws(Failure) -> [UInt64] {
    width == 4
      ? try integers(at: offset, count: count, as: UInt32.self, dataset).map { UInt64($0) }
      : try integers(at: offset, count: count, as: UInt64.self, dataset)
  }
}
