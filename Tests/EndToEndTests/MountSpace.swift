import Foundation
import TestSupport
import Testing

/// A mount namespace of its own: nothing that is mounted in it is seen outside, and all of it is gone when it is,
/// however this process ends.
final class MountSpace {
  private let holder: Process
  private let input: Pipe

  /// Whether this machine lets this process mount something in a namespace of its own.
  static let isPossible: Bool = {
    guard let process = try? childProcess() else { return false }
    process.executableURL = URL(filePath: "/usr/bin/env")
    process.arguments = ["unshare", "--mount", "sh", "-c", "mount -t tmpfs -o size=1m none /mnt"]
    process.standardOutput = FileHandle.nullDevice
    process.standardError = FileHandle.nullDevice
    guard (try? process.run()) != nil else { return false }
    process.waitUntilExit()
    return process.terminationStatus == 0
  }()

  /// Makes one, after a command of a shell in it.
  init(_ command: String = "true") throws {
    holder = try childProcess()
    input = Pipe()
    let output = Pipe()
    holder.executableURL = URL(filePath: "/usr/bin/env")
    holder.arguments = [
      "unshare", "--mount", "--propagation", "private", "sh", "-c",
      "\(command) && echo ready && exec cat",
    ]
    // It ends when the pipe does, which is with this process at the latest.
    holder.standardInput = input
    holder.standardOutput = output
    try holder.run()
    let answer = output.fileHandleForReading.availableData
    try #require(answer == Data("ready\n".utf8), "unshare, \(command)")
  }

  deinit {
    try? input.fileHandleForWriting.close()
    holder.waitUntilExit()
  }

  /// The words that start a command within it, in a folder.
  func words(in folder: URL) -> [String] {
    let script = "cd \"$0\" && exec \"$@\""
    return ["nsenter", "--mount=/proc/\(holder.processIdentifier)/ns/mnt"]
      + ["sh", "-c", script, folder.path]
  }

  /// Runs a command within it, which must succeed.
  func run(_ command: String, in folder: URL) throws {
    let process = try childProcess()
    process.executableURL = URL(filePath: "/usr/bin/env")
    process.arguments = words(in: folder) + ["sh", "-c", command]
    try process.run()
    process.waitUntilExit()
    try #require(process.terminationStatus == 0, "\(command)")
  }

  /// Makes a folder within it read-only.
  ///
  /// The system refuses as long as a file there is open for writing, which none is for long.
  func makeReadOnly(_ path: String, in folder: URL) throws {
    try run(
      "mount --bind '\(path)' '\(path)' && for attempt in $(seq 200); do "
        + "mount -o remount,bind,ro '\(path)' 2>/dev/null && exit 0; sleep 0.02; done; exit 1",
      in: folder)
  }

  /// The path outside of a file within.
  func path(of file: String) -> String { "/proc/\(holder.processIdentifier)/root\(file)" }
}
