import Foundation
import TestSupport
import Testing

extension EndToEnd {
  /// A training that was asked to stop goes on as if nothing had happened.
  @Suite struct ResumeTests {
    /// A terminal that is closed sends SIGHUP; `nohup` lets a process ignore it.
    @Test(arguments: [true, false])
    func aTerminalThatHangsUpStopsTheJobResumablyUnlessThatIsIgnored(isIgnored: Bool) throws {
      let workspace = try Workspace.withFields()
      let launcher = ["env", isIgnored ? "--ignore-signal=HUP" : "--default-signal=HUP"]
      let end = try workspace.train(ranks: 0, untilLine: 5, launcher: launcher) { job in
        #expect(job.send(SIGHUP, toRank: 0))
      }
      #expect(end.code == (isIgnored ? 0 : 75), "\(end.messages)")
      if !isIgnored { try workspace.run("train", ranks: 2) }
      try workspace.expectUninterruptedBytes()
    }

    @Test(arguments: [(SIGTERM, 1), (SIGUSR1, 0)])
    func aSignalToOneRankStopsTheJobResumably(signal: Int32, rank: Int) throws {
      let workspace = try Workspace.withFields()
      let end = try workspace.train(ranks: 2, untilLine: 5) { job in
        #expect(job.send(signal, toRank: rank))
      }
      #expect(end.code == 75, "\(end.messages)")
      #expect(end.messages.contains("signal") && end.messages.contains("stopped"))
      #expect(end.failures.isEmpty, "\(end.messages)")
      #expect(workspace.metricsLineCount < Workspace.allLines)
      #expect(workspace.newestCheckpoint != nil)
      let last = try workspace.run("train", ranks: 3)
      #expect(last.messages.contains("goes on from the checkpoint of step"), "\(last.messages)")
      try workspace.expectUninterruptedBytes()
    }

    @Test func aFileNamedStopStopsTheJobResumablyAndIsRemoved() throws {
      let workspace = try Workspace.withFields()
      let stop = "\(workspace.training)/stop"
      let end = try workspace.train(ranks: 3, untilLine: 4) { _ in
        try Data().write(to: URL(filePath: stop))
      }
      #expect(end.code == 75, "\(end.messages)")
      #expect(end.messages.contains("/stop exists"), "\(end.messages)")
      #expect(!FileManager.default.fileExists(atPath: stop))
      #expect(workspace.metricsLineCount < Workspace.allLines)
      try workspace.run("train", ranks: 1)
      try workspace.expectUninterruptedBytes()
    }

    @Test func aTimeLimitStopsTheJobResumably() throws {
      let workspace = try Workspace.withFields()
      // The job keeps a minute for its last step and the checkpoint, so it stops after one step.
      let end = try workspace.run("train", ["--time-limit", "30"], ranks: 2, code: 75)
      #expect(end.messages.contains("time limit is near"), "\(end.messages)")
      #expect(workspace.metricsLineCount == 1)
      try workspace.run("train", ranks: 2)
      try workspace.expectUninterruptedBytes()
    }
  }
}
