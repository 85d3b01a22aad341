import Foundation
import TestSupport
import Testing

extension Refusals {
  /// A limit to the size of files makes the system refuse to write, as it does on a full disk; and disks so small that
  /// they are full.
  @Suite struct FullDiskTests {
    /// Runs a command that can write no more than `limit` KiB into a file.
    private func expectRefusal(
      of command: String, in workspace: Workspace, ranks: Int = 1, limit: Int, naming file: String
    ) throws {
      try workspace.expectFailure(
        of: command, ranks: ranks, fileSizeLimit: limit, code: 74, saying: [file, "File too large"])
    }

    @Test(arguments: [1, 3])
    func fieldsThatDoNotFitLeaveNothingHalfWritten(ranks: Int) throws {
      let workspace = try Workspace.withSimulations()
      // A field of 16^3 numbers takes 16 KiB, and there are four.
      try expectRefusal(
        of: "prepare", in: workspace, ranks: ranks, limit: 40, naming: "fields/A.h5")
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

    @Test(.enabled(if: MountSpace.isPossible, "needs root, and mounts in a namespace of its own"))
    func theDoctorTellsOfAFullDiskInsteadOfWaiting() throws {
      let workspace = try Workspace.with(experiment: "")
      let folder = workspace.path("full")
      try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
      let space = try MountSpace("mount -t tmpfs -o size=8k none '\(folder)'")
      let end = try Job(
        ["doctor", "--folder", folder], ranks: 3, in: workspace.folder,
        launcher: space.words(in: workspace.folder) + Job.launcher(ranks: 3)
      ).wait()
      #expect(end.code == 1, "\(end.output)\(end.messages)")
      #expect(end.output.contains("No space left on device"), "\(end.output)\(end.messages)")
    }

    /// In a collective write to a disk that is full, one rank would fail inside of MPI while the others wait there.
    ///
    /// The disk grows after each job by some pages, so that it is full at every place of every file.
    @Test(
      .enabled(if: MountSpace.isPossible, "needs root, and mounts in a namespace of its own"),
      arguments: [WatchedStage.simulate, .prepare])
    func ranksThatWriteTogetherAllEndWithOneSentenceOfFileAndDisk(stage: WatchedStage) throws {
      var chance = Chance(for: "a small disk in \(stage)")
      let reference = try stage.reference()
      let workspace = try stage.workspace()
      let runs = workspace.path("runs")
      try FileManager.default.createDirectory(atPath: runs, withIntermediateDirectories: true)
      var size = 32
      let space = try MountSpace("mount -t tmpfs -o size=\(size)k none '\(runs)'")
      let launcher =
        space.words(in: workspace.folder) + Job.launcher(ranks: 3)
      var reserving = 0
      while true {
        let end = try workspace.start(stage.command, ranks: 3, launcher: launcher).wait()
        if end.code == 0 { break }
        let story = "\(stage) on \(size) KiB: \(end.messages)"
        try #require(end.code == 74, "\(story)")
        #expect(end.failures.count == 1, "\(story)")
        let failure = end.failures.first ?? ""
        #expect(failure.contains("No space left on device"), "\(story)")
        #expect(failure.contains("runs/small/"), "\(story)")
        if failure.contains("reserving ") {
          reserving += 1
          #expect(failure.contains(" bytes on the file system at \(runs) for"), "\(story)")
        }
        let files = FileManager.default.enumerator(atPath: space.path(of: runs))
        let partial = files?.compactMap { $0 as? String }.filter { $0.hasSuffix(".partial") } ?? []
        #expect(partial.isEmpty, "\(story): \(partial)")
        size += 4 * chance.integer(in: stage == .prepare ? 2...6 : 8...24)
        try space.run("mount -o remount,size=\(size)k '\(runs)'", in: workspace.folder)
      }
      print("\(stage): \(reserving) files had no room, the last disk has \(size) KiB")
      #expect(reserving > 5)
      try reference.expectSameFiles(in: workspace, below: space.path(of: ""), "\(stage)")
    }
  }
}
