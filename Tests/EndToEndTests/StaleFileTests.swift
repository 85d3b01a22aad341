import Foundation
import TestSupport
import Testing

extension EndToEnd {
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

    @Test func anEmptyRecordOfTheExperimentIsNamed() throws {
      let workspace = try Workspace.withFields()
      try workspace.write("", to: "runs/small/experiment.yaml")
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
