import DurableFiles
import Failures
import Foundation
import TestSupport
import Testing

@testable import Runs
@testable import Schedulers
@testable import Workshop

@Suite struct UsageReportTests {
  /// A start on one node with the given end.
  private static func start(
    _ started: String, ranks: Int = 2, threads: Int? = 1, usage: JobUsage?, planned: Int? = nil,
    job: BatchJob? = nil
  ) -> Provenance {
    Provenance(
      program: .init(version: "0.1.0", executable: "/halompi", checksum: "0"), command: ["halompi"],
      folder: "/", started: started, ranks: ranks, hosts: [.init(name: "one", ranks: ranks)],
      processor: "P", processorsPerHost: 8, threadsPerRank: threads, mpiLibrary: "M", inputs: [],
      plannedMemory: planned, job: job, usage: usage)
  }

  private static func usage(
    _ seconds: Double, processors: Int = 2, processorSeconds: Double, mebibytes: Int
  ) -> JobUsage {
    JobUsage(
      seconds: seconds, hasFailed: false,
      hosts: [
        .init(
          name: "one", ranks: 2, processors: processors, processorSeconds: processorSeconds,
          peakMemory: mebibytes << 20)
      ])
  }

  /// A run directory with a simulation, a training of two starts of which the first was killed, and its log.
  private static func run(in folder: String) throws -> String {
    let path = "\(folder)/runs/one"
    try start(
      "2026-11-29T10:00:00Z", usage: usage(100, processorSeconds: 190, mebibytes: 300),
      planned: 400 << 20
    ).append(to: "\(path)/simulations/provenance.json")
    let training = "\(path)/training/raw-seed1"
    let job = BatchJob("41", of: .slurm)
    try start("2026-11-29T10:10:00Z", usage: nil, planned: 800 << 20, job: job)
      .append(to: "\(training)/provenance.json")
    try start(
      "2026-11-29T11:10:00Z",
      usage: usage(1000, processors: 8, processorSeconds: 1600, mebibytes: 500),
      planned: 800 << 20, job: BatchJob("42", of: .slurm)
    ).append(to: "\(training)/provenance.json")
    let steps = (1...4).map {
      #"{"step":\#($0),"seconds":2.0,"samplesPerSecond":4,"ranks":2,"fetchWaitMean":0.1,"reductionWaitMean":0.3}"#
    }
    try DurableFile.write(
      Data((steps.joined(separator: "\n") + "\n").utf8), to: "\(training)/timings.jsonl")
    return path
  }

  /// A way to commands that are scripts in a folder.
  private static func queue(_ scripts: [String: String], in folder: String) throws -> SchedulerQueue
  {
    try DurableFile.createDirectory("\(folder)/bin")
    for (name, script) in scripts {
      try Data("#!/bin/sh\n\(script)\n".utf8).write(to: URL(filePath: "\(folder)/bin/\(name)"))
      try FileManager.default.setAttributes(
        [.posixPermissions: 0o755], ofItemAtPath: "\(folder)/bin/\(name)")
    }
    var queue = SchedulerQueue()
    queue.environment = ["PATH": "\(folder)/bin"]
    return queue
  }

