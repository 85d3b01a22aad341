internal import DurableFiles
internal import Failures
internal import Foundation
package import MPI

extension SourceFiles {
  /// Reads files and computes their checksum, each rank a part of each file.
  ///
  /// Collective.
  ///
  /// - Parameters:
  ///   - path: The path as it was given.
  ///   - files: The files, the same on every rank.
  ///   - communicator: The ranks.
  /// - Throws: `AgreedFailure` with a `Failure` if a file cannot be read.
  package init(
    path: String, files: [String], on communicator: borrowing Communicator
  ) throws {
    var values: [UInt64] = []
    var total = 0
    try communicator.agree { () throws(Failure) in
      for file in files {
        let (checksum, size) = try Self.part(of: file, communicator.rank, communicator.size)
        values.append(checksum.value)
        total += size
      }
    }
    var span = values.mutableSpan
    try communicator.allReduce(&span, .sum)
    let digits = values.map { Checksum.digits($0) }
    self.init(
      path: path, fileCount: files.count, byteCount: total,
      checksum: digits.count == 1
        ? digits[0] : Checksum(of: Data(digits.joined(separator: " ").utf8)).description)
  }

  /// The checksum of one rank's part of a file, whole words of eight bytes, and the file's size.
  private static func part(
    of file: String, _ rank: Int, _ ranks: Int
  ) throws(Failure) -> (Checksum, size: Int) {
    var checksum = Checksum()
    do {
      let handle = try FileHandle(forReadingFrom: URL(filePath: file))
      defer { try? handle.close() }
      let size = Int(try handle.seekToEnd())
      let words = (size + 7) / 8
      var offset = rank * words / ranks * 8
      let end = min((rank + 1) * words / ranks * 8, size)
      try handle.seek(toOffset: UInt64(offset))
      while offset < end {
        let data = try handle.read(upToCount: min(1 << 22, end - offset)) ?? Data()
        guard !data.isEmpty else { break }
        guard data.count % 8 == 0 || offset + data.count == size else {
          throw CocoaError(.fileReadUnknown)
        }
        data.withUnsafeBytes { checksum.add($0, at: offset) }
        offset += data.count
      }
      return (checksum, size)
    } catch {
      throw Failure(
        .unreadable, in: file, because: "its bytes cannot be read: \(error)",
        remedy: "Check the file and its permissions.")
    }
  }
}
