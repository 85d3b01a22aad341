import Foundation
import TestSupport

/// Runs a command, and returns its code with what it wrote.
func run(
  _ words: [String], in folder: URL? = nil, _ changes: [String: String] = [:]
) throws -> (code: Int32, output: String) {
  let process = try childProcess()
  process.executableURL = URL(filePath: "/usr/bin/env")
  process.arguments = words
  process.currentDirectoryURL = folder
  process.environment = ProcessInfo.processInfo.environment.merging(changes) { $1 }
  process.standardInput = FileHandle.nullDevice
  let output = Pipe()
  process.standardOutput = output
  process.standardError = output
  try startUnblocked(process)
  let data = output.fileHandleForReading.readDataToEndOfFile()
  process.waitUntilExit()
  return (process.terminationStatus, String(decoding: data, as: UTF8.self))
}
