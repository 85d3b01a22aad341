import Foundation
import TestSupport
import Testing

extension EndToEnd {
  /// Weights that go to other programs and come back.
  @Suite struct WeightTests {
    private func halompi(_ words: String, in workspace: Workspace, ranks: Int = 0) throws -> Job.End
    {
      try Job(words.split(separator: " ").map(String.init), ranks: ranks, in: workspace.folder)
        .wait()
    }

    @Test func anExportedModelComesBackAndPredictsTheSame() throws {
      let workspace = try Workspace.withModel()
      let export = try halompi(
        "export runs/small/training/raw-seed1/model.h5 --to safetensors --output w.safetensors",
        in: workspace, ranks: 2)
      #expect(
        export.code == 0 && export.output.contains("boxes of 9^3 voxels"), "\(export.messages)")
      let imported = try halompi(
        "import w.safetensors --output runs/small/training/raw-seed7/model.h5", in: workspace,
        ranks: 2)
      #expect(imported.code == 0, "\(imported.messages)")
      #expect(
        try workspace.trained("model.h5") == workspace.trained("../raw-seed7/model.h5"))
      try workspace.run("predict", ranks: 1)
      try workspace.run("predict", ["--set", "training.seed=7"], ranks: 2)
      let second = workspace.predictions.replacing("raw-seed1", with: "raw-seed7")
      #expect(
        try Data(contentsOf: URL(filePath: workspace.predictions))
          == Data(contentsOf: URL(filePath: second)))
      // How the model was made came with it, and the import after that.
      let record = try workspace.trained("../raw-seed7/provenance.json")
      let starts = try #require(
        JSONSerialization.jsonObject(with: record) as? [[String: Any]])
      let commands = starts.map { ($0["command"] as? [String])?.dropFirst().first }
      #expect(commands == ["train", "import"])
    }

    @Test func whatCannotBeImportedIsToldWithItsCode() throws {
      let workspace = try Workspace.withModel()
      let model = "runs/small/training/raw-seed1/model.h5"
      func expect(
        _ words: String, code: Int32, saying: String,
        at location: SourceLocation = #_sourceLocation
      ) throws {
        let end = try halompi(words, in: workspace)
        #expect(end.code == code && end.failures.count == 1, sourceLocation: location)
        #expect(end.messages.contains(saying), "\(end.messages)", sourceLocation: location)
      }
      try expect(
        "import nowhere.safetensors --output a/model.h5", code: 66, saying: "Check the path")
      try expect("import \(model) --output a/model.h5", code: 65, saying: "no safetensors file")
      try expect("export nowhere.h5 --to onnx --output a.onnx", code: 66, saying: "nowhere.h5")
      try expect(
        "export \(model) --to onnx --output nowhere/a.onnx", code: 66, saying: "nowhere/a.onnx")
      #expect(try halompi("export \(model) --to onnx --output a.onnx", in: workspace).code == 0)
      try expect("import a.onnx --output a/model.h5", code: 65, saying: "no safetensors file")
      let export = "export \(model) --to safetensors --output w.safetensors"
      #expect(try halompi(export, in: workspace).code == 0)
      try expect("import w.safetensors --output \(model)", code: 64, saying: "a model already")
      try FileDamage.truncate(workspace.path("w.safetensors"))
      try expect("import w.safetensors --output a/model.h5", code: 65, saying: "cut off")
      #expect(!FileManager.default.fileExists(atPath: workspace.path("a/model.h5")))
    }

    private static let python = PythonCheck.interop

    /// `scripts/checks/weights.py` says what it compares.
    @Test(
      .enabled(
        if: python != nil,
        "there is no .venv-interop (scripts/interop/setup): no other program reads the weights"),
      .timeLimit(.minutes(20)),
      arguments: [("density", "raw-seed1"), ("density, shear", "density-shear-seed1")])
    func otherProgramsPredictTheSame(inputs: String, training: String) throws {
      let workspace = try Workspace.withSimulations()
      for command in ["prepare", "train", "predict"] {
        try workspace.run(command, ["--set", "fields.inputs=[\(inputs)]"], ranks: 2)
      }
      let (code, text) = try PythonCheck.run(
        "weights.py", [Job.program, workspace.path("runs/small"), training],
        by: try #require(Self.python))
      #expect(code == 0, "\(text)")
      for words in ["PyTorch", "ONNX Runtime", "the same bytes", "examples", "Keras"] {
        #expect(text.contains(words), "\(text)")
      }
    }
  }
}
