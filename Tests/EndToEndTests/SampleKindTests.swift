import Foundation
import TestSupport
import Testing

extension EndToEnd {
  /// Trainings on boxes that are shuffled within their shells.
  @Suite struct ShuffledTests {
    @Test func shuffledBoxesAreTheSameForAnyNumberOfRanks() throws {
      let workspace = try Workspace.withFields()
      let shuffled = ["--set", "training.variant=shuffled"]
      let model = workspace.path("runs/small/training/shuffled-seed1/model.h5")
      try workspace.run("train", shuffled, ranks: 1)
      let bytes = try Data(contentsOf: URL(filePath: model))
      try FileManager.default.removeItem(
        atPath: workspace.path("runs/small/training/shuffled-seed1"))
      try workspace.run("train", shuffled, ranks: 3)
      #expect(try Data(contentsOf: URL(filePath: model)) == bytes)
      #expect(try Workspace.uninterrupted().trained("model.h5") != bytes)
      try workspace.run("predict", shuffled, ranks: 2)
      let report = try workspace.run("analyze", shuffled + Workspace.analysisOptions, ranks: 1)
      #expect(report.output.contains("shuffled"))
    }
  }

  /// Trainings on boxes with other shells, a mask, or the axes of the density.
  @Suite struct ShellsAndMasksTests {
    private static let set = [
      "training.variant=ellipsoidal", "training.shells.count=2",
      "training.shells.spacing=logarithmic", "training.mask.outer=2.5",
    ].flatMap { ["--set", $0] }

    @Test func ellipsoidsWithAMaskAreTheSameForAnyNumberOfRanks() throws {
      let workspace = try Workspace.withFields()
      let model = workspace.path("runs/small/training/ellipsoidal-seed1/model.h5")
      try workspace.run("train", Self.set, ranks: 1)
      let bytes = try Data(contentsOf: URL(filePath: model))
      try FileManager.default.removeItem(
        atPath: workspace.path("runs/small/training/ellipsoidal-seed1"))
      try workspace.run("train", Self.set, ranks: 3)
      #expect(try Data(contentsOf: URL(filePath: model)) == bytes)
      let plan = try workspace.run("plan", Self.set, ranks: 1)
      let words = "ellipsoidal in 2 logarithmic shells, r <= 2.5 voxels"
      #expect(plan.output.contains(words))

      // Neither a training nor a prediction goes on with others.
      let other = Self.set + ["--set", "training.mask.outer=2"]
      try workspace.expectFailure(
        of: "train", other, ranks: 1, code: 65, saying: ["training.mask.outer"])
      try workspace.expectFailure(
        of: "predict", other, ranks: 2, code: 65,
        saying: [words, "and the experiment has ellipsoidal in 2 logarithmic shells, r <= 2.0"])
      try workspace.expectFailure(
        of: "predict", other + ["--model", model], ranks: 1, code: 65, saying: [words])
      try workspace.run("predict", Self.set, ranks: 2)
      let predictions = workspace.path(
        "runs/small/predictions/ellipsoidal-seed1/predictions.h5")
      let own = try Data(contentsOf: URL(filePath: predictions))
      // A model that is named is shown its own boxes, where the experiment asks for none.
      try workspace.run("predict", ["--model", model], ranks: 1)
      #expect(try Data(contentsOf: URL(filePath: predictions)) == own)
      try workspace.run("analyze", Self.set + Workspace.analysisOptions, ranks: 1)
      let table = try String(
        contentsOfFile: workspace.path("runs/small/report/tables/networks.csv"), encoding: .utf8)
      #expect(table.contains(words) && table.contains("ellipsoidal,1"))
    }
  }

  /// Trainings that show particles in no halo too.
  @Suite struct MembershipTests {
    @Test func aTrainingWithTheFieldTellsWhoIsInAHalo() throws {
      let workspace = try Workspace.withFields()
      let field = ["--set", "sampling.includesField=true"]
      try workspace.run("train", field, ranks: 1)
      let model = try workspace.trained("model.h5")
      try FileManager.default.removeItem(atPath: workspace.training)
      try workspace.run("train", field, ranks: 3)
      #expect(try workspace.trained("model.h5") == model)
      #expect(try Workspace.uninterrupted().trained("model.h5") != model)

      let prediction = try workspace.run("predict", field, ranks: 2)
      let area = prediction.output.firstMatch(
        of: #/membership +([\d.]+) \(area under the curve; (\d+) /#)
      let (value, count) = try #require(area.map { (Double($0.1), Int($0.2)) })
      #expect(try (0...1).contains(#require(value)))
      #expect(try (1..<100).contains(#require(count)), "some of 100 are in no halo")
      let report = try workspace.run("analyze", field + Workspace.analysisOptions, ranks: 2)
      #expect(report.output.contains("area under the curve, in halos or in none: raw "))

      // What was trained without the field is another training.
      let other = try Workspace.withModel()
      try other.expectFailure(
        of: "train", field, ranks: 1, code: 65, saying: ["sampling.includesField"])
    }
  }
}
