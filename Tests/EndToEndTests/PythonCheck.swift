import Foundation
import TestSupport

/// A script of `scripts/checks` that a Python runs.
enum PythonCheck {
  /// The folder of the package.
  private static let root = URL(filePath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

  /// The Python of other programs' packages: HALOMPI_INTEROP_PYTHON, or that of .venv-interop.
  static let interop = program("HALOMPI_INTEROP_PYTHON", orOfEnvironment: ".venv-interop")

  /// The Python that `variable` names, or else the one at `path`; nothing if it is not there.
  ///
  /// - Parameters:
  ///   - variable: A variable of the environment.
  ///   - path: A program, relative to the package's folder or absolute.
  /// - Returns: The path of the program.
  static func program(_ variable: String, or path: String) -> String? {
    let named = ProcessInfo.processInfo.environment[variable]
    let program = named ?? URL(filePath: path, relativeTo: root).path
    return FileManager.default.isExecutableFile(atPath: program) ? program : nil
  }

  /// The Python that `variable` names, or else that of an environment of `scripts/interop/setup`; nothing if that
  /// was not made, or not to its end.
  ///
  /// - Parameters:
  ///   - variable: A variable of the process's environment.
  ///   - folder: The folder of Python's environment, in that of the package.
  /// - Returns: The path of the program.
  static func program(_ variable: String, orOfEnvironment folder: String) -> String? {
    let isNamed = ProcessInfo.processInfo.environment[variable] != nil
    let mark = root.appending(path: "\(folder)/complete").path
    guard isNamed || FileManager.default.fileExists(atPath: mark) else { return nil }
    return program(variable, or: "\(folder)/bin/python")
  }

  /// Whether a Python has modules.
  static func has(_ modules: String, _ python: String) -> Bool {
    (try? run(python, ["-c", "import \(modules)"]).code) == 0
  }

  /// Runs a script of `scripts/checks` to its end.
  static func run(
    _ script: String, _ arguments: [String], by python: String
  ) throws -> (code: Int32, text: String) {
    try run(python, [root.appending(path: "scripts/checks/\(script)").path] + arguments)
  }

  private static func run(
    _ program: String, _ arguments: [String]
  ) throws -> (code: Int32, text: String) {
    // Before the pipe is made, which MPI's daemon would otherwise keep open.
    let process = try childProcess()
    process.executableURL = URL(filePath: program)
    process.arguments = arguments
    process.environment = Job.environment
    let output = Pipe()
    (process.standardOutput, process.standardError) = (output, output)
    try process.run()
    let text = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    process.waitUntilExit()
    return (process.terminationStatus, text)
  }
}
