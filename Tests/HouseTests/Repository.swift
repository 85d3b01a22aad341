import Foundation
import TestSupport

/// A text file of this copy of the repository.
struct TextFile {
  /// The path from the root of the repository.
  let path: String

  let text: String

  var lines: [Substring] { text.split(separator: "\n", omittingEmptySubsequences: false) }

  /// The target of a file in Sources; `nil` elsewhere.
  ///
  /// Targets stand in rooms (`Sources/toolbox/MPI`), whose names are in small letters; the program stands by itself.
  var target: String? {
    let parts = path.split(separator: "/")
    guard parts.count > 2, parts[0] == "Sources" else { return nil }
    let isRoom = parts[1] != "halompi" && parts[1].first?.isLowercase == true
    return isRoom ? (parts.count > 3 ? String(parts[2]) : nil) : String(parts[1])
  }

  /// The target of a file in Tests; `nil` elsewhere.
  var testTarget: String? {
    let parts = path.split(separator: "/")
    return parts.count > 2 && parts[0] == "Tests" ? String(parts[1]) : nil
  }
}

/// The files of this copy of the repository.
enum Repository {
  static let root = URL(filePath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

  /// Reads a file, by its path from the root.
  static func file(_ path: String) throws -> TextFile {
    TextFile(path: path, text: try String(contentsOf: root.appending(path: path), encoding: .utf8))
  }

  /// The paths of all files in folders of the root, sorted; what is hidden is left out.
  static func paths(in folders: [String]) throws -> [String] {
    try folders.flatMap { folder in
      try FileManager.default.subpathsOfDirectory(atPath: root.appending(path: folder).path)
        .filter { path in
          var isFolder: ObjCBool = false
          let full = root.appending(path: "\(folder)/\(path)").path
          return !path.split(separator: "/").contains { $0.hasPrefix(".") }
            && !path.contains("__pycache__")
            && FileManager.default.fileExists(atPath: full, isDirectory: &isFolder)
            && !isFolder.boolValue
        }
        .map { "\(folder)/\($0)" }
    }.sorted()
  }

  /// The files in folders whose names end in one of `extensions` ("" for names without a dot).
  static func files(in folders: [String], _ extensions: Set<String>) throws -> [TextFile] {
    try paths(in: folders).filter { extensions.contains(($0 as NSString).pathExtension) }
      .map(file)
  }

  /// Runs a script of the repository, and returns its code and what it printed.
  static func run(
    _ script: String, _ arguments: [String] = [], _ changes: [String: String] = [:]
  ) throws -> (code: Int32, text: String) {
    let process = try childProcess()
    process.executableURL = root.appending(path: "scripts/\(script)")
    process.arguments = arguments
    process.environment = programEnvironment().merging(changes) { $1 }
    process.standardInput = FileHandle.nullDevice
    let output = Pipe()
    process.standardOutput = output
    process.standardError = output
    try process.run()
    let text = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    process.waitUntilExit()
    return (process.terminationStatus, text)
  }

  static let programs: Set<String> = ["swift", "c", "h", "inc", "py", "sh", "sbatch", ""]
}

/// A place where a rule of the house is broken.
struct Finding: Hashable, CustomStringConvertible {
  let path: String
  let line: Int
  let reason: String

  var description: String { "\(path):\(line): \(reason)" }
}

/// Findings as the text of a failed expectation.
func report(_ findings: [Finding]) -> String {
  findings.map(\.description).joined(separator: "\n")
}
