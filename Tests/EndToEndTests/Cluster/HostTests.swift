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
    private static var launcher: [String] {
      [
        script, "run", hosts[0], "mpirun", "--mca", "plm_rsh_agent", "'\(script) run'", "--bind-to",
        "none",
        "--mca", "oob_tcp_keepalive_time", "5", "--mca", "oob_tcp_keepalive_intvl", "2",
        "--mca", "oob_tcp_keepalive_probes", "3", "--timeout", "90",
        "--host", hosts.map { "\($0):1" }.joined(separator: ","), "-n", "3",
      ]
    }

    private func hosts(_ words: String...) throws {
      let process = Process()
      process.executableURL = URL(filePath: Self.script)
      process.arguments = words
      try process.run()
      process.waitUntilExit()
      try #require(process.terminationStatus == 0, "\(words)")
    }

    /// How many processes run on a host.
    private func processCount(on host: String) throws -> Int {
      let process = Process()
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
      let reference = try Workspace.uninterrupted()
      for file in ["metrics.jsonl", "model.h5"] {
        #expect(try workspace.trained(file) == reference.trained(file), "\(file)")
      }
      let provenance = String(decoding: try workspace.trained("provenance.json"), as: UTF8.self)
      for host in Self.hosts { #expect(provenance.contains("\"\(host)\""), "\(provenance)") }
    }

    /// The time after which the job must have ended: the watchdog's, three seconds for an answer, and what
    /// `mpirun` takes to give up the lost host (11 s of keepalive messages as it is started here).
    @Test func aHostThatIsCutOffIsNamedAndEndsTheJobSoon() throws {
      let seed = UInt64.random(in: 1...9999)
      var generator = SplitMix(state: seed)
      let step = Int.random(in: 3...60, using: &generator)
      let victim = Int.random(in: 1...2, using: &generator)
      let host = Self.hosts[victim]
      let story = "seed \(seed): \(host) is cut off after line \(step)"
      let long = ["--set", "training.epochs=1000", "--set", "training.watchdogSeconds=4"]
      let workspace = try Workspace.withFields()
      let job = try workspace.start("train", long, ranks: 3, launcher: Self.launcher)
      job.waitForTraining(in: workspace, untilLine: step)
      let clock = ContinuousClock()
      let cut = clock.now
      try hosts("cut", host)
      let end = try job.wait()
      let seconds = cut.duration(to: clock.now) / .seconds(1)
      try hosts("plug", host)
      print("\(story): ended after \(seconds) s with exit code \(end.code)")
      #expect(seconds < 4 + 3 + 11 + 12, "\(story)")
      #expect(end.code != 0 && end.code != 137, "\(story): \(end.messages)")
      #expect(
        end.messages.contains("rank \(victim) on \(host) has not been heard of"),
        "\(story): \(end.messages)")
      // The host that was cut off ends its part by itself.
      try SlurmCluster.wait("no process is left on \(host)", seconds: 40) {
        try processCount(on: host) == 0
      }
      try workspace.run(
        "train", ["--set", "training.epochs=1000", "--time-limit", "1"], ranks: 2, code: 75)
    }
  }
}
