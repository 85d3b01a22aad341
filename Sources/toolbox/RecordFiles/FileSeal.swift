package import DurableFiles
internal import Failures
internal import Foundation
package import MPI

/// The checksum of all bytes of a file, in its last 32: `halompi-checksum` and 16 hexadecimal digits.
///
/// It covers what no attribute could: how the library stores things too. The library does not look
/// beyond the end that the file states, so that any program reads a sealed file.
package struct FileSeal: Hashable, Sendable {
  private static let mark = "halompi-checksum"
  private static let length = 32

  private let path: String

  /// The bytes before the seal.
  private let contentLength: Int

  /// The digits that were written.
  private let digits: String

  /// Reads the end of a file; `nil` if it is no seal.
  package init?(endOf path: String) throws(FileError) {
    let end = try DurableFile.readEnd(of: path, atMost: Self.length)
    let text = String(decoding: end.data, as: UTF8.self)
    guard end.data.count == Self.length, text.hasPrefix(Self.mark) else { return nil }
    self.path = path
    contentLength = end.fileLength - Self.length
    digits = String(text.dropFirst(Self.mark.count))
  }

  /// Compares the file with its checksum.
  ///
  /// - Parameter remedy: The remedy for a damaged file, as a clause.
  /// - Throws: `Failure` if it differs; `FileError`.
  package func verify(
    remedy: String = "restore the file from a copy, or make it again"
  ) throws {
    try require(checksum(0, of: 1), remedy)
  }

  /// Compares the file with its checksum, each rank a part of it.
  ///
  /// Collective.
  ///
  /// - Parameters:
  ///   - path: The file.
  ///   - format: The format of the file.
  ///   - ranks: The ranks.
  /// - Throws: `AgreedFailure` with a `Failure` if the file differs; a file without a checksum
  ///   does not, and is told by its version.
  package static func verify(
    _ path: String, as format: RecordFormat, on ranks: borrowing Communicator
  ) throws {
    let (rank, size) = (ranks.rank, ranks.size)
    let (seal, part) = try ranks.agree {
      let seal = try FileSeal(endOf: path)
      return (seal, try seal?.checksum(rank, of: size) ?? Checksum())
    }
    let whole = try combined(part, on: ranks)
    try ranks.agree { try seal?.require(whole, format.remedy) }
  }

  /// Appends its checksum to a file; each rank reads a part of the file.
  ///
  /// Collective.
  static func seal(_ path: String, on ranks: borrowing Communicator) throws {
    let (rank, size) = (ranks.rank, ranks.size)
    let part = try ranks.agree {
      let length = try DurableFile.readEnd(of: path, atMost: 0).fileLength
      return try Self.checksum(of: path, length: length, rank, of: size)
    }
    let whole = try combined(part, on: ranks)
    try ranks.agree {
      guard rank == 0 else { return }
      try DurableFile.append(Data("\(mark)\(whole)".utf8), to: path)
    }
  }

  private static func combined(
    _ part: Checksum, on ranks: borrowing Communicator
  ) throws -> Checksum {
    Checksum(
      sum: try ranks.allReduce(part.sum, .sum),
      byteCount: Int(try ranks.allReduce(Int64(part.byteCount), .sum)))
  }

  private func checksum(_ part: Int, of parts: Int) throws(FileError) -> Checksum {
    try Self.checksum(of: path, length: contentLength, part, of: parts)
  }

  /// The checksum of one of several parts of a file's first bytes, which are whole words but the last.
  private static func checksum(
    of path: String, length: Int, _ part: Int, of parts: Int
  ) throws(FileError) -> Checksum {
    let words = (length + 7) / 8
    return try Checksum.ofFile(
      path, bytes: part * words / parts * 8..<min((part + 1) * words / parts * 8, length))
  }

  private func require(_ found: Checksum, _ remedy: String) throws(Failure) {
    guard found.description == digits else {
      throw Failure.unusable(
        path,
        because: "the checksum of its bytes is \(found), but \(digits) was written: it was changed "
          + "or damaged",
        remedy: remedy)
    }
  }
}
