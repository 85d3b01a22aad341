import Foundation
import TestSupport
import Testing

extension EndToEnd {
  /// Event files as TensorBoard's own reader sees them.
  @Suite struct TensorBoardReaderTests {
    private static let root = URL(filePath: #filePath).deletingLastPathComponent()
      .appending(path: "../..").standardizedFileURL

    /// A Python with the package: HALOMPI_TENSORBOARD_PYTHON, or that of .venv-tensorboard.
    private static let python: String? = {
      let path =
        ProcessInfo.processInfo.environment["HALOMPI_TENSORBOARD_PYTHON"]
        ?? root.appending(path: ".venv-tensorboard/bin/python").path
      return FileManager.default.isExecutableFile(atPath: path) ? path : nil
    }()

    @Test(
      .enabled(
        if: python != nil,
        "no Python with TensorBoard: python3 -m venv .venv-tensorboard, and pip install tensorboard there"
      ))
    func itReadsWhatMetricsHave() throws {
      let workspace = try Workspace.withFields()
      let options = ["--set", "training.tensorboard=true", "--set", "training.epochs=2"]
      // Stopped and gone on with, so that records after a resume are read too.
      try workspace.run("train", options + ["--time-limit", "0.001"], ranks: 2, code: 75)
      try workspace.run("train", options, ranks: 3)
      let process = Process()
      process.executableURL = URL(filePath: try #require(Self.python))
      process.arguments = [
        Self.root.appending(path: "scripts/checks/tensorboard_events.py").path, workspace.training,
      ]
      process.environment = Job.environment
      let output = Pipe()
      (process.standardOutput, process.standardError) = (output, output)
      try process.run()
      let text = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
      process.waitUntilExit()
      #expect(process.terminationStatus == 0, "\(text)")
      #expect(text.contains("20 steps, 10 numbers: as in metrics.jsonl"), "\(text)")
    }
  }
}
