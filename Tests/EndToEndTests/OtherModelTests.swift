import Foundation
import TestSupport
import Testing

extension EndToEnd {
  /// Predictions with the model of another experiment.
  @Suite struct OtherModelTests {
    @Test func aModelOfAnotherExperimentPredictsTheSame() throws {
      let workspace = try Workspace.withModel()
      try workspace.run("predict", ranks: 2)
      let model = "runs/small/training/raw-seed1/model.h5"
      let other = ["--set", "name=other"]
      try workspace.run("prepare", other, ranks: 2)
      try workspace.run("predict", other + ["--model", model], ranks: 3)
      #expect(
        try Data(
          contentsOf: URL(
            filePath: workspace.path("runs/other/predictions/raw-seed1/predictions.h5")))
          == Data(
            contentsOf: URL(
              filePath: workspace.path("runs/small/predictions/raw-seed1/predictions.h5"))))
    }

    /// Nothing to learn from is needed, nor are the fields of the simulations that the model has learned from.
    @Test func anExperimentOfTestSimulationsAlonePredicts() throws {
      let trained = try Workspace.uninterrupted()
      let model = trained.path("runs/small/training/raw-seed1/model.h5")
      let workspace = try Workspace.withSimulations()
      let only = (0..<3).flatMap { ["--set", "simulations[\($0)].role=test"] }
      try workspace.run("prepare", only + ["--simulation", "D"], ranks: 2)
      try workspace.expectFailure(
        of: "train", only, ranks: 2, code: 64,
        saying: ["no simulation of small has the role training", "--model"])
      try workspace.expectFailure(
        of: "slurm", only + ["--job", "pipeline", "--dry-run"], code: 64,
        saying: ["no simulation of small has the role training"])
      // All four are test simulations now: fields of the others are missing, which says so.
      try workspace.expectFailure(
        of: "predict", only + ["--model", model], ranks: 2, code: 66, saying: ["A.h5", "prepare"])
    }

    @Test func voxelsOfAnotherSizeAreRefused() throws {
      let trained = try Workspace.uninterrupted()
      let workspace = try Workspace.withSimulations()
      var simulation = Workspace.simulation("D")
      // Two percent wider, with as many particles.
      simulation.boxSize = 25.5
      try workspace.write(simulation, "D")
      try workspace.run("prepare", ["--simulation", "D"], ranks: 2)
      let model = trained.path("runs/small/training/raw-seed1/model.h5")
      try workspace.expectFailure(
        of: "predict", ["--model", model], ranks: 2, code: 65,
        saying: [model, "trained on voxels of 1.5625 Mpc/h", "those of D have 1.59375 Mpc/h"])
    }

    @Test func aModelAndARunAreNotBothGiven() throws {
      let workspace = try Workspace.withSimulations()
      let end = try workspace.run(
        "predict", ["--model", "a.h5", "--run", "raw-seed1"], ranks: 1, code: 64)
      #expect(end.messages.contains("--model and --run both say which model to use"))
    }
  }
}
