import Foundation
import MPI
import TestSupport
import Testing

/// The Slurm cluster that `scripts/test-slurm` has started for these tests.
enum SlurmCluster {
  /// The variable of the environment with the cluster's configuration; the tests are skipped without it.
  static let configuration = ProcessInfo.processInfo.environment["HALOMPI_TEST_SLURM"]

  /// A command that failed.
  struct CommandError: Error, CustomStringConvertible {
    let description: String
  }

  /// The environment of users and, as Slurm hands it on, of their jobs.
  private static var environment: [String: String] {
    var environment = Job.environment
    environment["SLURM_CONF"] = configuration
    environment["HALOMPI"] = Job.program
    environment["HALOMPI_SRUN_MPI"] = MPIFamily.current.slurmPlugin
    // All virtual nodes are one host: ranks talk by its loopback, and share its cores.
    environment["OMPI_MCA_btl_tcp_if_include"] = "lo"
    environment["OMPI_MCA_oob_tcp_if_include"] = "lo"
    return environment
  }

  /// Runs a command in a folder, and returns what it wrote, line by line.
  @discardableResult
  static func run(_ words: [String], in folder: URL) async throws -> [String] {
    try await onAnotherThread {
      let process = try childProcess()
      process.executableURL = URL(filePath: "/usr/bin/env")
      process.arguments = words
      process.currentDirectoryURL = folder
      process.environment = environment
      process.standardInput = FileHandle.nullDevice
      let output = Pipe()
      process.standardOutput = output
      process.standardError = output
      try process.run()
      let data = output.fileHandleForReading.readDataToEndOfFile()
      process.waitUntilExit()
      let text = String(decoding: data, as: UTF8.self)
      guard process.terminationStatus == 0 else {
        throw CommandError(
          description: "\(words) ended with \(process.terminationStatus): \(text)")
      }
      return text.split(separator: "\n").map(String.init)
    }
  }

  /// The states of a job's elements, of one job one.
  static func states(of job: String, in folder: URL) async throws -> [String] {
    try await run(["scontrol", "--oneliner", "show", "job", job], in: folder).map { line in
      line.firstMatch(of: /\bJobState=(\w+)/).map { String($0.output.1) } ?? line
    }
  }

  private static let ends: Set<String> = [
    "COMPLETED", "FAILED", "CANCELLED", "TIMEOUT", "NODE_FAIL",
  ]

  /// Waits for the end of jobs, which must have these states then.
  static func waitForEnd(
    of jobs: [String], in folder: URL, states expected: Set<String> = ["COMPLETED"],
    at location: SourceLocation = #_sourceLocation
  ) async throws {
    for job in jobs {
      var ended: [String] = []
      try await wait(for: "the end of job \(job)", interval: 300, log: { logs(in: folder) }) {
        ended = try await states(of: job, in: folder)
        return ended.allSatisfy(ends.contains)
      }
      #expect(Set(ended) == expected, "job \(job): \(logs(in: folder))", sourceLocation: location)
    }
  }

  /// Whether nodes still clean up after a step of a job, which would be in the way of its next start.
  private static func isCleaningUp(after job: String) -> Bool {
    let spool = URL(filePath: configuration ?? "").deletingLastPathComponent()
      .appending(path: "spool").path
    let files = FileManager.default.enumerator(atPath: spool)?.compactMap { $0 as? String } ?? []
    return files.contains { $0.contains("stepd.slurm.pmix.\(job).") || $0.contains("_\(job).") }
  }

  /// Lets a requeued job start now: Slurm makes it wait for two minutes.
  static func startNow(_ job: String, in folder: URL) async throws {
    try await wait(
      for: "job \(job) is pending again", interval: 300, log: { logs(in: folder) }
    ) {
      let facts = try await run(["scontrol", "--oneliner", "show", "job", job], in: folder).joined()
      return facts.contains("JobState=PENDING") && facts.contains(/\bRestarts=[1-9]/)
        && !isCleaningUp(after: job)
    }
    // A node does not start a job again in the second in which it was told to kill it.
    try await Task.sleep(for: .seconds(3))
    try await run(
      ["scontrol", "update", "job", job, "StartTime=now", "TimeLimit=10"], in: folder)
  }

  /// All logs of jobs below a folder, for messages.
  static func logs(in folder: URL) -> String {
    let files = FileManager.default.enumerator(atPath: folder.path)
    return (files?.compactMap { $0 as? String } ?? []).filter { $0.hasSuffix(".log") }.sorted()
      .map { file in
        let data = FileManager.default.contents(atPath: folder.appending(path: file).path) ?? Data()
        return "\n-- \(file)\n\(String(decoding: data, as: UTF8.self))"
      }.joined()
  }
}
