import Foundation

/// Writes a program of a few lines that can be started at once.
///
/// Another program puts the file where it stays: while one thread of this process writes a file,
/// another may start a process, which holds the file open for writing until it runs its own
/// program, and what is open for writing cannot be run ("text file busy").
package func writeExecutable(_ text: String, to path: String) throws {
  let draft = "\(path).draft"
  try text.write(toFile: draft, atomically: true, encoding: .utf8)
  defer { try? FileManager.default.removeItem(atPath: draft) }
  let process = try childProcess()
  process.executableURL = URL(filePath: "/usr/bin/env")
  process.arguments = ["install", "-m", "755", draft, path]
  process.standardInput = FileHandle.nullDevice
  try process.run()
  process.waitUntilExit()
  guard process.terminationStatus == 0 else { throw CocoaError(.fileWriteUnknown) }
}
