internal import Foundation

/// The entries of Slurm's accounting on jobs.
package struct JobAccounting: Hashable, Sendable {
  /// The entry on one job.
  package struct Entry: Hashable, Sendable {
    /// The time from submitting to starting [s]; `nil` if the job has not started.
    package let queueSeconds: Double?

    /// The state, as Slurm writes it, such as `COMPLETED`, `TIMEOUT` or `OUT_OF_MEMORY`.
    package let state: String
  }

  /// The entries by the numbers of their jobs.
  package let entries: [String: Entry]

  /// Reads the answer of `sacct`.
  ///
  /// - Parameter answer: Lines of number, time of submission, time of start and state, with bars between them. A line
  ///   of another form tells nothing.
  init(answer: String) {
    var entries: [String: Entry] = [:]
    for line in answer.split(separator: "\n") {
      let words = line.split(separator: "|", omittingEmptySubsequences: false)
      guard words.count == 4, Self.isNumber(String(words[0])) else { continue }
      let state = words[3].prefix { $0 != " " }
      guard !state.isEmpty, state.unicodeScalars.allSatisfy({ isASCIIUppercase($0) || $0 == "_" })
      else { continue }
      var seconds: Double?
      if let submitted = Self.date(words[1]), let started = Self.date(words[2]) {
        let difference = started.timeIntervalSince(submitted)
        seconds = difference >= 0 ? difference : nil
      }
      entries[String(words[0])] = Entry(queueSeconds: seconds, state: String(state))
    }
    self.entries = entries
  }

  /// Asks Slurm after jobs.
  ///
  /// - Parameters:
  ///   - jobs: The jobs; those of other schedulers and numbers that Slurm does not give are left out.
  ///   - queue: The way to Slurm's commands.
  /// - Returns: What it tells; `nil` without jobs of Slurm.
  /// - Throws: ``SchedulerError`` if there is no `sacct` or it fails, as where a cluster keeps no accounts.
  package static func ask(
    after jobs: [BatchJob], by queue: SchedulerQueue
  ) throws(SchedulerError) -> JobAccounting? {
    let numbers = Set(jobs.filter { $0.scheduler == .slurm }.map(\.number).filter(isNumber))
    guard !numbers.isEmpty else { return nil }
    return JobAccounting(
      answer: try queue.run([
        "sacct", "--allocations", "--noheader", "--parsable2",
        "--jobs=\(numbers.sorted().joined(separator: ","))",
        "--format=JobIDRaw,Submit,Start,State",
      ]))
  }

  /// Whether a text is a number of Slurm's: digits alone, as `SLURM_JOB_ID` and `JobIDRaw` have them.
  private static func isNumber(_ text: String) -> Bool {
    (1...20).contains(text.utf8.count) && text.utf8.allSatisfy { (0x30...0x39).contains($0) }
  }

  /// Reads a time such as `2026-11-29T18:03:50`, which is that of the cluster's clocks.
  private static func date(_ text: Substring) -> Date? {
    try? Date("\(text)Z", strategy: .iso8601)
  }
}

private func isASCIIUppercase(_ scalar: Unicode.Scalar) -> Bool { ("A"..."Z").contains(scalar) }
