import Foundation
import TestSupport
import Testing

/// What the names of the hosts begin with that `scripts/test-hosts` has made for these tests.
private let hostPrefix = ProcessInfo.processInfo.environment["HALOMPI_TEST_HOSTS"]

extension EndToEnd {
  /// One job on three hosts, which are network namespaces (`scripts/test-hosts`).
  @Suite(.enabled(if: hostPrefix != nil, "needs the hosts of scripts/test-hosts"))
  struct HostTests {
    private static let script = URL(filePath: #filePath)
      .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent().appending(path: "scripts/hosts").path

    private static let hosts = (1...3).map { "\(hostPrefix ?? "")\($0)" }

    /// `mpirun` on the first host, with a rank on each, that notices lost hosts in some seconds instead of
    /// minutes.
    private static var launcher: [String] { launcher(with: [:]) }

    /// The same with further variables in the environment of the ranks.
    private static func launcher(with variables: [String: String]) -> [String] {
      [
        script, "run", hosts[0], "mpirun", "--mca", "plm_rsh_agent", "'\(script) run'", "--bind-to",
        "none",
        "--mca", "oob_tcp_keepalive_time", "5", "--mca", "oob_tcp_keepalive_intvl", "2",
        "--mca", "oob_tcp_keepalive_probes", "3", "--timeout", "90",
        "--host", hosts.map { "\($0):1" }.joined(separator: ","),
        "-n", "3",
      ] + Job.environmentWords(variables)
    }

    private func hosts(_ words: String...) throws {
      let process = try childProcess()
      process.executableURL = URL(filePath: Self.script)
      process.arguments = words
      try process.run()
      process.waitUntilExit()
      try #require(process.terminationStatus == 0, "\(words)")
    }

    /// How many processes run on a host.
    private func processCount(on host: String) throws -> Int {
      let process = try childProcess()
      process.executableURL = URL(filePath: "/usr/bin/env")
      process.arguments = ["ip", "netns", "pids", host]
      let output = Pipe()
      process.standardOutput = output
      try process.run()
      let text = output.fileHandleForReading.readDataToEndOfFile()
      process.waitUntilExit()
      return text.count { $0 == UInt8(ascii: "\n") }
    }

    @Test func threeHostsMakeTheSameModelAsOne() throws {
      let workspace = try Workspace.withFields()
      let end = try workspace.start("train", ranks: 3, launcher: Self.launcher).wait()
      #expect(end.code == 0, "\(end.messages)")
      try workspace.expectUninterruptedBytes()
      let provenance = String(decoding: try workspace.trained("provenance.json"), as: UTF8.self)
      for host in Self.hosts { #expect(provenance.contains("\"\(host)\""), "\(provenance)") }
    }

    /// With a watchdog of W seconds the host is named after 2 W, and `mpirun` gives it up after 11 s of keepalive
    /// messages as it is started here: the job must have ended 20 s after the later of both.
    @Test func aHostThatIsCutOffIsNamedAndEndsTheJobSoon() async throws {
      var chance = Chance()
      let (victim, line) = (chance.integer(in: 1...2), chance.integer(in: 3...60))
      let host = Self.hosts[victim]
      let watchdog = 3.0
      let long = ["--set", "training.epochs=1000"]
      let workspace = try Workspace.withFields()
      var start = ContinuousClock.now
      let end = try workspace.train(
        long + ["--set", "training.watchdogSeconds=\(watchdog)"], ranks: 3, untilLine: line,
        launcher: Self.launcher
      ) { _ in
        start = .now
        try hosts("cut", host)
      }
      let seconds = start.duration(to: .now) / .seconds(1)
      try hosts("plug", host)
      let story = "\(host) cut off after line \(line)"
      print("\(story): ended after \(seconds) s with exit code \(end.code)")
      #expect(seconds > 2 * watchdog && seconds < max(2 * watchdog, 11) + 20, "\(story)")
      #expect(end.code != 0 && end.code != 137, "\(story): \(end.messages)")
      #expect(end.failures.count == 1, "\(story): \(end.messages)")
      let name = "rank \(victim) on \(host) has not been heard of for "
      #expect(end.failures.first?.contains(name) == true, "\(story): \(end.messages)")
      #expect(end.messages.contains("last seen "), "\(story): \(end.messages)")
      // The host that was cut off ends its part by itself.
      try await wait(for: "no process is left on \(host)", seconds: 40) {
        try processCount(on: host) == 0
      }
      try workspace.run("train", long + ["--time-limit", "1"], ranks: 2, code: 75)
    }

    /// The same in every other stage, before a random call of MPI: the host is named with the phase within 2 W, and
    /// the same command goes on, on one host, to the bytes of a job that nothing happened to.
    @Test(arguments: WatchedStage.allCases)
    func aHostThatIsCutOffInAnyStageIsNamedAndTheSameCommandGoesOn(
      stage: WatchedStage
    ) async throws {
      var chance = Chance(for: "cut off in \(stage)")
      let reference = try stage.reference(victims: 1...2)
      let (victim, host) = (reference.victim, Self.hosts[reference.victim])
      let watchdog = FaultMatrixTests.watchdog
      let workspace = try stage.workspace()
      let call = chance.integer(in: FaultMatrixTests.callsBeforeWatch...reference.calls - 3)
      let file = workspace.path("fault")
      let variables = try FaultMatrixTests.variables("pause", victim, call: call, file: file)
      // The shell of a host parts words at blanks.
      let job = try workspace.start(
        stage.command,
        stage.options.map { $0.replacing(" ", with: "") } + [
          "--set", "training.watchdogSeconds=\(watchdog)",
        ],
        ranks: 3, launcher: Self.launcher(with: variables))
      while job.isRunning, !FileManager.default.fileExists(atPath: file) { usleep(500) }
      let start = ContinuousClock.now
      func seconds() -> Double { start.duration(to: .now) / .seconds(1) }
      try hosts("cut", host)
      try? FileManager.default.removeItem(atPath: file)
      let name = "rank \(victim) on \(host) has not been heard of for "
      while job.isRunning, !job.hasSaid(name) { usleep(5000) }
      let named = seconds()
      let end = try job.wait()
      let ended = seconds()
      try hosts("plug", host)
      let story =
        "\(stage), \(host) cut off at call \(call) of \(reference.calls): named after \(named) s, ended after "
        + "\(ended) s with exit code \(end.code)"
      print(story)
      // Words take a moment from a rank to the launcher's output.
      #expect(named < 2 * watchdog + 1, "\(story): \(end.messages)")
      #expect(ended < max(2 * watchdog, 11) + 20, "\(story)")
      #expect(end.code != 0 && end.code != 128 + SIGKILL, "\(story): \(end.messages)")
      #expect(end.failures.count == 1, "\(story): \(end.messages)")
      #expect(end.failures.first?.contains(name) == true, "\(story): \(end.messages)")
      #expect(end.messages.contains("last seen "), "\(story): \(end.messages)")
      try await wait(for: "no process is left on \(host)", seconds: 60) {
        try processCount(on: host) == 0
      }
      try workspace.run(stage.command, stage.options, ranks: [1, 2, 4][chance.integer(in: 0...2)])
      try reference.expectSameFiles(in: workspace, story)
    }
  }
}
