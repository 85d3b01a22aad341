import Foundation
import TestSupport
import Testing

extension EndToEnd {
  /// The Python examples of Documentation/formats.md on a run directory.
  @Suite struct FormatsPageTests {
    /// A Python with h5py: HALOMPI_H5PY_PYTHON, or that of the system.
    private static let python = PythonCheck.program("HALOMPI_H5PY_PYTHON", or: "/usr/bin/python3")
      .flatMap { PythonCheck.has("h5py, numpy", $0) ? $0 : nil }

    @Test(.enabled(if: python != nil, "no Python with h5py: install python3-h5py"))
    func itsExamplesRun() throws {
      let workspace = try Workspace.withModel()
      try workspace.run("predict", ranks: 2)
      let (code, text) = try PythonCheck.run(
        "formats.py", [workspace.path("runs/small")], by: try #require(Self.python))
      #expect(code == 0, "\(text)")
      #expect(text.contains("examples ran"), "\(text)")
    }
  }
}
