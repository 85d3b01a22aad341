internal import Foundation

/// The header of an object, as its bytes stand in the file: what is in it is compared with the room that it has, before
/// the library decodes it.
///
/// HDF5 1.10 follows the lengths within attributes, types and extents without looking where they end, and reads what
/// is behind them in memory, or crashes. Whatever this does not know is left to the library.
/// HDF5 File Format Specification 3.0, sections II.A (superblock) and IV.A (object headers).
struct ObjectHeader {
  /// The numbers of the messages that are looked at (section IV.A.2).
  private enum Message: UInt8 {
    case extents = 0x01
    case type = 0x03
    case attribute = 0x0C
    case continuation = 0x10
  }

  /// The most bytes of headers that are read of an object.
  private static let limit = 1 << 26

  private let file: FileHandle
  private let begin: UInt64
  private let offsetWidth: Int
  private let lengthWidth: Int

  /// Opens a file; `nil` if its superblock is not understood.
  ///
  /// - Parameter path: The file.
  init?(_ path: String) {
    guard let file = FileHandle(forReadingAtPath: path) else { return nil }
    self.file = file
    let signature: [UInt8] = [0x89, 0x48, 0x44, 0x46, 0x0D, 0x0A, 0x1A, 0x0A]
    var begin: UInt64 = 0
    // At 0, or behind a block of the user's of 512 bytes, twice that, and so on.
    while true {
      guard let bytes = Self.read(16, at: begin, of: file) else { return nil }
      if Array(bytes.prefix(8)) == signature {
        self.begin = begin
        let place = bytes[8] < 2 ? 13 : 9
        (offsetWidth, lengthWidth) = (Int(bytes[place]), Int(bytes[place + 1]))
        break
      }
      begin = begin == 0 ? 512 : begin * 2
    }
    guard [2, 4, 8].contains(offsetWidth), [2, 4, 8].contains(lengthWidth) else { return nil }
  }

  /// The result of looking at a header.
  struct Survey {
    /// The damage that would lead the library beyond a message, as a clause; `nil` if nothing does.
    var damage: String?

    /// The names of the attributes that are in the header.
    var attributes: [String] = []

    /// Whether there can be others elsewhere, which headers of version 2 have checksums for.
    let mayHaveOthers: Bool
  }

  /// Looks at a header.
  ///
  /// - Parameter address: The address of the header, as the library tells it.
  /// - Returns: What it tells; `nil` if it is not understood, and left to the library.
  func survey(at address: UInt64) -> Survey? {
    guard let prefix = read(64, at: address) else { return nil }
    var cursor = ByteCursor(prefix)
    if prefix[0] == 1 {
      guard cursor.skip(8), let length = cursor.number(4) else { return nil }
      return survey(of: [(address + 16, length)], isCompact: false, orderWidth: 0)
    }
    guard prefix.starts(with: Array("OHDR".utf8)), prefix[4] == 2 else { return nil }
    let flags = prefix[5]
    // Four times, and the sizes at which attributes are stored otherwise.
    guard cursor.skip(6 + (flags & 0x20 != 0 ? 16 : 0) + (flags & 0x10 != 0 ? 4 : 0)),
      let length = cursor.number(1 << Int(flags & 3))
    else { return nil }
    return survey(
      of: [(address + UInt64(cursor.place), length)], isCompact: true,
      orderWidth: flags & 4 != 0 ? 2 : 0)
  }

  /// Looks at the messages of blocks, and of those that they name as their continuation.
  ///
  /// - Parameters:
  ///   - blocks: The places and lengths of the messages.
  ///   - isCompact: Whether messages have the short heads of version 2.
  ///   - orderWidth: The width of the number in these heads by which attributes are ordered [bytes].
  /// - Returns: What they tell; `nil` if they are not understood, and left to the library.
  private func survey(
    of blocks: [(place: UInt64, length: UInt64)], isCompact: Bool, orderWidth: Int
  ) -> Survey? {
    var survey = Survey(mayHaveOthers: isCompact)
    var blocks = blocks
    var sum: UInt64 = 0
    var index = 0
    while index < blocks.count {
      let block = blocks[index]
      index += 1
      sum = sum.addingReportingOverflow(block.length).partialValue
      guard block.length <= Self.limit, sum <= Self.limit,
        let bytes = read(Int(block.length), at: block.place)
      else { return nil }
      var cursor = ByteCursor(bytes)
      while cursor.remaining >= (isCompact ? 4 + orderWidth : 8) {
        guard let type = cursor.number(isCompact ? 1 : 2), let size = cursor.number(2),
          let flags = cursor.number(1), cursor.skip(isCompact ? orderWidth : 3),
          var content = cursor.part(Int(size))
        else { return nil }
        // Bit 1: the message is elsewhere, and this is its address.
        guard flags & 2 == 0, let message = UInt8(exactly: type).flatMap(Message.init) else {
          continue
        }
        if message == .continuation {
          guard let place = content.number(offsetWidth), let length = content.number(lengthWidth)
          else { return nil }
          // Those of version 2 stand between a signature and a checksum.
          guard !isCompact || length >= 8 else { return nil }
          let (start, overflows) = place.addingReportingOverflow(isCompact ? 4 : 0)
          if !overflows { blocks.append((start, isCompact ? length - 8 : length)) }
        } else {
          add(message, content, to: &survey)
          if survey.damage != nil { return survey }
        }
      }
    }
    return survey
  }

  private func add(_ message: Message, _ content: ByteCursor, to survey: inout Survey) {
    var content = content
    switch message {
    case .extents:
      if case .beyond = content.extents(lengthWidth: lengthWidth) {
        survey.damage = "its extents are longer than the room for them"
      }
    case .type:
      if case .beyond = content.type() {
        survey.damage = "its type is longer than the room for it"
      }
    case .attribute:
      switch content.attribute(lengthWidth: lengthWidth) {
      case .value(let name): survey.attributes.append(name)
      case .unknown: break
      case .beyond: survey.damage = "an attribute is longer than the room for it"
      }
    case .continuation: break
    }
  }

  private func read(_ count: Int, at address: UInt64) -> [UInt8]? {
    let (place, overflows) = begin.addingReportingOverflow(address)
    return overflows ? nil : Self.read(count, at: place, of: file)
  }

  /// Reads as many bytes as there are, one at least; a prefix may be cut off by the end of the file.
  private static func read(_ count: Int, at place: UInt64, of file: FileHandle) -> [UInt8]? {
    guard let offset = off_t(exactly: place) else { return nil }
    var bytes = [UInt8](repeating: 0, count: count)
    let length = pread(file.fileDescriptor, &bytes, count, offset)
    guard length > 0 else { return nil }
    return bytes
  }
}

/// The results for the headers of a file that are known to be sound, by their addresses.
final class CheckedHeaders {
  var surveys: [UInt64: ObjectHeader.Survey?] = [:]
}
