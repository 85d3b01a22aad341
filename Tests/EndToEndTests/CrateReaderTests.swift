import Foundation
import TestSupport
import Testing

extension EndToEnd {
  /// The RO-Crate of a run directory as the validators of its profiles see it.
  @Suite struct CrateReaderTests {
    private static let python = PythonCheck.interop

    @Test(
      .enabled(
        if: python != nil,
        "there is no .venv-interop (scripts/interop/setup): no other program reads the crate"))
    func itIsAWorkflowRunCrate() throws {
      let workspace = try Workspace.withPredictions()
      let run = workspace.path("runs/small")
      let end = try Job(
        ["export", run, "--to", "rocrate"], ranks: 0, in: URL(filePath: workspace.path("."))
      ).wait()
      #expect(end.code == 0 && end.output.contains("no --license is stated"), "\(end)")
      let (code, text) = try PythonCheck.run(
        "crate.py", [run], by: try #require(Self.python))
      #expect(code == 0, "\(text)")
      #expect(text.contains("4 profiles, 3 actions"), "\(text)")

      // A file that is gone is noticed.
      try FileManager.default.removeItem(atPath: workspace.predictions)
      let damaged = try PythonCheck.run("crate.py", [run], by: try #require(Self.python))
      #expect(damaged.code == 1, "\(damaged.text)")
    }
  }
}
