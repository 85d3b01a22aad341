import Foundation
import TestSupport
import Testing

extension EndToEnd {
  /// Results as the Python reader (`python/halompi_reader`) and its notebook see them.
  @Suite struct PythonReaderTests {
    private static let python = PythonCheck.interop

    @Test(
      .enabled(
        if: python != nil,
        "there is no .venv-interop (scripts/interop/setup): pandas reads no results"))
    func itReadsARunAndDrawsTheFigure() throws {
      let workspace = try Workspace.withPredictions()
      let python = try #require(Self.python)
      let run = workspace.path("runs/small")
      let early = try PythonCheck.run("reader.py", [run], by: python)
      #expect(early.code == 66 && early.text.contains("has no report"), "\(early.text)")

      try workspace.run("analyze", Workspace.analysisOptions, ranks: 1)
      let picture = workspace.path("figure.png")
      let (code, text) = try PythonCheck.run("reader.py", [run, picture], by: python)
      #expect(code == 0, "\(text)")
      #expect(text.contains("tests passed on"), "\(text)")
      #expect(text.contains("quickstart.ipynb: a figure of"), "\(text)")
      #expect(FileManager.default.fileExists(atPath: picture))
    }
  }
}
