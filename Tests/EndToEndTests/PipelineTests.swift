import Foundation
import HDF5
import TestSupport
import Testing

extension EndToEnd {
  @Suite struct PipelineTests {
    @Test func theMainJobRunsFromSnapshotsToPredictions() throws {
      let workspace = try Workspace.withSimulations()
      let prepared = try workspace.run("prepare", ranks: 2)
      for (name, _) in Workspace.simulations {
        #expect(prepared.output.contains("simulation  \(name), 25 Mpc/h"))
      }
      // What a job that was killed had begun to write.
      let begun = workspace.path("runs/small/training/raw-seed1/checkpoints/step-1.h5.partial")
      try FileManager.default.createDirectory(
        at: URL(filePath: begun).deletingLastPathComponent(), withIntermediateDirectories: true)
      try Data("x".utf8).write(to: URL(filePath: begun))
      try workspace.run("train", ranks: 3)
      let predicted = try workspace.run("predict", ranks: 2)
      #expect(predicted.output.contains("particles    100 of D"))

      let results = workspace.resultFiles.filter { $0.hasSuffix(".h5") }
      // Four fields, the model, the last two checkpoints, the predictions.
      #expect(results.count == 8, "\(results)")
      for file in results {
        let end = try Job(["inspect", "runs/\(file)"], ranks: 0, in: workspace.folder).wait()
        #expect(end.code == 0 && end.messages.isEmpty, "\(file): \(end.messages)")
        #expect(end.output.contains("checksum"), "\(file): \(end.output)")
      }
      try expectProvenance(in: workspace)
      #expect(!workspace.resultFiles.contains { $0.hasSuffix(".partial") })
    }

    /// Every job leaves a list of its starts beside its results.
    private func expectProvenance(in workspace: Workspace) throws {
      for (folder, ranks) in [
        ("fields", 2), ("training/raw-seed1", 3), ("predictions/raw-seed1", 2),
      ] {
        let file = workspace.path("runs/small/\(folder)/provenance.json")
        let data = try Data(contentsOf: URL(filePath: file))
        let starts = try #require(
          try JSONSerialization.jsonObject(with: data) as? [[String: Any]], "\(file)")
        #expect(starts.map { $0["ranks"] as? Int } == [ranks], "\(file)")
        let usage = try #require(starts[0]["usage"] as? [String: Any], "\(file)")
        let hosts = try #require(usage["hosts"] as? [[String: Any]], "\(file)")
        #expect(
          hosts.map { $0["ranks"] as? Int } == [ranks] && usage["hasFailed"] as? Bool == false)
      }
      let report = try Job(["report-jobs", "runs/small"], ranks: 0, in: workspace.folder).wait()
      #expect(report.code == 0 && report.messages.isEmpty, "\(report.messages)")
      for part in [
        "prepare ", "train raw-seed1 ", "predict raw-seed1 ", "memoryPerNode: ", "minutes: 5",
      ] {
        #expect(report.output.contains(part), "\(part): \(report.output)")
      }
    }

    @Test func fieldsModelAndPredictionsAreTheSameForAnyNumberOfRanks() throws {
      let one = try Workspace.withSimulations()
      let three = try Workspace.withSimulations()
      for (workspace, ranks) in [(one, 1), (three, 3)] {
        for command in ["prepare", "train", "predict"] { try workspace.run(command, ranks: ranks) }
      }
      for (name, _) in Workspace.simulations {
        for dataset in ["density", "label/logMass", "label/radius"] {
          let (a, b) = (
            try bits(of: dataset, in: one.field(name)), try bits(of: dataset, in: three.field(name))
          )
          #expect(a.count == 16 * 16 * 16 && a == b, "\(dataset) of \(name)")
        }
      }
      for file in ["model.h5", "metrics.jsonl"] {
        #expect(try one.trained(file) == three.trained(file), "\(file)")
      }
      #expect(
        try Data(contentsOf: URL(filePath: one.predictions))
          == Data(contentsOf: URL(filePath: three.predictions)))
    }

    @Test(arguments: [
      ("fields.input=potential", "potential", "potential", "Set fields.potential to true"),
      ("fields.input=finalDensity", "finalDensity", "final/position", "Set fields.final to true"),
      (
        "fields.inputs=[density, shear]", "density-shear", "shear/major",
        "Set fields.shear to true"
      ),
    ])
    func aNetworkIsTrainedOnOtherInputs(
      setting: String, input: String, dataset: String, remedy: String
    ) throws {
      let changes = ["--set", setting, "--set", "fields.finalVoxelSize=0.3"]
      let one = try Workspace.withFields()
      try one.expectFailure(
        of: "train", changes, code: 65,
        saying: [
          "sub-boxes of \(dataset) in runs/small/fields/A.h5", "made without it",
          remedy,
        ])
      let three = try Workspace.withSimulations()
      for (workspace, ranks) in [(one, 1), (three, 3)] {
        for command in ["prepare", "train", "predict"] {
          try workspace.run(command, changes, ranks: ranks)
        }
      }
      for file in [
        "training/\(input)-seed1/model.h5", "predictions/\(input)-seed1/predictions.h5",
      ] {
        let (a, b) = (
          try Data(contentsOf: URL(filePath: one.path("runs/small/\(file)"))),
          try Data(contentsOf: URL(filePath: three.path("runs/small/\(file)")))
        )
        #expect(a == b, "\(file)")
      }
      // The fields serve trainings on the density as before.
      try one.run("train", ranks: 2)
      #expect(
        try one.trained("model.h5") == Workspace.uninterrupted().trained("model.h5"))
    }

    /// The bit patterns of a dataset, which tell NaNs and zeros apart.
    private func bits(of dataset: String, in path: String) throws -> [UInt32] {
      let file = try HDF5File.open(path)
      let values = try file.dataset(dataset).read(as: Float.self)
      try file.close()
      return values.map(\.bitPattern)
    }
  }
}
