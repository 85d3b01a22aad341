import Foundation
import TestSupport
import Testing

extension EndToEnd {
  /// The small versions of the experiments in `jobs`, from universes to the page.
  @Suite struct ShippedExperimentTests {
    private static let jobs = URL(filePath: #filePath)
      .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
      .appending(path: "jobs/small").path

    /// The cells of a table of a report, row by row, without the names of the columns.
    private func rows(of table: String, of name: String, in workspace: Workspace) throws
      -> [[String]]
    {
      let file = workspace.path("runs/\(name)/report/tables/\(table).csv")
      return try String(contentsOfFile: file, encoding: .utf8).split(separator: "\n").dropFirst()
        .map { $0.split(separator: ",", omittingEmptySubsequences: false).map(String.init) }
    }

    private func run(_ name: String) throws -> Workspace {
      let workspace = try Workspace.with(experiment: "extends: \(Self.jobs)/\(name).yaml\n")
      try workspace.run("run", ranks: 2)
      return workspace
    }

    @Test(arguments: [
      ("box-size", 8), ("learning-curve", 8), ("capacity", 8), ("alpha-swap", 8), ("balanced", 8),
      ("smoothing", 8), ("shear", 4), ("shells", 8), ("masks", 8),
    ])
    func aMatrixEndsInATableOfInformationBySetting(name: String, rowCount: Int) throws {
      let rows = try rows(of: "matrix", of: "small-\(name)", in: run(name))
      #expect(rows.count == rowCount)
      for row in rows { #expect(Double(row[row.count - 8]) != nil, "MI in \(row)") }
    }

    @Test(arguments: [
      ("redshift-99", ["raw", "averaged"]), ("redshift-19", ["raw", "averaged"]),
      ("reduced-inputs", ["potential", "z0"]),
    ])
    func anAblationEndsInItsReport(name: String, variants: [String]) throws {
      let rows = try rows(of: "models", of: "small-\(name)", in: run(name))
      #expect(rows.map { $0[0] } == variants)
    }

    @Test func networksPredictAnotherCosmology() throws {
      let workspace = try run("cosmology")
      try workspace.write("extends: \(Self.jobs)/cosmology-high.yaml\n", to: "experiment.yaml")
      try workspace.expectFailure(
        of: "run", ranks: 2, code: 64, saying: ["has the role training", "--until prepare"])
      try workspace.run("run", ["--until", "prepare"], ranks: 2)
      for variant in ["raw", "averaged"] {
        let model = "runs/small-cosmology/training/\(variant)-seed1/model.h5"
        try workspace.run("predict", ["--model", model], ranks: 2)
      }
      try workspace.run("analyze", ranks: 2)
      let rows = try rows(of: "models", of: "small-cosmology-high", in: workspace)
      #expect(rows.map { $0[0] }.sorted() == ["averaged", "raw"])
    }
  }
}
