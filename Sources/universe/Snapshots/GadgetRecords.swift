internal import Failures
internal import Foundation

/// The records of one file of GADGET's binary formats: each between two copies of its length.
///
/// A length is of 32 bits. That of a longer record is cut to its low bits, as Fortran's and GADGET's
/// writers do; what it may be is then known from the number of particles.
struct GadgetRecords {
  /// The variant of the format: with or without names, and in either byte order.
  struct Layout: Hashable {
    /// Whether a record with its name comes before each block (SnapFormat 2).
    let isNamed: Bool

    /// Whether numbers begin with their most significant byte.
    let isBigEndian: Bool
  }

  /// A block, and where it stands in the file [bytes].
  struct Block: Hashable {
    let name: String
    let content: Int
    let byteCount: Int

    /// The offset of the next block [bytes].
    var end: Int { content + byteCount + 4 }
  }

  let path: String
  let layout: Layout
  let byteCount: Int
  private let handle: FileHandle

  init(_ path: String) throws(Failure) {
    guard let layout = Self.layout(of: try FileBeginning(path)) else {
      throw Failure(
        .unreadable, in: path, because: "it does not begin as one of GADGET's records do",
        remedy: "Put files of one format together.")
    }
    do {
      handle = try FileHandle(forReadingFrom: URL(filePath: path))
      byteCount = Int(try handle.seekToEnd())
    } catch {
      throw Self.unreadable(path, "header", error.localizedDescription)
    }
    self.path = path
    self.layout = layout
  }

  /// The layout of a file by its first number: the length of the header, or of its name.
  static func layout(of beginning: FileBeginning) -> Layout? {
    guard beginning.bytes.count >= 4 else { return nil }
    let stored = beginning.bytes.withUnsafeBytes { $0.loadUnaligned(as: UInt32.self) }
    for isBigEndian in [false, true] {
      let length = Int(isBigEndian ? UInt32(bigEndian: stored) : UInt32(littleEndian: stored))
      if length == 8 { return Layout(isNamed: true, isBigEndian: isBigEndian) }
      let isRecent = GadgetBinaryHeader.typeCount(ofLength: length) != nil
      if length == GadgetBinaryHeader.length || isRecent {
        return Layout(isNamed: false, isBigEndian: isBigEndian)
      }
    }
    return nil
  }

  /// Finds a block.
  ///
  /// - Parameters:
  ///   - offset: The offset of the block [bytes], in format 2 that of the record of its name.
  ///   - expected: Its name in format 1.
  ///   - elements: The lengths [bytes] that a block of more than 2^32 bytes may have.
  /// - Returns: The block, both of whose lengths agree.
  /// - Throws: A `Failure` if the file ends within it, or its lengths differ.
  func block(
    at offset: Int, called expected: String, elements: [Int]
  ) throws(Failure) -> Block {
    var name = expected
    var start = offset
    if layout.isNamed {
      let label = try record(at: offset, called: "name of \(expected)", elements: [])
      guard label.byteCount == 8 else {
        throw Failure(
          .inconsistentCounts, in: path, dataset: "block \(expected)",
          because:
            "the record of its name at byte \(offset) has \(label.byteCount) bytes instead of 8",
          remedy: "Copy the file again; it may be damaged.")
      }
      let bytes = try read(label.content..<label.content + 4, "block \(expected)")
      name = String(decoding: bytes, as: UTF8.self).trimmingCharacters(in: .whitespaces)
      start = label.end
    }
    return try record(at: start, called: name, elements: elements)
  }

  private func record(
    at offset: Int, called name: String, elements: [Int]
  ) throws(Failure) -> Block {
    let dataset = "block \(name)"
    let marker = Int(integer(try read(offset..<offset + 4, dataset), at: 0, as: UInt32.self))
    let length = elements.first { $0 > marker && $0 & 0xFFFF_FFFF == marker } ?? marker
    let block = Block(name: name, content: offset + 4, byteCount: length)
    guard block.end <= byteCount else {
      throw Failure(
        .unreadable, in: path, dataset: dataset,
        because:
          "it is cut off: \(length) bytes from byte \(block.content) on are announced, the file "
          + "has \(byteCount)",
        remedy: "Copy the file again.")
    }
    let bytes = try read(block.end - 4..<block.end, dataset)
    let closing = Int(integer(bytes, at: 0, as: UInt32.self))
    guard closing == marker else {
      throw Failure(
        .unreadable, in: path, dataset: dataset,
        because: "its record begins with the length \(marker) and ends with \(closing)",
        remedy: "Copy the file again, in binary mode; it is damaged, or not one of GADGET.")
    }
    return block
  }

  /// Reads bytes of the file.
  func read(_ range: Range<Int>, _ dataset: String) throws(Failure) -> [UInt8] {
    do {
      try handle.seek(toOffset: UInt64(range.lowerBound))
      let bytes = try [UInt8](handle.read(upToCount: range.count) ?? Data())
      if bytes.count == range.count { return bytes }
    } catch {
      throw Self.unreadable(path, dataset, error.localizedDescription)
    }
    throw Self.unreadable(path, dataset, "it is cut off: the file ends at byte \(byteCount)")
  }

  /// Reads numbers of a block.
  func integers<Element: FixedWidthInteger>(
    _ block: Block, _ elements: Range<Int>, _ dataset: String, as type: Element.Type
  ) throws(Failure) -> [Element] {
    let width = MemoryLayout<Element>.size
    let start = block.content + elements.lowerBound * width
    let bytes = try read(start..<start + elements.count * width, dataset)
    return (0..<elements.count).map { integer(bytes, at: $0 * width, as: type) }
  }

  /// A number in bytes of the file.
  func integer<Element: FixedWidthInteger>(
    _ bytes: [UInt8], at offset: Int, as type: Element.Type
  ) -> Element {
    let stored = bytes.withUnsafeBytes {
      $0.loadUnaligned(fromByteOffset: offset, as: Element.self)
    }
    return layout.isBigEndian ? Element(bigEndian: stored) : Element(littleEndian: stored)
  }

  private static func unreadable(
    _ path: String, _ dataset: String, _ reason: String
  ) -> Failure {
    Failure(
      .unreadable, in: path, dataset: dataset, because: reason, remedy: "Copy the file again.")
  }
}
