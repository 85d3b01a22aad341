internal import Failures
internal import Foundation

/// The bytes of files that a user names, which need not be files at all.
enum FileContent {
  /// Maps a file into memory, where its bytes come as they are looked at.
  ///
  /// - Throws: A `Failure` of the kind `unreadable`.
  static func mapped(_ path: String) throws(Failure) -> Data {
    try read(path) { try Data(contentsOf: URL(filePath: path), options: .alwaysMapped) }
  }

  /// Reads the first bytes of a file.
  ///
  /// - Throws: A `Failure` of the kind `unreadable`.
  static func beginning(of path: String, count: Int) throws(Failure) -> [UInt8] {
    try read(path) {
      let handle = try FileHandle(forReadingFrom: URL(filePath: path))
      defer { try? handle.close() }
      return try [UInt8](handle.read(upToCount: count) ?? Data())
    }
  }

  private static func read<Content>(
    _ path: String, _ content: () throws -> Content
  ) throws(Failure) -> Content {
    var status = stat()
    // What is no file, such as a named pipe, may never answer.
    if stat(path, &status) == 0, status.st_mode & S_IFMT != S_IFREG {
      let isFolder = status.st_mode & S_IFMT == S_IFDIR
      throw Failure(
        .unreadable, in: path,
        because: isFolder ? "it is a folder, not a file" : "it is a pipe or a device, not a file",
        remedy: isFolder ? "Give the path of a file in it." : "Write it to a file first.")
    }
    do {
      return try content()
    } catch {
      throw Failure(
        .unreadable, in: path, because: "it cannot be read: \(error.localizedDescription)",
        remedy: "Check the file and its permissions.")
    }
  }
}
