import Foundation
import MPI
import TestSupport
import Testing

extension EndToEnd {
  /// What befalls jobs, each at a random step: the job ends in time, one message tells of the rank, its host and what
  /// it was doing, and the same command goes on to the same bytes.
  @Suite struct FaultTests {
    /// This host's name, as in messages.
    static let host: String = {
      var name = [CChar](repeating: 0, count: 256)
      gethostname(&name, name.count - 1)
      return String(decoding: name.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }()

    /// What there is time for between a fault that a rank notices at once and the end of the job [seconds]: the
    /// lowest rank speaks first, and `mpirun` takes some seconds to end the others.
    private static let secondsToEnd = 30.0

    private let clock = ContinuousClock()

    // MARK: Ranks

    /// The library that lets a sum fail.
    private static let failingSum = Result { try compiledCheck("failing_sum") }

    @Test func aRankThatThrowsEndsTheJobWithItsNameAndPhase() throws {
      var chance = Chance()
      let workspace = try Workspace.withFields()
      let (victim, line) = (chance.integer(in: 0...2), chance.integer(in: 1...15))
      let fault = workspace.path("fault")
      let launcher = try Job.launcher(
        ranks: 3,
        with: [
          "LD_PRELOAD": Self.failingSum.get(), "HALOMPI_FAULT_RANK": "\(victim)",
          "HALOMPI_FAULT_FILE": fault,
        ])
      var start = clock.now
      let end = try workspace.train(ranks: 3, untilLine: line, launcher: launcher) { _ in
        start = clock.now
        try Data().write(to: URL(filePath: fault))
      }
      let seconds = start.duration(to: clock.now) / .seconds(1)
      print("rank \(victim) threw after line \(line): ended after \(seconds) s")
      #expect(seconds < Self.secondsToEnd)
      #expect(end.code == 70, "\(end.messages)")
      #expect(end.failures.count == 1, "\(end.messages)")
      let place = "[rank \(victim) of 3, \(Self.host)] computing step "
      #expect(end.failures.first?.contains(place) == true, "\(end.messages)")
      #expect(end.messages.contains("MPI_Ialltoallv failed"), "\(end.messages)")
      try FileManager.default.removeItem(atPath: fault)
      try workspace.run("train", ranks: 2)
      try workspace.expectUninterruptedBytes()
    }

    @Test func killedRanksLeaveNoTraceInTheResult() throws {
      var chance = Chance()
      let workspace = try Workspace.withFields()
      for turn in 1...4 {
        let ranks = chance.integer(in: 2...4)
        let victim = chance.integer(in: 0...ranks - 1)
        let step = chance.integer(in: 2...7)
        let line = min(workspace.resumedLineCount + step, Workspace.allLines - 2)
        var isKilled = false
        var start = clock.now
        let end = try workspace.train(ranks: ranks, untilLine: line) { job in
          start = clock.now
          isKilled = job.send(SIGKILL, toRank: victim)
        }
        let seconds = start.duration(to: clock.now) / .seconds(1)
        let story = "\(turn): rank \(victim) of \(ranks) killed after line \(line)"
        print("\(story): ended after \(seconds) s with exit code \(end.code)")
        // The last turns may find a training at its end.
        try #require(isKilled || turn > 2, "\(story)")
        guard isKilled else { break }
        #expect(seconds < Self.secondsToEnd, "\(story)")
        // The launcher's words, as nobody else knows.
        let (code, words) = Job.end(of: victim, by: SIGKILL)
        #expect(end.code == code, "\(story): \(end.messages)")
        for part in words {
          #expect((end.messages + end.output).contains(part), "\(story): \(end.messages)")
        }
        #expect(end.failures.isEmpty, "\(story): \(end.messages)")
        // Of the phase rank 0 tells when the launcher ends it, for which that of MPICH may leave no time.
        let phase = "a signal was received while "
        #expect(
          victim == 0 || end.messages.contains(phase) || MPIFamily.current == .mpich,
          "\(story): \(end.messages)")
      }
      try workspace.run("train", ranks: 3)
      try workspace.expectUninterruptedBytes()
    }

