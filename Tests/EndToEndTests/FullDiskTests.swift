import Foundation
import TestSupport
import Testing

extension EndToEnd {
  /// A limit to the size of files makes the system refuse to write, as it does on a full disk.
  @Suite struct FullDiskTests {
    /// Runs a command that can write no more than `limit` KiB into a file.
    private func expectRefusal(
      of command: String, in workspace: Workspace, limit: Int, naming file: String
    ) throws {
      try workspace.expectFailure(
        of: command, ranks: 1, fileSizeLimit: limit, code: 74, saying: [file, "File too large"])
    }

    @Test func fieldsThatDoNotFitLeaveNothingHalfWritten() throws {
      let workspace = try Workspace.withSimulations()
      // A field of 16^3 numbers takes 16 KiB, and there are four.
      try expectRefusal(of: "prepare", in: workspace, limit: 40, naming: "fields/A.h5")
      #expect(!FileManager.default.fileExists(atPath: workspace.field("A")))
      try workspace.run("prepare", ranks: 2)
      let end = try Job(["inspect", workspace.field("A")], ranks: 0, in: workspace.folder).wait()
      #expect(end.code == 0, "\(end.messages)")
    }

    @Test func aCheckpointThatDoesNotFitEndsTheJobAndIsWrittenByTheNext() throws {
      let workspace = try Workspace.withFields()
      try expectRefusal(of: "train", in: workspace, limit: 60, naming: "checkpoints/step-")
      let checkpoints = "\(workspace.training)/checkpoints"
      let names = try FileManager.default.contentsOfDirectory(atPath: checkpoints)
      #expect(!names.contains { $0.hasSuffix(".h5") }, "\(names)")
      try workspace.run("train", ranks: 2)
      try workspace.expectUninterruptedBytes()
    }

    @Test func predictionsThatDoNotFitLeaveNothingHalfWritten() throws {
      let workspace = try Workspace.withModel()
      try expectRefusal(of: "predict", in: workspace, limit: 4, naming: "predictions.h5")
      #expect(!FileManager.default.fileExists(atPath: workspace.predictions))
      try workspace.run("predict", ranks: 2)
      #expect(FileManager.default.fileExists(atPath: workspace.predictions))
    }
  }
}
