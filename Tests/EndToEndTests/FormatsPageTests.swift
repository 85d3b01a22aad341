import Foundation
import TestSupport
import Testing

extension EndToEnd {
  /// The Python examples of Documentation/formats.md on a run directory.
  @Suite struct FormatsPageTests {
    private static let root = URL(filePath: #filePath).deletingLastPathComponent()
      .appending(path: "../..").standardizedFileURL

    /// A Python with h5py: HALOMPI_H5PY_PYTHON, or that of the system.
    private static let python: String? = {
      let path = ProcessInfo.processInfo.environment["HALOMPI_H5PY_PYTHON"] ?? "/usr/bin/python3"
      guard FileManager.default.isExecutableFile(atPath: path) else { return nil }
      let process = Process()
      process.executableURL = URL(filePath: path)
      process.arguments = ["-c", "import h5py, numpy"]
      process.standardError = FileHandle.nullDevice
      guard (try? process.run()) != nil else { return nil }
      process.waitUntilExit()
      return process.terminationStatus == 0 ? path : nil
    }()

    @Test(.enabled(if: python != nil, "no Python with h5py: install python3-h5py"))
    func itsExamplesRun() throws {
      let workspace = try Workspace.withModel()
      try workspace.run("predict", ranks: 2)
      let process = Process()
      process.executableURL = URL(filePath: try #require(Self.python))
      process.arguments = [
        Self.root.appending(path: "scripts/checks/formats.py").path, workspace.path("runs/small"),
      ]
      process.environment = Job.environment
      let output = Pipe()
      (process.standardOutput, process.standardError) = (output, output)
      try process.run()
      let text = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
      process.waitUntilExit()
      #expect(process.terminationStatus == 0, "\(text)")
      #expect(text.contains("examples ran"), "\(text)")
    }
  }
}
