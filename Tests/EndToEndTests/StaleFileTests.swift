import Foundation
import TestSupport
import Testing

extension Refusals {
  /// Files of a run directory that are damaged, or of another run than the files beside them.
  @Suite struct StaleFileTests {
    /// An empty file is what a full disk leaves of one.
    @Test(arguments: [0, 1_000, -1])
    func aDamagedModelOfACompleteTrainingIsMadeAgainWithTheSameBytes(length: Int) throws {
      let workspace = try Workspace.withModel()
      let model = "\(workspace.training)/model.h5"
      let intact = try Data(contentsOf: URL(filePath: model))
      var damaged = intact
      if length >= 0 {
        damaged = intact.prefix(length)
      } else {
        damaged[intact.count - 5] ^= 1
      }
      try damaged.write(to: URL(filePath: model))
      let end = try workspace.run("train", ranks: 2)
      #expect(end.messages.contains("the model is made again"), "\(end.messages)")
      #expect(try Data(contentsOf: URL(filePath: model)) == intact)
    }

    /// The logs are what a job tells of itself; the training does not depend on them.
    @Test(arguments: ["metrics.jsonl", "timings.jsonl"])
    func aTrainingGoesOnWithoutTheLogThatIsMissing(log: String) throws {
      let workspace = try Workspace.withFields()
      _ = try workspace.train(ranks: 2, untilLine: 9) { $0.send(SIGKILL, toRank: 0) }
      let path = "\(workspace.training)/\(log)"
      // Shorter than it was, it is not what the checkpoint knows, and nothing says which lines are left.
      try Data().write(to: URL(filePath: path))
      try workspace.expectFailure(
        of: "train", ranks: 2, code: 65, saying: ["raw-seed1/\(log)", "start again without it"])
      try FileManager.default.removeItem(atPath: path)
      let end = try workspace.run("train", ranks: 2)
      #expect(end.messages.contains("\(log) is not there any more: it begins anew"))
      #expect(try workspace.trained("model.h5") == Workspace.uninterrupted().trained("model.h5"))
      try workspace.run("predict", ranks: 1)
    }

    @Test(arguments: ["", "name", "\u{0}\u{FF}", "name: small\nnam: x\n", "[[[["])
    func aDamagedRecordOfTheExperimentIsNamed(text: String) throws {
      let workspace = try Workspace.withFields()
      try workspace.write(text, to: "runs/small/experiment.yaml")
      try workspace.expectFailure(
        of: "train", ranks: 2, code: 65,
        saying: [
          "runs/small/experiment.yaml", "the experiment as it was last used here", "remove it",
        ])
    }

    @Test func predictionsOfOtherFieldsAreRefused() throws {
      let workspace = try Workspace.withModel()
      try workspace.run("predict", ranks: 2)
      var other = Workspace.simulation("D")
      other.phase += 0.1
      try workspace.write(other, "D")
      try workspace.run("prepare", ["--simulation", "D"], ranks: 2)
      try workspace.expectFailure(
        of: "analyze", ranks: 2, code: 65,
        saying: ["fields/D.h5", "not the fields that were predicted from", "halompi predict"])
    }

    @Test func fieldsOfAnotherGridThanThePredictionsAreRefused() throws {
      let workspace = try Workspace.withPredictions()
      var other = SyntheticSimulation()
      other.side = 12
      other.groups = [(300, [250]), (150, []), (100, [])]
      try workspace.write(other, "D")
      try workspace.run("prepare", ["--simulation", "D"], ranks: 2)
      try workspace.expectFailure(
        of: "analyze", ranks: 2, code: 65,
        saying: ["fields/D.h5", "not the fields that were predicted from", "halompi predict"])
    }

    @Test(arguments: [
      #"{"format": "halompi-ablation", "version": 0, "runs": []}"#, "{}", "", "\u{0}", "[]",
    ])
    func aManifestOfAnotherVersionIsOneSentence(text: String) throws {
      let workspace = try Workspace.withFields()
      let folder = workspace.path("runs/small/ablation")
      try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
      try workspace.write(text, to: "runs/small/ablation/manifest.json")
      for command in ["ablate", "ablate expand", "ablate status", "ablate summarize"] {
        try workspace.expectFailure(
          of: command, code: 65, saying: ["ablation/manifest.json"])
      }
    }

    /// What a job leaves that did not finish, for the next one to go on from.
    @Test(arguments: [
      ("prepare", "fields/unfinished.json"), ("prepare", "fields/A.h5"),
      ("prepare", "fields/A.h5.partial"),
      ("train", "training/raw-seed1/lock"), ("train", "training/raw-seed1/failure.json"),
      ("predict", "predictions/raw-seed1/predictions.h5"),
      ("predict", "predictions/raw-seed1/unfinished/0.jsonl"), ("analyze", "report/report.json"),
      ("analyze", "report/made-of.json"), ("prepare", "fields/made-of.json"),
    ])
    func whatAnEndedJobLeftInPiecesIsMadeAnew(command: String, file: String) throws {
      let workspace = try Workspace.withPredictions()
      let path = "runs/small/\(file)"
      let folder = URL(filePath: workspace.path(path)).deletingLastPathComponent()
      for text in ["", "{\"", String(repeating: "x", count: 5000)] {
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        try workspace.write(text, to: path)
        try workspace.run(
          command, command == "analyze" ? Workspace.analysisOptions : [], ranks: 2)
      }
      try workspace.expectUninterruptedBytes()
      #expect(!workspace.resultFiles.contains { $0.hasSuffix(".partial") })
    }

    /// The record of all starts is not made anew: it is the only one.
    @Test(arguments: [("prepare", "fields"), ("train", "training/raw-seed1")])
    func aRecordOfStartsInPiecesIsNamed(command: String, folder: String) throws {
      let workspace = try Workspace.withPredictions()
      let file = "runs/small/\(folder)/provenance.json"
      for text in ["", "{\""] {
        try workspace.write(text, to: file)
        try workspace.expectFailure(
          of: command, ranks: 2, code: 65, saying: [file, "move it away"])
      }
      try FileManager.default.removeItem(atPath: workspace.path(file))
      try workspace.run(command, ranks: 2)
      try workspace.expectUninterruptedBytes()
    }

    /// Files whose links form a circle, or that announce more than they hold, by `damaged.c`.
    @Test(arguments: [
      ("cycle.h5", Int32(0), "the same group as one above"), ("huge.h5", 65, "huge.h5"),
    ])
    func aFileThatLeadsAnywhereIsInspected(name: String, code: Int32, words: String) throws {
      let workspace = try Workspace.with(experiment: "")
      let file = URL(filePath: #filePath).deletingLastPathComponent()
        .appending(path: "../References/hdf5/\(name)").standardized.path
      let end = try Job(["inspect", file], ranks: 0, in: workspace.folder).wait()
      #expect(end.code == code, "\(end.messages)")
      #expect((end.output + end.messages).contains(words), "\(end.output)\(end.messages)")
    }
  }
}
