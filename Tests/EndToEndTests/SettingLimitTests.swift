import Foundation
import TestSupport
import Testing

extension EndToEnd {
  /// Settings that once trapped, and signals that come before there is anything to resume.
  @Suite struct SettingLimitTests {
    /// 65,536 units in four layers: 52 GB of weights.
    private static let huge = [
      "--set", "network.hiddenUnits=[65536, 65536, 65536, 65536]",
    ]

    @Test(arguments: ["plan", "train"])
    func aNetworkThatDoesNotFitIsRefusedBeforeItIsMade(command: String) throws {
      let workspace = try Workspace.withFields()
      try workspace.expectFailure(
        of: command, Self.huge, code: 64, saying: ["planning the memory", "largest term is"])
    }

    @Test(arguments: [
      ("train", ["stream.threads=9223372036854775807"], 64, "1 or more, 1024 at most"),
      ("train", ["stream.lookAhead=9223372036854775807"], 64, "1 or more"),
      ("train", ["training.epochs=9223372036854775807"], 64, "1 or more"),
      ("train", ["sampling.trainingSamples=9223372036854775807"], 64, "from 0 to"),
      ("train", ["sampling.validationSamples=1000000000000"], 64, "planning the memory"),
      ("train", ["network.convolutionChannels=[4, 4]"], 64, "multiples of 16"),
      ("prepare", ["fields.neighbours=1"], 64, "1 is less than 2"),
      (
        "slurm --job pipeline --dry-run", ["cluster.memoryPerNode=9223372036854775807"], 64,
        "from 1 to"
      ),
      ("plan", ["universe.boxSize=1.0e+300"], 64, "from 0.01 to 100000"),
    ])
    func aValueThatCannotBeGetsASentence(
      command: String, settings: [String], code: Int, words: String
    ) throws {
      let workspace = try Workspace.withSimulations()
      let needsFields = command == "train" && code == 64 && words.hasPrefix("planning")
      let place = needsFields ? try Workspace.withFields() : workspace
      try place.expectFailure(
        of: command, settings.flatMap { ["--set", $0] }, code: Int32(code), saying: [words])
    }

    @Test(arguments: ["nan", "inf", "-1", "-inf", "1e10"])
    func aTimeLimitThatIsNoneIsAUsageError(limit: String) throws {
      let workspace = try Workspace.withSimulations()
      let end = try workspace.start("train", ["--time-limit=\(limit)"], ranks: 0).wait()
      #expect(end.code == 64 && end.messages.contains("--time-limit"), "\(end.messages)")
    }

    /// Whether a process has a handler of SIGTERM, as the system tells.
    private func isReady(_ process: pid_t) -> Bool {
      let status = (try? String(contentsOfFile: "/proc/\(process)/status", encoding: .utf8)) ?? ""
      let line = status.split(separator: "\n").first { $0.hasPrefix("SigCgt:") }
      let mask = line?.split(separator: "\t").last.flatMap { UInt64($0, radix: 16) } ?? 0
      return mask & 1 << UInt64(SIGTERM - 1) != 0
    }

    /// At random moments of the first second after the first line of the program.
    @Test func aSignalInTheFirstSecondStopsResumably() throws {
      let workspace = try Workspace.withFields()
      var chance = Chance()
      var codes: [Int32: Int] = [:]
      for attempt in 0..<50 {
        let job = try workspace.start("train", ranks: 0)
        while job.isRunning, !isReady(job.processIdentifier) { usleep(200) }
        usleep(UInt32(chance.integer(in: 0...1_000_000)))
        job.send(attempt % 2 == 0 ? SIGTERM : SIGUSR1, toRank: 0)
        codes[try job.wait().code, default: 0] += 1
      }
      // A training that was done before the signal came is complete.
      #expect(Set(codes.keys).isSubset(of: [0, 75]) && codes[75, default: 0] > 0, "\(codes)")
      try workspace.run("train", ranks: 0)
      try workspace.expectUninterruptedBytes()
    }
  }
}