    /// With a watchdog of W seconds, a rank that stands still is named after 2 W.
    ///
    /// It is W until rank 0 asks, and W for answers. If rank 0 itself stands still it is 3.5 W + 10 s, as the others
    /// leave the word to it first.
    @Test(arguments: [false, true])
    func aRankThatStandsStillIsNamedAndEndsTheJobSoon(isCoordinator: Bool) throws {
      var chance = Chance()
      let workspace = try Workspace.withFields()
      let watchdog = 2.0
      let victim = isCoordinator ? 0 : chance.integer(in: 1...2)
      let line = chance.integer(in: 1...15)
      var start = clock.now
      let end = try workspace.train(
        ["--set", "training.watchdogSeconds=\(watchdog)"], ranks: 3, untilLine: line
      ) { job in
        start = clock.now
        #expect(job.send(SIGSTOP, toRank: victim))
      }
      let seconds = start.duration(to: clock.now) / .seconds(1)
      print("rank \(victim) stopped after line \(line): ended after \(seconds) s")
      let stated = isCoordinator ? 3.5 * watchdog + 10 : 2 * watchdog
      #expect(seconds > watchdog && seconds < stated + Self.secondsToEnd, "\(seconds)")
      #expect(end.code == 75, "\(end.messages)")
      #expect(end.failures.count == 1, "\(end.messages)")
      let name = "rank \(victim) on \(Self.host) has not been heard of for "
      #expect(end.failures.first?.contains(name) == true, "\(end.messages)")
      #expect(end.messages.contains("last seen "), "\(end.messages)")
      #expect(end.messages.contains("watchdogSeconds"), "\(end.messages)")
      try workspace.run("train", ranks: 2)
      try workspace.expectUninterruptedBytes()
    }

    /// A step of seconds, by a wide network: the threads are looked after every twentieth of one.
    @Test func aStepThatTakesLongerThanTheWatchdogEndsTheJobAndTellsWhat() throws {
      let workspace = try Workspace.withFields()
      try workspace.expectFailure(
        of: "train",
        [
          "--set", "training.watchdogSeconds=0.2", "--set", "training.batchSize=320",
          "--set", "network.convolutionChannels=[128, 128]",
        ], ranks: 1, code: 75,
        saying: [
          "rank 0 on \(Self.host) answers, but has kept the others waiting",
          "computing step 0 of epoch 0", "raise training.watchdogSeconds",
        ])
    }

    // MARK: File systems

    @Test(.enabled(if: MountSpace.isPossible, "needs root, and mounts in a namespace of its own"))
    func aFileSystemThatFillsUpEndsTheJobAndIsWrittenToByTheNext() throws {
      var chance = Chance()
      let workspace = try Workspace.withFields()
      let (ranks, line) = (chance.integer(in: 2...4), chance.integer(in: 1...15))
      try FileManager.default.createDirectory(
        atPath: workspace.training, withIntermediateDirectories: true)
      let space = try MountSpace("mount -t tmpfs -o size=2m none '\(workspace.training)'")
      let filler = space.path(of: "\(workspace.training)/filler")
      let root = space.path(of: "")
      func launcher(_ ranks: Int) -> [String] {
        space.words(in: workspace.folder) + Job.launcher(ranks: ranks)
      }
      var start = clock.now
      let end = try workspace.train(
        ranks: ranks, untilLine: line, launcher: launcher(ranks), below: root
      ) { _ in
        start = clock.now
        try fill(filler)
      }
      let seconds = start.duration(to: clock.now) / .seconds(1)
      print("full after line \(line) on \(ranks) ranks: ended after \(seconds) s")
      expectOneFailure(end, of: ranks, after: seconds, saying: "No space left on device")

      try FileManager.default.removeItem(atPath: filler)
      let last = try workspace.start("train", ranks: 2, launcher: launcher(2)).wait()
      #expect(last.code == 0, "\(last.messages)")
      try workspace.expectUninterruptedBytes(below: root)
    }

    @Test(.enabled(if: MountSpace.isPossible, "needs root, and mounts in a namespace of its own"))
    func aFileSystemThatTurnsReadOnlyEndsTheJobResumably() throws {
      var chance = Chance()
      let workspace = try Workspace.withFields()
      let (ranks, line) = (chance.integer(in: 2...4), chance.integer(in: 1...15))
      let space = try MountSpace()
      let launcher = space.words(in: workspace.folder) + Job.launcher(ranks: ranks)
      var start = clock.now
      let end = try workspace.train(ranks: ranks, untilLine: line, launcher: launcher) { _ in
        start = clock.now
        try space.makeReadOnly(workspace.training, in: workspace.folder)
      }
      let seconds = start.duration(to: clock.now) / .seconds(1)
      print("read-only after line \(line) on \(ranks) ranks: ended after \(seconds) s")
      expectOneFailure(end, of: ranks, after: seconds, saying: "Read-only file system")
      try workspace.run("train", ranks: 3)
      try workspace.expectUninterruptedBytes()
    }