  @Test func startsAreToldWithWhatTheyTookAndSlurmKnows() throws {
    let folder = try temporaryDirectory("usage-\(UUID())")
    let queue = try Self.queue(
      [
        "sacct": """
        [ "$4" = --jobs=41,42 ] || exit 1
        echo '41|2026-11-29T10:08:00|2026-11-29T10:09:30|OUT_OF_MEMORY'
        echo '42|2026-11-29T10:20:00|2026-11-29T11:09:00|COMPLETED'
        echo 'nonsense'
        """
      ], in: folder)
    let report = try UsageReport(of: try Self.run(in: folder), asking: queue)
    #expect(report.accountsProblem == nil)
    #expect(report.starts.map(\.stage) == ["simulate", "train raw-seed1", "train raw-seed1"])
    #expect(report.starts.map(\.end) == [.returned, .silent, .returned])
    #expect(report.starts.map(\.queueSeconds) == [nil, 90, 2940])
    #expect(report.starts.map(\.jobState) == [nil, "OUT_OF_MEMORY", "COMPLETED"])
    #expect(report.starts[0].processorShare == 0.95)
    #expect(report.starts[2].processorShare == 0.2)
    let waits = (report.starts[2].dataWait, report.starts[2].sumsWait)
    #expect(abs((waits.0 ?? .nan) - 0.05) < 1e-12 && abs((waits.1 ?? .nan) - 0.15) < 1e-12)
    #expect(report.starts[1].dataWait == nil)
    let text = report.text
    for part in [
      "95 % of 2", "300 MiB of 400 planned", "OUT_OF_MEMORY", "Slurm 42, queued 49 min 0 s",
      "5.0 %",
      "15.0 %", "memoryPerNode: 768  # MiB; train raw-seed1 took 500",
      "minutes: 25  # train raw-seed1 took 16 min 40 s", "kept 2 of 8 processors at work",
    ] {
      #expect(text.contains(part), "\(part) is not in \(text)")
    }
    #expect(try JSONDecoder().decode(UsageReport.self, from: Data(report.json.utf8)) == report)
  }

  /// The runs of an ablation share the processors of their job.
  @Test func processorsThatOthersHadAreNotCalledIdle() throws {
    let folder = try temporaryDirectory("usage-\(UUID())")
    let path = try Self.run(in: folder)
    let queue = try Self.queue([:], in: folder)
    #expect(
      try UsageReport(of: path, asking: queue).text.contains("kept 2 of 8 processors at work"))
    try Self.start(
      "2026-11-29T11:20:00Z",
      usage: Self.usage(10, processors: 8, processorSeconds: 60, mebibytes: 100)
    ).append(to: "\(path)/training/averaged-seed1/provenance.json")
    #expect(try !UsageReport(of: path, asking: queue).text.contains("processors at work"))
  }

  @Test func aClusterWithoutAccountsIsSaid() throws {
    let folder = try temporaryDirectory("usage-\(UUID())")
    let path = try Self.run(in: folder)
    let none = try UsageReport(of: path, asking: try Self.queue([:], in: folder))
    #expect(none.text.contains("Queue and states of jobs are not known: cannot start sacct"))
    #expect(none.text.contains("no word: the start left no record"))
    let failing = try UsageReport(
      of: path, asking: try Self.queue(["sacct": "echo disabled >&2; exit 1"], in: folder))
    #expect(failing.accountsProblem?.contains("disabled") == true)
  }

  @Test func numbersFromAFileDoNotTrap() throws {
    let folder = try temporaryDirectory("usage-\(UUID())")
    for (seconds, processors, memory) in [
      (1e300, Int.max, Int.max), (-1e300, -1, Int.min), (0, 0, 0), (1e-300, Int.max, 1),
    ] {
      let path = "\(folder)/\(UUID())"
      let host = JobUsage.Host(
        name: "one", ranks: 1, processors: processors, processorSeconds: seconds, peakMemory: memory
      )
      try Self.start(
        "\u{1B}]0;x", ranks: Int.min, threads: nil,
        usage: JobUsage(seconds: seconds, hasFailed: false, hosts: [host, host]), planned: memory,
        job: BatchJob("1,2; rm -r", of: .slurm)
      ).append(to: "\(path)/fields/provenance.json")
      let report = try UsageReport(of: path, asking: try Self.queue([:], in: folder))
      #expect(report.text.contains("prepare"))
      // A number that Slurm does not give is not handed to its commands.
      #expect(report.accountsProblem == nil)
    }
  }

  @Test func aFolderWithoutRecordsIsRefused() throws {
    let folder = try temporaryDirectory("usage-\(UUID())")
    let error = #expect(throws: Failure.self) { try UsageReport(of: folder) }
    #expect(error?.exitCode == .missingInput)
    try DurableFile.createDirectory("\(folder)/report")
    try DurableFile.write(Data("{".utf8), to: "\(folder)/report/provenance.json")
    let damaged = #expect(throws: Failure.self) { try UsageReport(of: folder) }
    #expect(damaged?.exitCode == .badData)
  }
}
