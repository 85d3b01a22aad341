import Foundation
import TestSupport
import Testing

extension EndToEnd {
  /// A training that was stopped or killed goes on as if nothing had happened.
  @Suite struct ResumeTests {
    /// 30 steps and 3 validations.
    static let allLines = 33

    private func expectUninterruptedBytes(
      in workspace: Workspace, at location: SourceLocation = #_sourceLocation
    ) throws {
      let reference = try Workspace.uninterrupted()
      for file in ["metrics.jsonl", "model.h5"] {
        #expect(
          try workspace.trained(file) == reference.trained(file), "\(file)",
          sourceLocation: location)
      }
    }

    /// Starts a training, waits until its metrics have some lines, and does something to it.
    private func train(
      in workspace: Workspace, _ options: [String] = [], ranks: Int, untilLine count: Int,
      then act: (Job) throws -> Void
    ) throws -> Job.End {
      let job = try workspace.start("train", options, ranks: ranks)
      job.waitForTraining(in: workspace, untilLine: count)
      try act(job)
      return try job.wait()
    }

    @Test func killedRanksLeaveNoTraceInTheResult() throws {
      let seed = UInt64.random(in: 1...9999)
      var generator = SplitMix(state: seed)
      let workspace = try Workspace.withFields()
      var story = "seed \(seed):"
      var kills = 0
      for _ in 0..<4 {
        let ranks = Int.random(in: 2...4, using: &generator)
        let victim = Int.random(in: 0..<ranks, using: &generator)
        let step = Int.random(in: 2...7, using: &generator)
        let line = min(workspace.resumedLineCount + step, Self.allLines - 2)
        let end = try train(in: workspace, ranks: ranks, untilLine: line) { job in
          if job.send(SIGKILL, toRank: victim) { kills += 1 }
        }
        story += " rank \(victim) of \(ranks) after line \(line), exit \(end.code);"
        #expect(end.code != 0, "\(story)")
      }
      print(story)
      #expect(kills >= 3, "\(story)")
      try workspace.run("train", ranks: 3)
      try expectUninterruptedBytes(in: workspace)
    }

    @Test(arguments: [(SIGTERM, 1), (SIGUSR1, 0)])
    func aSignalToOneRankStopsTheJobResumably(signal: Int32, rank: Int) throws {
      let workspace = try Workspace.withFields()
      let end = try train(in: workspace, ranks: 2, untilLine: 5) { job in
        #expect(job.send(signal, toRank: rank))
      }
      #expect(end.code == 75, "\(end.messages)")
      #expect(end.messages.contains("signal") && end.messages.contains("stopped"))
      #expect(end.failures.isEmpty, "\(end.messages)")
      #expect(workspace.metricsLineCount < Self.allLines)
      #expect(workspace.newestCheckpoint != nil)
      let last = try workspace.run("train", ranks: 3)
      #expect(last.messages.contains("goes on from the checkpoint of step"), "\(last.messages)")
      try expectUninterruptedBytes(in: workspace)
    }

    @Test func aFileNamedStopStopsTheJobResumablyAndIsRemoved() throws {
      let workspace = try Workspace.withFields()
      let stop = "\(workspace.training)/stop"
      let end = try train(in: workspace, ranks: 3, untilLine: 4) { _ in
        try Data().write(to: URL(filePath: stop))
      }
      #expect(end.code == 75, "\(end.messages)")
      #expect(end.messages.contains("/stop exists"), "\(end.messages)")
      #expect(!FileManager.default.fileExists(atPath: stop))
      #expect(workspace.metricsLineCount < Self.allLines)
      try workspace.run("train", ranks: 1)
      try expectUninterruptedBytes(in: workspace)
    }

    @Test func aTimeLimitStopsTheJobResumably() throws {
      let workspace = try Workspace.withFields()
      // The job keeps a minute for its last step and the checkpoint, so it stops after one step.
      let end = try workspace.run("train", ["--time-limit", "30"], ranks: 2, code: 75)
      #expect(end.messages.contains("time limit is near"), "\(end.messages)")
      #expect(workspace.metricsLineCount == 1)
      try workspace.run("train", ranks: 2)
      try expectUninterruptedBytes(in: workspace)
    }

