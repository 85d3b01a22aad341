import Foundation
import TestSupport
import Testing

extension EndToEnd {
  /// From predictions to the report.
  @Suite struct AnalyzeTests {
    /// The files of the report that do not tell when and where it was made.
    private func files(of workspace: Workspace) throws -> [String: Data] {
      let folder = "small/report/"
      let names = workspace.resultFiles.filter { file in
        file.hasPrefix(folder) && !file.hasSuffix("provenance.json")
          && !file.hasSuffix("made-of.json")
          && ["json", "csv", "md"].contains { file.hasSuffix(".\($0)") }
      }
      return try Dictionary(
        uniqueKeysWithValues: names.map { name in
          (
            String(name.dropFirst(folder.count)),
            try Data(contentsOf: URL(filePath: workspace.path("runs/\(name)")))
          )
        })
    }

    @Test func theReportHasTheSameBytesForAnyNumberOfRanks() throws {
      let workspace = try Workspace.withModel()
      try workspace.run("predict", ranks: 2)
      let first = try workspace.run("analyze", Workspace.analysisOptions, ranks: 1)
      #expect(first.output.contains("100 in 5 halos, D"), "\(first.output)")
      #expect(first.output.contains("EPS") && first.output.contains("report.json"))
      let single = try files(of: workspace)
      #expect(single.keys.contains("report.json") && single.keys.contains("tables.md"))
      #expect(single.keys.count { $0.hasPrefix("tables/") } == 11, "\(single.keys)")
      #expect(single.keys.contains("figures/information.csv"), "\(single.keys)")
      let page = try String(
        contentsOfFile: workspace.path("runs/small/report/report.html"), encoding: .utf8)
      for part in ["<h1>small</h1>", "halompi analyze", "predictions/raw-seed1", "</html>"] {
        #expect(page.contains(part), "\(part)")
      }
      for ranks in 2...4 {
        try workspace.run(
          "analyze", Workspace.analysisOptions + ["--set", "analysis.threadsPerRank=\(ranks - 1)"],
          ranks: ranks)
        let several = try files(of: workspace)
        #expect(several.keys == single.keys)
        for (name, data) in single { #expect(several[name] == data, "\(name) on \(ranks) ranks") }
      }
    }

    @Test func withoutPredictionsItSaysHowToMakeThem() throws {
      try Workspace.withModel().expectFailure(
        of: "analyze", ranks: 2, code: 66,
        saying: ["runs/small/predictions", "predictions.h5", "halompi predict"])
    }

    @Test func withoutFieldsAndModelItReportsWhatItCan() throws {
      let workspace = try Workspace.withModel()
      try workspace.run("predict", ranks: 1)
      for folder in ["fields", "training"] {
        try FileManager.default.removeItem(atPath: workspace.path("runs/small/\(folder)"))
      }
      let end = try workspace.run("analyze", Workspace.analysisOptions, ranks: 1)
      // Which halo a particle is in stands with its prediction.
      #expect(!end.output.contains("errors over halos"), "\(end.output)")
      #expect(end.output.contains("EPS and Sheth-Tormen"), "\(end.output)")
    }

    @Test func anEmptyRangeOfMassesIsAReportOfReasons() throws {
      let workspace = try Workspace.withModel()
      try workspace.run("predict", ranks: 1)
      let end = try workspace.run("analyze", ranks: 2)
      #expect(end.output.contains("MI unknown"), "\(end.output)")
    }
  }
}
