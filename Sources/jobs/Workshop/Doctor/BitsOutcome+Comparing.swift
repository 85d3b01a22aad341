internal import Foundation
internal import MPI

extension BitsOutcome {
  /// Compares what all ranks compute together with what each computes alone.
  ///
  /// Collective, of two ranks or more.
  static func comparing(on ranks: borrowing Communicator) throws -> BitsOutcome {
    let together = try BitsProbe.result(on: ranks)
    let single = try ranks.split(color: ranks.rank, key: 0)
    let alone = try BitsProbe.result(on: single)
    return together == alone
      ? .same(ranks: ranks.size)
      : .different(ranks: ranks.size, alone: alone, together: together)
  }

  /// Compares what this process computes alone with what two that it starts compute together.
  ///
  /// - Parameters:
  ///   - launcher: The words that start two ranks, and the program with its words.
  ///   - environment: The environment in which this process was started, which the ranks get too.
  ///   - seconds: The time after which they are ended [s].
  ///   - world: The communicator of the process alone.
  /// - Returns: The comparison of their result with that of this process, or why there is none.
  /// - Throws: The error of the probe in this process, or of the file for the output of the ranks.
  static func starting(
    _ launcher: [String], environment: [String: String], seconds: Double,
    beside world: borrowing Communicator
  ) throws -> BitsOutcome {
    let alone = try BitsProbe.result(on: world)
    let folder = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString)
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    let output = folder.appending(path: "output")
    try Data().write(to: output)

    let process = Process()
    process.executableURL = URL(filePath: "/usr/bin/env")
    process.arguments = launcher
    process.environment = environment
    process.standardInput = FileHandle.nullDevice
    let handle = try FileHandle(forWritingTo: output)
    process.standardOutput = handle
    process.standardError = handle
    do { try process.run() } catch {
      return .unknown("\(launcher[0]) could not be started (\(error.localizedDescription))")
    }
    let end = ContinuousClock.now + .seconds(seconds)
    while process.isRunning, ContinuousClock.now < end { usleep(20_000) }
    let isLate = process.isRunning
    if isLate {
      process.terminate()
      usleep(500_000)
      if process.isRunning { kill(process.processIdentifier, SIGKILL) }
    }
    process.waitUntilExit()
    let text = (try? String(contentsOf: output, encoding: .utf8)) ?? ""
    return outcome(
      of: text, code: process.terminationStatus, isLate: isLate, seconds: seconds, alone: alone)
  }

  /// Returns the outcome of the ranks that were started, from their output and exit code.
  static func outcome(
    of text: String, code: Int32, isLate: Bool, seconds: Double, alone: String
  ) -> BitsOutcome {
    let lines = text.split(separator: "\n").map { $0.trimmingCharacters(in: .whitespaces) }
    if isLate { return .failed("they did not end within \(Int(seconds)) s") }
    if let line = lines.last(where: { $0.hasPrefix(BitsProbe.linePrefix) }), code == 0 {
      let together = String(line.dropFirst(BitsProbe.linePrefix.count))
      return together == alone
        ? .same(ranks: 2) : .different(ranks: 2, alone: alone, together: together)
    }
    // 127: env found no such program.
    if code == 127 { return .unknown("mpirun is not in PATH") }
    if text.contains("allow-run-as-root") {
      return .unknown(
        "mpirun does not start for root unless OMPI_ALLOW_RUN_AS_ROOT=1 and "
          + "OMPI_ALLOW_RUN_AS_ROOT_CONFIRM=1 are set")
    }
    let words = lines.filter { $0.contains { $0.isLetter } }.prefix(3).joined(separator: " ")
    return .failed("mpirun ended with \(code): \(words)")
  }
}
