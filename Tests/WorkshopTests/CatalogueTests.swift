import Foundation
import TestSupport
import Testing

@testable import Failures
@testable import Workshop

/// The catalogue of the run directories below a folder.
struct CatalogueTests {
  /// A folder of runs, and what is written into it.
  private struct Runs {
    let scratch: ScratchFolder

    init() throws { scratch = try ScratchFolder() }

    func write(_ text: String, to file: String) throws {
      let url = scratch.url.appending(path: file)
      try FileManager.default.createDirectory(
        at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
      try text.write(to: url, atomically: true, encoding: .utf8)
    }

    /// Writes an experiment with a learning rate.
    func experiment(_ path: String, rate: Double, batch: Int = 64) throws {
      try write(
        """
        name: \(path.split(separator: "/").last ?? "a")
        simulations: [{name: one, role: training, seed: 1}]
        training: {optimizer: {learningRate: \(rate)}, batchSize: \(batch)}

        """, to: "\(path)/experiment.yaml")
    }

    func entry(_ path: String) -> CatalogueEntry { CatalogueEntry(path, in: scratch.path) }

    func page() throws -> String {
      let made = try CatalogueTask(scratch.path).run()
      return try String(contentsOfFile: made.page, encoding: .utf8)
    }
  }

  /// An epoch as `metrics.jsonl` has it.
  private static func epoch(_ number: Int, loss: Double, isBest: Bool) -> String {
    """
    {"kind":"epoch","epoch":\(number),"step":10,"trainingLikelihood":1.5,\
    "validation":{"likelihood":\(loss),"penalty":0.25,"loss":0,"correlation":0.5},"gamma":0.2,"isBest":\(isBest)}

    """
  }

  @Test func experimentsAreFoundAtAnyDepthAndLinksAreNotFollowed() throws {
    let runs = try Runs()
    try runs.experiment("b", rate: 0.1)
    try runs.experiment("group/a", rate: 0.2)
    // The experiment of a run of an ablation is none of its own.
    try runs.experiment("b/training/raw-seed1", rate: 0.1)
    try FileManager.default.createSymbolicLink(
      atPath: runs.scratch.path("loop"), withDestinationPath: runs.scratch.path)
    #expect(CatalogueTask.runDirectories(below: runs.scratch.path) == ["b", "group/a"])
  }

  @Test func theSettingsThatDifferHaveColumns() throws {
    let runs = try Runs()
    try runs.experiment("a", rate: 0.1)
    try runs.experiment("b", rate: 0.2)
    let page = try runs.page()
    #expect(page.contains("data-key=\"training.optimizer.learningRate\""))
    #expect(page.contains("<data value=\"0.2\">") && !page.contains("training.batchSize"))
    #expect(!page.contains("data-key=\"name\""))
    try runs.experiment("c", rate: 0.2, batch: 32)
    #expect(try runs.page().contains("data-key=\"training.batchSize\""))
  }

  @Test func anExperimentThatCannotBeReadIsThereWithTheReason() throws {
    let runs = try Runs()
    try runs.experiment("a", rate: 0.1)
    try runs.write("name: [\n", to: "broken/experiment.yaml")
    let page = try runs.page()
    #expect(
      page.contains("2 experiments") && page.contains("settings cannot be read</data></summary>"))
  }

  @Test func theStateIsThatOfTheFiles() throws {
    let runs = try Runs()
    try runs.experiment("a", rate: 0.1)
    #expect(runs.entry("a").state.text == "begun")
    try runs.write("[{\"started\":\"2026-01-02T00:00:00Z\"}]", to: "a/fields/provenance.json")
    #expect(runs.entry("a").state.text == "prepared")
    try runs.write(
      Self.epoch(0, loss: 2, isBest: true) + Self.epoch(1, loss: 1, isBest: true)
        + Self.epoch(2, loss: 3, isBest: false), to: "a/training/raw-seed1/metrics.jsonl")
    try runs.write("", to: "a/training/raw-seed2/metrics.jsonl")
    try runs.write("{}", to: "a/training/raw-seed2/failure.json")
    #expect(runs.entry("a").state.text == "trained 0 of 2, failed: raw-seed2")
    try runs.write("", to: "a/training/raw-seed1/model.h5")
    try FileManager.default.removeItem(
      atPath: runs.scratch.path("a/training/raw-seed2/failure.json"))
    #expect(runs.entry("a").state.text == "trained 1 of 2")
    try runs.write("", to: "a/predictions/raw-seed1/predictions.h5")
    #expect(runs.entry("a").state.text == "predicted 1 of 2")
    try runs.write(
      """
      {"variants":[{"name":"raw","seeds":[{"information":{"value":{"value":0.4,"haloDeviation":{"value":0.01}}}}]},
      {"name":"averaged","seeds":[{"information":{"value":null,"reason":"none"}}]}]}
      """, to: "a/report/report.json")
    let entry = runs.entry("a")
    #expect(entry.state.text == "reported")
    #expect(entry.lastStart == "2026-01-02T00:00:00Z")
    #expect(entry.bestLoss?.value == 1.25 && entry.bestLoss?.training == "raw-seed1")
    #expect(entry.information == [.init(variant: "raw", value: 0.4, deviation: 0.01)])
    let page = try runs.page()
    #expect(page.contains("<data value=\"0.4\">0.400</data> <small>± 0.010 raw</small>"))
    #expect(page.contains("<a href=\"./a/report/report.json\">numbers</a>"))
  }

  @Test func aFolderWithMarkupInItsNameIsText() throws {
    let runs = try Runs()
    try runs.experiment("<img src=x onerror=alert(1)>\u{600}\"", rate: 0.1)
    let page = try runs.page()
    #expect(!page.contains("<img") && page.contains("&lt;img src=x"))
  }

  @Test func anotherFileIsNotReplaced() throws {
    let runs = try Runs()
    try runs.write("<html>mine</html>", to: "index.html")
    #expect {
      try runs.page()
    } throws: { error in
      (error as? Failure)?.exitCode == .inputOutput
    }
    let other = runs.scratch.path("other.html")
    #expect(try CatalogueTask(runs.scratch.path, output: other).run().page == other)
    // A catalogue is.
    #expect(try CatalogueTask(runs.scratch.path, output: other).run().experiments == 0)
  }

  @Test func aPageElsewhereLeadsBackToTheFolder() throws {
    let runs = try Runs()
    try runs.experiment("runs/a", rate: 0.1)
    try runs.write("", to: "runs/a/report/report.html")
    let above = try CatalogueTask(
      runs.scratch.path("runs"), output: runs.scratch.path("x.html")
    ).run().page
    #expect(
      try String(contentsOfFile: above, encoding: .utf8)
        .contains("href=\"./runs/a/report/report.html\""))
    let aside = runs.scratch.path("pages/y.html")
    try runs.write(try String(contentsOfFile: above, encoding: .utf8), to: "pages/y.html")
    _ = try CatalogueTask(runs.scratch.path("runs"), output: aside).run()
    let text = try String(contentsOfFile: aside, encoding: .utf8)
    let link = try #require(text.firstMatch(of: /href="\.\/(\.\.[^"]*report\.html)"/))
    let target = URL(filePath: runs.scratch.path("pages")).appending(path: String(link.output.1))
    #expect(FileManager.default.fileExists(atPath: target.standardizedFileURL.path))
  }

  @Test func aMissingFolderIsSaid() {
    #expect {
      try CatalogueTask("/nowhere/at all").run()
    } throws: { error in
      (error as? Failure)?.exitCode == .missingInput
    }
  }
}