    @Test func aRankThatStandsStillIsNamedAndEndsTheJobSoon() throws {
      let workspace = try Workspace.withFields()
      let clock = ContinuousClock()
      var stopped = clock.now
      let end = try train(
        in: workspace, ["--set", "training.watchdogSeconds=3"], ranks: 3, untilLine: 5
      ) { job in
        #expect(job.send(SIGSTOP, toRank: 2))
        stopped = clock.now
      }
      let waited = stopped.duration(to: clock.now)
      // Three seconds of silence, and then mpirun ends the ranks, of which one does not answer.
      #expect(waited > .seconds(2.5) && waited < .seconds(30), "\(waited)")
      #expect(end.code == 75, "\(end.messages)")
      #expect(end.failures.count == 1, "\(end.messages)")
      #expect(end.failures.first?.contains("rank 2 on ") == true, "\(end.messages)")
      #expect(end.messages.contains("watchdogSeconds"), "\(end.messages)")
      try workspace.run("train", ranks: 2)
      try expectUninterruptedBytes(in: workspace)
    }

    @Test(arguments: [false, true])
    func aDamagedNewestCheckpointIsPassedOverAloud(isProgressDamaged: Bool) throws {
      let workspace = try Workspace.withFields()
      _ = try train(in: workspace, ranks: 2, untilLine: 9) { $0.send(SIGKILL, toRank: 0) }
      let newest = try #require(workspace.newestCheckpoint)
      try workspace.flipBit(of: newest, behind: isProgressDamaged ? "\"stepInEpoch\":" : nil)
      let end = try workspace.run("train", ranks: 2)
      #expect(end.messages.contains("\(newest.lastPathComponent) is damaged"), "\(end.messages)")
      #expect(end.messages.contains("the checksum of"), "\(end.messages)")
      #expect(end.messages.contains("goes on from the checkpoint of step"), "\(end.messages)")
      try expectUninterruptedBytes(in: workspace)
    }

    @Test func damagedCheckpointsAloneAreBadData() throws {
      let workspace = try Workspace.withFields()
      _ = try train(in: workspace, ranks: 2, untilLine: 9) { $0.send(SIGKILL, toRank: 1) }
      for checkpoint in workspace.checkpoints { try workspace.flipBit(of: checkpoint) }
      for _ in 0..<2 {
        // Asked again, it still does not start anew in silence.
        try workspace.expectFailure(
          of: "train", ranks: 2, code: 65,
          saying: ["no checkpoint is intact", "training/raw-seed1/checkpoints", "remove"])
      }
    }
  }
}

extension Job {
  /// Waits until the training goes on, and its metrics have some lines, or until it ends.
  ///
  /// Lines behind the checkpoint that the training goes on from are cut off before it does.
  func waitForTraining(in workspace: Workspace, untilLine count: Int) {
    let starts = ["training starts", "training goes on"]
    while isRunning, !starts.contains(where: hasSaid) { usleep(500) }
    while isRunning, workspace.metricsLineCount < count { usleep(200) }
  }
}

extension Workspace {
  /// The checkpoints, oldest first.
  fileprivate var checkpoints: [URL] {
    let folder = "\(training)/checkpoints"
    let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
    return names.filter { $0.hasSuffix(".h5") }.sorted().map { URL(filePath: "\(folder)/\($0)") }
  }

  var newestCheckpoint: URL? { checkpoints.last }

  /// The lines of the metrics that a resumed training keeps, as the step in a checkpoint's name tells.
  fileprivate var resumedLineCount: Int {
    let name = newestCheckpoint?.lastPathComponent ?? ""
    let step = Int(name.filter(\.isNumber).prefix(9)) ?? 0
    return step + step / 10
  }

  /// Turns one bit of a checkpoint: in the middle, where there are weights, or behind a text.
  fileprivate func flipBit(of file: URL, behind text: String? = nil) throws {
    var data = try Data(contentsOf: file)
    let place = try text.map { try #require(data.firstRange(of: Data($0.utf8))).upperBound }
    data[place ?? data.count / 2] ^= 1
    try data.write(to: file)
  }
}

/// A generator whose numbers follow from a seed that can be printed (Steele, Lea, Flood, "Fast
/// splittable pseudorandom number generators", OOPSLA 2014, doi:10.1145/2660193.2660195).
struct SplitMix: RandomNumberGenerator {
  var state: UInt64

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var z = state
    z = (z ^ z >> 30) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ z >> 27) &* 0x94D0_49BB_1331_11EB
    return z ^ z >> 31
  }
}
