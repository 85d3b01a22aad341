import Foundation
import SubBoxes
import TestSupport
import Testing
import Training

extension Refusals {
  /// `halompi analyze` on predictions with which little can be done: a word for each, never a crash or a NaN.
  @Suite struct HardCaseTests {
    /// A way in which predictions can be of little use.
    struct Case: CustomTestStringConvertible, Sendable {
      let testDescription: String

      /// What becomes of the rows of the file.
      let change: @Sendable (_ row: Int, _ sample: Sample, _ prediction: Float) -> (Sample, Float)?

      /// What the report says.
      let words: [String]
    }

    static let cases = [
      Case(
        testDescription: "some predictions are NaN",
        change: { row, sample, prediction in (sample, row < 7 ? .nan : prediction) },
        words: ["7 particles of raw-seed1", "not a finite number"]),
      Case(
        testDescription: "all predictions are NaN or infinite",
        change: { row, sample, _ in (sample, row < 7 ? .nan : .infinity) },
        words: [
          "100 particles of raw-seed1", "there are no particles here", "0 rows are too few",
          "no model has a mutual information",
        ]),
      Case(
        testDescription: "all predictions are the same",
        change: { _, sample, _ in (sample, 14) },
        words: ["raw</strong>: no mutual information, because all predictions are equal"]),
      Case(
        testDescription: "there are ten particles",
        change: { row, sample, prediction in row % 10 == 0 ? (sample, prediction) : nil },
        words: ["10 rows are few: the value may be far too large"]),
      Case(
        testDescription: "all particles are in one halo, and two bins of the mass are empty",
        change: { _, sample, prediction in
          (
            Sample(
              simulation: sample.simulation, site: sample.site, logMass: 13.5, radius: .nan,
              halo: sample.halo),
            prediction
          )
        },
        words: ["all true masses are equal", "there are no particles here"]),
    ]

    @Test(arguments: cases)
    func littleToCompareIsAReportOfReasons(of hard: Case) throws {
      let workspace = try Workspace.withModel()
      try workspace.run("predict", ranks: 1)
      try rewrite(workspace.predictions, in: workspace, hard.change)
      try expectReport(
        of: workspace,
        saying: hard.words + ["the scatter between seeds of raw</strong>: there is one seed"])
    }

    @Test func aModelThatDivergedDoesNotTakeTheOthersWithIt() throws {
      let workspace = try Workspace.withModel()
      try workspace.run("predict", ranks: 1)
      let other = workspace.path("runs/small/predictions/raw-seed2")
      try FileManager.default.createDirectory(atPath: other, withIntermediateDirectories: true)
      try FileManager.default.copyItem(
        atPath: workspace.predictions, toPath: "\(other)/predictions.h5")
      try rewrite("\(other)/predictions.h5", in: workspace) { _, sample, _ in (sample, .nan) }
      let report = try expectReport(
        of: workspace,
        saying: ["the model raw-seed2", "none of its 100 predictions is a finite number"])
      #expect(report["particles"]["count"].number == 100)
      #expect(report["variants"][0]["seeds"].count == 1)
      #expect(report["variants"][0]["seeds"][0]["information"]["value"].isThere)
    }

    @Test func runsOfTheAblationThatAreMissingAreNamed() throws {
      let workspace = try Workspace.withModel()
      let seeds = ["--set", "ablation.seeds=[1, 2]"]
      try workspace.run("ablate expand", seeds, ranks: 0)
      try workspace.run("predict", ranks: 1)
      let folder = workspace.path("runs/small/training/raw-seed2")
      try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
      try workspace.write(
        #"{"exitCode": 65, "reason": "Training diverged in step 7", "time": "2026-01-01T00:00:00Z"}"#,
        to: "runs/small/training/raw-seed2/failure.json")
      try expectReport(
        of: workspace, options: seeds,
        saying: [
          "the run averaged-seed1", "nothing was trained for it", "the run raw-seed2",
          "it failed: training diverged in step 7", "halompi ablate",
        ])
    }

    /// Replaces the rows of a file of predictions.
    private func rewrite(
      _ path: String, in workspace: Workspace,
      _ change: (_ row: Int, _ sample: Sample, _ prediction: Float) -> (Sample, Float)?
    ) throws {
      let table = try PredictionTable(contentsOf: path)
      let rows = table.samples.indices.compactMap {
        change($0, table.samples[$0], table.predictions[$0])
      }
      try PredictionTable(
        simulations: table.simulations, fingerprints: table.fingerprints, samples: rows.map(\.0),
        predictions: rows.map(\.1)
      ).write(to: path, model: Model(contentsOf: "\(workspace.training)/model.h5"))
    }

    /// Analyzes; the page must have the words, and no file a number that is none.
    @discardableResult
    private func expectReport(
      of workspace: Workspace, options: [String] = [], saying words: [String],
      at location: SourceLocation = #_sourceLocation
    ) throws -> JSONValue {
      try workspace.run("analyze", Workspace.analysisOptions + options, ranks: 2)
      let folder = workspace.path("runs/small/report")
      let page = try String(contentsOfFile: "\(folder)/report.html", encoding: .utf8)
      for word in words {
        let isSaid = page.contains(word)
        #expect(isSaid, "\(word)", sourceLocation: location)
      }
      let tables = workspace.resultFiles.filter { $0.hasPrefix("small/report/tables") }
      for file in ["small/report/report.html", "small/report/tables.md"] + tables
      where !file.hasSuffix("tables") {
        let text = try String(contentsOfFile: workspace.path("runs/\(file)"), encoding: .utf8)
        // A number that is none would stand between these signs, in any of the formats.
        let none = text.lowercased().matches(of: /[>",| −-](?:nan|inf)[<",| \n]/).count
        #expect(none == 0, "\(file)", sourceLocation: location)
      }
      return try JSONValue(contentsOf: "\(folder)/report.json")
    }
  }
}
