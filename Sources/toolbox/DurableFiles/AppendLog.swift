internal import Foundation

/// A file of lines, or of other records, that only grows, and that can be cut back to where it was.
///
/// A program that resumes remembers the length at its last checkpoint; what was appended after it
/// is cut off and appended again, so that the file is as though nothing had happened.
package struct AppendLog: ~Copyable {
  /// The path of the file.
  package let path: String

  /// The number of bytes in the file, all of them in whole records.
  package private(set) var length: Int

  private let file: Descriptor

  /// Opens a file to append to what its first `length` bytes are; the rest is cut off.
  ///
  /// - Parameters:
  ///   - path: The file, which is made if it is missing and `length` is zero.
  ///   - length: The ``length`` at an earlier time, or zero to start over.
  /// - Returns: The log, at that length.
  /// - Throws: Also if the file has fewer bytes.
  package static func open(_ path: String, length: Int = 0) throws(FileError) -> AppendLog {
    let creation = length == 0 ? O_CREAT : 0
    let file = try Descriptor.open(path, O_WRONLY | O_APPEND | creation, for: "opening")
    let found = try file.length()
    guard found >= length else {
      throw FileError("resuming", path, .tooShort(length: found, expected: length))
    }
    try file.truncate(to: length)
    try file.sync()
    try DurableFile.syncFolder(of: path)
    return AppendLog(path: path, length: length, file: file)
  }

  /// Appends a line, to which the line break is added.
  ///
  /// If it fails, no part of the line is left in the file.
  package mutating func append(_ line: String) throws(FileError) {
    try append(Array((line + "\n").utf8))
  }

  /// Appends bytes, whole lines or records.
  ///
  /// If it fails, no part of them is left in the file.
  package mutating func append(_ bytes: [UInt8]) throws(FileError) {
    do throws(FileError) {
      try bytes.span.bytes.withUnsafeBytes { (bytes) throws(FileError) in try file.write(bytes) }
    } catch {
      try file.truncate(to: length)
      throw error
    }
    length += bytes.count
  }

  /// Waits until all lines are on the disk.
  package func sync() throws(FileError) {
    try file.sync()
  }

  /// Stores all lines on the disk and closes the file.
  package consuming func close() throws(FileError) {
    try file.sync()
    try file.close()
  }
}
