import Foundation

/// Gives `body` a folder of its own, and removes it with all that is in it.
///
/// - Parameter body: Is given the path of the folder.
/// - Returns: What `body` returns.
/// - Throws: What `body` throws, or if no folder can be made.
package func withScratchFolder<Value>(_ body: (String) throws -> Value) throws -> Value {
  let folder = FileManager.default.temporaryDirectory
    .appending(path: "halompi-scratch-\(UUID().uuidString)").path
  try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
  defer { try? FileManager.default.removeItem(atPath: folder) }
  return try body(folder)
}
