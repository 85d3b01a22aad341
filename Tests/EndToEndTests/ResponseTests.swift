import Foundation
import SubBoxes
import TestSupport
import Testing
import Training

extension EndToEnd {
  /// Perturbed boxes and gradients, from the command to the report.
  @Suite struct ResponseTests {
    @Test func responsesAndSensitivitiesAreFiguresOfTheReport() throws {
      let workspace = try Workspace.withPredictions()
      let before = try Data(contentsOf: URL(filePath: workspace.predictions))
      let perturb = ["--perturb", "density=-0.05,0,0.05", "--perturb", "tide=0.02"]
      let end = try workspace.run(
        "predict", perturb + ["--sensitivity", "3"] + Workspace.analysisOptions, ranks: 2)
      #expect(end.output.contains("density of 0.05: "), "\(end.output)")
      #expect(end.output.contains("tide along axis 1 of 0.02: "), "\(end.output)")
      let folder = "small/predictions/raw-seed1/responses"
      #expect(workspace.resultFiles.contains("\(folder)/responses.h5"))
      #expect(workspace.resultFiles.contains("\(folder)/sensitivity.h5"))
      #expect(!workspace.resultFiles.contains("\(folder)/unfinished"))
      #expect(try Data(contentsOf: URL(filePath: workspace.predictions)) == before)
      try workspace.run("analyze", Workspace.analysisOptions, ranks: 1)
      let page = try String(
        contentsOfFile: workspace.path("runs/small/report/report.html"), encoding: .utf8)
      for part in ["Response to density and tide, raw-seed1", "Sensitivity to density, raw-seed1"] {
        #expect(page.contains(part), "\(part)")
      }
      let figures = "small/report/figures"
      #expect(workspace.resultFiles.contains { $0.hasPrefix("\(figures)/response-raw-seed1-1-") })
      #expect(workspace.resultFiles.contains("\(figures)/sensitivity-raw-seed1-density-1.csv"))
    }

    /// Given particles have the bits that they have among the drawn ones, whose files stay as they are.
    @Test func givenParticlesArePredictedApart() throws {
      let workspace = try Workspace.withPredictions()
      let perturb =
        ["--perturb", "density=0,0.05", "--sensitivity", "2"] + Workspace.analysisOptions
      try workspace.run("predict", perturb, ranks: 2)
      let folder = workspace.path("runs/small/predictions/raw-seed1")
      func bytes(_ file: String) throws -> Data {
        try Data(contentsOf: URL(filePath: "\(folder)/\(file)"))
      }
      let others = [
        "predictions.h5", "made-of.json", "responses/responses.h5", "responses/sensitivity.h5",
      ]
      let before = try others.map(bytes)
      let drawn = try PredictionTable(contentsOf: workspace.predictions)
      let rows = Array(stride(from: 1, to: drawn.samples.count, by: 3))
      let lines = rows.reversed().map { "D\t\(drawn.samples[$0].site)\n" }
      try workspace.write("simulation\tsite\n" + lines.joined(), to: "one.tsv")
      try workspace.write("site simulation\n\(drawn.samples[4].site) D\n", to: "other.txt")
      var files: [[Data]] = []
      for ranks in [1, 3] {
        let end = try workspace.run("predict", ["--particles", "one.tsv"], ranks: ranks)
        #expect(end.output.contains("particles    \(rows.count) of D"), "\(end.output)")
        #expect(end.output.contains("raw-seed1/particles/one/predictions.h5"), "\(end.output)")
        try workspace.run("predict", ["--particles", "one.tsv"] + perturb, ranks: ranks)
        files.append(
          try ["predictions.h5", "responses/responses.h5", "responses/sensitivity.h5"].map {
            try bytes("particles/one/\($0)")
          })
      }
      #expect(files[0] == files[1])
      try workspace.run("predict", ["--particles", "other.txt"], ranks: 2)
      #expect(try others.map(bytes) == before)

      let given = try PredictionTable(contentsOf: "\(folder)/particles/one/predictions.h5")
      #expect(given.samples == rows.map { drawn.samples[$0] })
      #expect(given.predictions == rows.map { drawn.predictions[$0] })
      let responses = try ResponseTable(
        contentsOf: "\(folder)/particles/one/responses/responses.h5")
      let all = try ResponseTable(contentsOf: "\(folder)/responses/responses.h5")
      #expect(responses.unperturbed == given)
      #expect(responses.changes == rows.flatMap { [all.changes[2 * $0], all.changes[2 * $0 + 1]] })
      let alone = try PredictionTable(contentsOf: "\(folder)/particles/other/predictions.h5")
      #expect(alone.predictions == [drawn.predictions[4]])
      // Nothing is left to do for `run`, and the table is on record.
      let plan = try workspace.run("run", ["--dry-run", "--until", "predict"], ranks: 0)
      #expect(plan.output.contains("predict   skipped"), "\(plan.output)")
      let record = String(decoding: try bytes("particles/one/made-of.json"), as: UTF8.self)
      #expect(record.contains("the table of particles"))
    }

    @Test(arguments: [
      ("nowhere.csv", Int32(66), "nowhere.csv"), ("C.csv", 65, "line 2 names the simulation C"),
      (".csv", 64, "--particles: results are named as the table is"),
    ])
    func aTableThatNamesNoParticlesIsRefused(table: String, code: Int32, words: String) throws {
      let workspace = try Workspace.withModel()
      try workspace.write("simulation,site\nC,5\n", to: "C.csv")
      let end = try workspace.run("predict", ["--particles", table], ranks: 2, code: code)
      #expect(end.messages.contains(words), "\(end.messages)")
      #expect(!workspace.resultFiles.contains { $0.hasSuffix("predictions.h5") })
    }

    @Test(arguments: [
      (["--perturb", "spin=1"], "--perturb"), (["--perturb", "density=1,"], "--perturb"),
      (["--perturb", "tide=0.1,0.1"], "twice"), (["--tide-axis", "4"], "--tide-axis"),
      (["--sensitivity", "0"], "--sensitivity must be from 1 to 4096"),
    ])
    func whatIsNoPerturbationIsRefused(options: [String], words: String) throws {
      let workspace = try Workspace.withSimulations()
      let end = try workspace.run("predict", options, ranks: 1, code: 64)
      #expect(end.messages.contains(words), "\(end.messages)")
    }
  }
}
