import Foundation
import TestSupport
import Testing

extension Refusals {
  /// Experiments, fields and models that are wrong, missing, or not what they were.
  @Suite struct BadInputTests {
    @Test func anUnknownKeyIsToldWithTheNearestOne() throws {
      let workspace = try Workspace.withFields()
      try workspace.expectFailure(
        of: "train", ["--set", "training.batchsizes=3"], ranks: 3, code: 64,
        saying: ["training.batchsizes", "did you mean `training.batchSize`?"])
      try workspace.write(
        Workspace.experiment.replacing("batchSize:", with: "batchsizes:"), to: "experiment.yaml")
      try workspace.expectFailure(
        of: "train", ranks: 3, code: 65,
        saying: ["experiment.yaml", "training.batchsizes", "did you mean `training.batchSize`?"])
    }

    @Test func anUnknownOptionIsAUsageErrorToldOnce() throws {
      let workspace = try Workspace.withSimulations()
      let end = try workspace.start("train", ["--seed", "3"], ranks: 3).wait()
      #expect(end.code == 64, "\(end.messages)")
      #expect(end.messages.components(separatedBy: "Unknown option '--seed'").count == 2)
    }

    @Test func whatAnEarlierStageMakesIsNamedWhenItIsMissing() throws {
      let workspace = try Workspace.withSimulations()
      try workspace.expectFailure(
        of: "train", ranks: 2, code: 66,
        saying: ["fields/A.h5", "fields/C.h5", "do not exist", "halompi prepare"])
      try workspace.run("prepare", ranks: 0)
      try workspace.expectFailure(
        of: "predict", ranks: 2, code: 66,
        saying: ["raw-seed1/model.h5", "does not exist", "halompi train"])
      let end = try Job(["train", "nowhere.yaml"], ranks: 2, in: workspace.folder).wait()
      #expect(end.code == 66 && end.failures.count == 1, "\(end.messages)")
      #expect(end.messages.contains("nowhere.yaml: there is no such file"), "\(end.messages)")
    }

    /// A folder, a pipe to which nobody writes, and a device without an end, in the place of every kind of file.
    @Test(arguments: [
      ["inspect", "FILE"], ["check", "experiment", "FILE"], ["check", "golden", "FILE"],
      ["export", "FILE", "--to", "onnx", "--output", "a.onnx"],
      ["import", "FILE", "--output", "a.h5"], ["information", "FILE", "--columns", "a,b"],
      ["predict", "experiment.yaml", "--model", "FILE"],
      ["prepare", "experiment.yaml", "--set", "simulations[0].initial=FILE"],
      ["prepare", "experiment.yaml", "--set", "simulations[0].catalogue=FILE"],
    ])
    func whatIsNoFileIsNeitherWaitedForNorRead(command: [String]) throws {
      let workspace = try Workspace.withSimulations()
      let pipe = workspace.path("pipe")
      try #require(mkfifo(pipe, 0o600) == 0)
      for file in [workspace.path("."), pipe, "/dev/zero"] {
        let words = command.map { $0.replacing("FILE", with: file) }
        let end = try Job(
          words, ranks: 0, in: workspace.folder, launcher: ["timeout", "300"]
        ).wait()
        #expect([65, 66, 74].contains(end.code), "\(words): \(end.code) \(end.messages)")
        #expect(end.failures.count == 1, "\(words): \(end.messages)")
        #expect(!end.messages.contains("Domain"), "\(end.messages)")
      }
    }

    @Test(arguments: ["resident", "stream"])
    func aDensityThatIsNotANumberIsNamedWithItsPlace(mode: String) throws {
      let workspace = try Workspace.withFields()
      // Site (2, 3, 4) of a grid of 16.
      let site = (2 * 16 + 3) * 16 + 4
      try FileDamage.overwrite("density", at: site, with: .nan, in: workspace.field("B"))
      try workspace.expectFailure(
        of: "train", ["--set", "stream.mode=\(mode)"], ranks: 3, code: 65,
        saying: [
          "fields/B.h5", "density", "site \(site) [2, 3, 4] is nan", "halompi prepare",
        ])
      let end = try Job(["inspect", workspace.field("B")], ranks: 0, in: workspace.folder).wait()
      #expect(end.code == 65 && end.messages.contains("density"), "\(end.messages)")
    }

    @Test func aModelThatIsCutOffIsRefused() throws {
      let workspace = try Workspace.withModel()
      try FileDamage.truncate("\(workspace.training)/model.h5")
      try workspace.expectFailure(
        of: "predict", ranks: 2, code: 65, saying: ["raw-seed1/model.h5", "truncated"])
      #expect(!FileManager.default.fileExists(atPath: workspace.predictions))
    }

    @Test func aResumeWithOtherDataOrSettingsIsRefused() throws {
      let workspace = try Workspace.withFields()
      try workspace.run("train", ["--time-limit", "30"], ranks: 2, code: 75)
      let metrics = try workspace.trained("metrics.jsonl")

      try workspace.expectFailure(
        of: "train",
        ["--set", "training.batchSize=16", "--set", "training.optimizer.learningRate=0.01"],
        ranks: 2, code: 65,
        saying: [
          "training.batchSize was 32 and is 16", "training.optimizer.learningRate was", "restore",
        ])
      var other = Workspace.simulation("B")
      other.phase += 0.1
      try workspace.write(other, "B")
      try workspace.run("prepare", ["--simulation", "B"], ranks: 2)
      try workspace.expectFailure(
        of: "train", ranks: 2, code: 65, saying: ["fields have changed", "B", "restore"])

      // Refusals change nothing: with what there was before, the training goes on.
      #expect(try workspace.trained("metrics.jsonl") == metrics)
      try workspace.write(Workspace.simulation("B"), "B")
      try workspace.run("prepare", ["--simulation", "B"], ranks: 1)
      try workspace.run("train", ranks: 2)
      let reference = try Workspace.uninterrupted()
      #expect(try workspace.trained("model.h5") == reference.trained("model.h5"))
      #expect(try workspace.trained("metrics.jsonl") == reference.trained("metrics.jsonl"))
    }

    @Test func aSecondJobInTheSameDirectoryIsRefusedAndTheFirstUnharmed() throws {
      let workspace = try Workspace.withFields()
      let first = try workspace.start("train", ranks: 2)
      first.waitForTraining(in: workspace, untilLine: 2)
      // It stands still until the second one has met it.
      for rank in 0..<2 { #expect(first.send(SIGSTOP, toRank: rank)) }
      try workspace.expectFailure(
        of: "train", ranks: 1, code: 74, saying: ["raw-seed1/lock", "is writing", "wait"])
      for rank in 0..<2 { #expect(first.send(SIGCONT, toRank: rank)) }
      let end = try first.wait()
      #expect(end.code == 0, "\(end.messages)")
      let reference = try Workspace.uninterrupted()
      #expect(try workspace.trained("model.h5") == reference.trained("model.h5"))
      #expect(try workspace.trained("metrics.jsonl") == reference.trained("metrics.jsonl"))
    }
  }
}
