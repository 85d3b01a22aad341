internal import DurableFiles
package import Foundation

/// Reads a file of lines as it grows.
///
/// A training that goes on from a checkpoint cuts its logs back first. A file that has become shorter is
/// read from its beginning; one that was cut and has grown again since has the same lines in
/// `metrics.jsonl`, and other times of the same steps in `timings.jsonl`.
package struct LogTail: Sendable {
  /// The text that one call of ``LogTail/read()`` found.
  package struct Part: Hashable, Sendable {
    /// Whole lines, with their ends.
    package var text: Data

    /// Whether they are the beginning of the file, and replace what was read before.
    package var isBeginning: Bool
  }

  private let path: String
  private var length = 0

  /// Makes a reader that has not read anything of the file, which need not exist yet.
  package init(_ path: String) { self.path = path }

  /// Reads the lines that were appended since the last call.
  ///
  /// - Returns: The new lines; `nil` if there are none and the file has not become shorter.
  /// - Throws: The error of the file system if there is a file that cannot be read.
  package mutating func read() throws -> Part? {
    guard let file = FileHandle(forReadingAtPath: path) else {
      guard FileManager.default.fileExists(atPath: path) else { return nil }
      // It is there: find out why it cannot be opened.
      _ = try DurableFile.read(path)
      return nil
    }
    defer { try? file.close() }
    let end = Int(try file.seekToEnd())
    let isShorter = end < length
    if isShorter { length = 0 }
    let isBeginning = length == 0
    try file.seek(toOffset: UInt64(length))
    let bytes = try file.readToEnd() ?? Data()
    let text = bytes.lastIndex(of: UInt8(ascii: "\n")).map { Data(bytes[...$0]) } ?? Data()
    guard isShorter || !text.isEmpty else { return nil }
    length += text.count
    return Part(text: text, isBeginning: isBeginning)
  }
}

/// Lines that are JSON objects.
enum JSONLines {
  /// Decodes lines, all in one call, because each is short.
  ///
  /// - Parameters:
  ///   - type: The type of a line.
  ///   - lines: Whole lines with their ends.
  ///   - path: The file, for messages.
  ///   - known: The number of lines of the file before these, for messages.
  /// - Returns: The decoded lines.
  /// - Throws: ``TrainingError/damagedFile(path:reason:)`` with the number of the line.
  static func decode<Line: Decodable>(
    _ type: Line.Type, from lines: Data, of path: String, after known: Int
  ) throws -> [Line] {
    let parts = lines.split(separator: UInt8(ascii: "\n"))
    let decoder = JSONDecoder()
    let array = Data("[".utf8) + Data(parts.joined(separator: Data(",".utf8))) + Data("]".utf8)
    if let decoded = try? decoder.decode([Line].self, from: array), decoded.count == parts.count {
      return decoded
    }
    return try parts.enumerated().map { number, part in
      do {
        return try decoder.decode(Line.self, from: Data(part))
      } catch {
        throw TrainingError.damagedFile(
          path: path,
          reason: "line \(known + number + 1) is not one that halompi writes: "
            + String(decoding: part.prefix(80), as: UTF8.self))
      }
    }
  }
}
