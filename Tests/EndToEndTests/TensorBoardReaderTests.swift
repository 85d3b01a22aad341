import Foundation
import TestSupport
import Testing

extension EndToEnd {
  /// Event files as TensorBoard's own reader sees them.
  @Suite struct TensorBoardReaderTests {
    /// A Python with the package: HALOMPI_TENSORBOARD_PYTHON, or that of .venv-tensorboard.
    private static let python = PythonCheck.program(
      "HALOMPI_TENSORBOARD_PYTHON", orOfEnvironment: ".venv-tensorboard")

    @Test(
      .enabled(
        if: python != nil,
        "there is no .venv-tensorboard (scripts/interop/setup): TensorBoard reads no event files"
      ))
    func itReadsWhatMetricsHave() throws {
      let workspace = try Workspace.withFields()
      let options = ["--set", "training.tensorboard=true", "--set", "training.epochs=2"]
      // Stopped and gone on with, so that records after a resume are read too.
      try workspace.run("train", options + ["--time-limit", "0.001"], ranks: 2, code: 75)
      try workspace.run("train", options, ranks: 3)
      let (code, text) = try PythonCheck.run(
        "tensorboard_events.py", [workspace.training], by: try #require(Self.python))
      #expect(code == 0, "\(text)")
      #expect(text.contains("20 steps, 10 numbers: as in metrics.jsonl"), "\(text)")
    }
  }
}
