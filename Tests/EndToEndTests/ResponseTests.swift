import Foundation
import TestSupport
import Testing

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