    /// Rank 0 writes, and says of what.
    private func expectOneFailure(
      _ end: Job.End, of ranks: Int, after seconds: Double, saying words: String,
      at location: SourceLocation = #_sourceLocation
    ) {
      #expect(seconds < Self.secondsToEnd, sourceLocation: location)
      #expect(end.code == 74, "\(end.messages)", sourceLocation: location)
      #expect(end.failures.count == 1, "\(end.messages)", sourceLocation: location)
      let failure = end.failures.first ?? ""
      for part in ["[rank 0 of \(ranks), \(Self.host)]", "training/raw-seed1/", words] {
        #expect(failure.contains(part), "\(part): \(end.messages)", sourceLocation: location)
      }
    }

    // MARK: Checkpoints

    /// A bit may be one that no value depends on; then nothing is to be said.
    @Test func aFlippedBitOfACheckpointLeavesNoTraceInTheResult() throws {
      var chance = Chance()
      let workspace = try Workspace.withFields()
      let line = chance.integer(in: 5...25)
      _ = try workspace.train(ranks: 2, untilLine: line) { $0.send(SIGKILL, toRank: 0) }
      let newest = try #require(workspace.newestCheckpoint)
      var data = try Data(contentsOf: newest)
      let (byte, bit) = (chance.integer(in: 0...data.count - 1), chance.integer(in: 0...7))
      data[byte] ^= 1 << UInt8(bit)
      try data.write(to: newest)
      let end = try workspace.run("train", ranks: 2)
      let isNoticed = end.messages.contains("\(newest.lastPathComponent) is damaged")
      print("bit \(bit) of byte \(byte) of \(data.count) after line \(line): noticed \(isNoticed)")
      #expect(end.messages.contains("goes on from the checkpoint of step"), "\(end.messages)")
      try workspace.expectUninterruptedBytes()
    }

    /// Bits of weights, and of the state of the training.
    @Test(arguments: [false, true])
    func aDamagedNewestCheckpointIsPassedOverAloud(isProgressDamaged: Bool) throws {
      let workspace = try Workspace.withFields()
      _ = try workspace.train(ranks: 2, untilLine: 9) { $0.send(SIGKILL, toRank: 0) }
      let newest = try #require(workspace.newestCheckpoint)
      try flipBit(of: newest, behind: isProgressDamaged ? "\"stepInEpoch\":" : nil)
      let end = try workspace.run("train", ranks: 2)
      #expect(end.messages.contains("\(newest.lastPathComponent) is damaged"), "\(end.messages)")
      #expect(end.messages.contains("the checksum of"), "\(end.messages)")
      #expect(end.messages.contains("goes on from the checkpoint of step"), "\(end.messages)")
      try workspace.expectUninterruptedBytes()
    }

    @Test func damagedCheckpointsAloneAreBadData() throws {
      let workspace = try Workspace.withFields()
      _ = try workspace.train(ranks: 2, untilLine: 9) { $0.send(SIGKILL, toRank: 1) }
      for checkpoint in workspace.checkpoints { try flipBit(of: checkpoint) }
      for _ in 0..<2 {
        // Asked again, it still does not start anew in silence.
        try workspace.expectFailure(
          of: "train", ranks: 2, code: 65,
          saying: ["no checkpoint is intact", "training/raw-seed1/checkpoints", "remove"])
      }
    }

    /// Turns one bit of a checkpoint: in the middle, where there are weights, or behind a text.
    private func flipBit(of file: URL, behind text: String? = nil) throws {
      var data = try Data(contentsOf: file)
      let place = try text.map { try #require(data.firstRange(of: Data($0.utf8))).upperBound }
      data[place ?? data.count / 2] ^= 1
      try data.write(to: file)
    }
  }
}

/// Writes a file until nothing more fits.
func fill(_ path: String) throws {
  let descriptor = open(path, O_WRONLY | O_CREAT, 0o644)
  try #require(descriptor >= 0, "\(path)")
  defer { close(descriptor) }
  for size in [65_536, 1] {
    let zeros = [UInt8](repeating: 0, count: size)
    while write(descriptor, zeros, size) == size {}
  }
  try #require(errno == ENOSPC, "\(path)")
}

/// Compiles a library of `scripts/checks` that takes the place of functions of MPI, and returns its path.
func compiledCheck(_ name: String) throws -> String {
  let source = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent().appending(path: "scripts/checks/\(name).c").path
  let library = try temporaryDirectory("compiled-\(UUID().uuidString)") + "/\(name).so"
  let process = try childProcess()
  process.executableURL = URL(filePath: "/usr/bin/env")
  // Where both kinds of MPI are installed, the plain name belongs to one of them.
  let compile =
    "exec $(command -v mpicc.\(MPIFamily.current.rawValue.lowercased()) || echo mpicc) \"$@\""
  process.arguments = ["sh", "-c", compile, "sh", "-shared", "-fPIC", "-o", library, source]
  try process.run()
  process.waitUntilExit()
  try #require(process.terminationStatus == 0, "mpicc could not compile \(source)")
  return library
}
