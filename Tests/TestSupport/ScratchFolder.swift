package import Foundation

/// A folder of a test's own, removed with all that is in it when the value is.
///
/// It stands in the folder of the process (``ProcessFolder``), with which it is removed in any case.
package final class ScratchFolder: Sendable {
  /// The folder.
  package let url: URL

  /// Makes a folder.
  ///
  /// - Throws: What Foundation reports if it cannot be made.
  package init() throws { url = URL(filePath: try temporaryDirectory(UUID().uuidString)) }

  deinit { try? FileManager.default.removeItem(at: url) }

  /// The path of the folder.
  package var path: String { url.path }

  /// Returns the path of a file in the folder.
  package func path(_ name: String) -> String { url.appending(path: name).path }

  /// Returns the names in the folder, sorted.
  ///
  /// - Throws: What Foundation reports if it cannot be read.
  package func names() throws -> [String] {
    try FileManager.default.contentsOfDirectory(atPath: path).sorted()
  }
}

/// Gives `body` a folder of its own, and removes it with all that is in it.
///
/// - Parameter body: Is given the path of the folder.
/// - Returns: What `body` returns.
/// - Throws: What `body` throws, or if no folder can be made.
package func withScratchFolder<Value>(_ body: (String) throws -> Value) throws -> Value {
  let folder = try ScratchFolder()
  return try withExtendedLifetime(folder) { try body(folder.path) }
}

/// Makes a folder that has the same path on all ranks of a job, and is removed when the process exits.
///
/// - Parameter name: Tells the folder from others of the process.
/// - Returns: The path of the folder.
/// - Throws: What Foundation reports if it cannot be made.
package func temporaryDirectory(_ name: String) throws -> String {
  let path = "\(try ProcessFolder.own.get().path)/\(name)"
  try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
  return path
}
