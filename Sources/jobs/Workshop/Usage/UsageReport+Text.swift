internal import Foundation
internal import Schedulers
internal import Text

extension UsageReport {
  /// The report for a reader: a line for each start, and what to write into the experiment for the next job.
  package var text: String {
    var table = TextTable(
      "stage", "started (UTC)", "job", "ranks", "end", "time", "processors", "memory of a node",
      "waited for data", "for sums")
    for start in starts {
      table.add(
        start.stage, String(start.started.prefix(16)).replacing("T", with: " "), start.jobText,
        "\(start.ranks)", start.endText, start.seconds.map(duration) ?? "", start.processorText,
        start.memoryText, Self.percent(start.dataWait), Self.percent(start.sumsWait))
    }
    var parts = [table.description]
    if starts.contains(where: { $0.end == .silent }) {
      parts.append(
        """
        no word: the start left no record of its end. It was killed, ran out of memory or lost its host, or an older \
        halompi made it.

        """)
    }
    if let accountsProblem {
      parts.append("Queue and states of jobs are not known: \(accountsProblem).\n")
    }
    let advice = advice
    if !advice.isEmpty {
      parts.append(
        (["For the next job, into the experiment:", "cluster:"] + advice.map { "  \($0)" })
          .joined(separator: "\n") + "\n")
    }
    return parts.joined(separator: "\n")
  }

  fileprivate static func percent(_ share: Double?) -> String {
    share.map { "\(decimals(100 * $0, 1)) %" } ?? ""
  }
}

extension UsageReport.Start {
  fileprivate var endText: String {
    let state = jobState.flatMap { $0 == "COMPLETED" ? nil : $0 }
    return switch end {
    case .returned: "returned"
    case .failed: "failed"
    case .running: "running"
    case .silent: state ?? "no word"
    }
  }

  fileprivate var jobText: String {
    guard let job else { return "" }
    let queue = queueSeconds.map { ", queued \(duration($0))" } ?? ""
    return "\(job.scheduler.name) \(job.number)\(queue)"
  }

  fileprivate var processorText: String {
    guard let processors, let processorShare else { return "" }
    return "\(decimals(100 * processorShare, 0)) % of \(processors)"
  }

  fileprivate var memoryText: String {
    guard let peakMemory else { return "" }
    let plan = plannedMemory.map { " of \(mebibytes($0)) planned" } ?? ""
    return "\(mebibytes(peakMemory)) MiB\(plan)"
  }
}

extension UsageReport {
  /// The parts by which the advice is larger than what was taken.
  private static let memoryMargin = 1.25
  private static let timeMargin = 1.5

  /// The lines to write into the section `cluster` for the next job, a setting and its reason in each line.
  ///
  /// Memory is a quarter more than the largest, in steps of 256 MiB; time half as long again as the longest start that
  /// returned, in steps of five minutes. Processors are spoken of only if more than half of them had nothing to do.
  var advice: [String] {
    var lines: [String] = []
    if let largest = starts.filter({ $0.peakMemory != nil }).max(by: {
      ($0.peakMemory ?? 0) < ($1.peakMemory ?? 0)
    }), let peak = largest.peakMemory {
      let steps = (Double(mebibytes(peak)) * Self.memoryMargin / 256).rounded(.up)
      lines.append(
        "memoryPerNode: \(Int(256 * steps))  # MiB; \(largest.stage) took \(mebibytes(peak))")
    }
    let returned = starts.filter { $0.end == .returned && ($0.seconds ?? 0) > 0 }
    if let longest = returned.max(by: { ($0.seconds ?? 0) < ($1.seconds ?? 0) }),
      let seconds = longest.seconds
    {
      let steps = min(200_000, (seconds * Self.timeMargin / 300).rounded(.up))
      lines.append("minutes: \(Int(5 * steps))  # \(longest.stage) took \(duration(seconds))")
      if let share = longest.processorShare, let processors = longest.processors,
        (2...1_000_000).contains(processors), (0..<0.5).contains(share),
        isAlone(longest)
      {
        let busy = max(1, Int((share * Double(processors)).rounded(.up)))
        lines.append(
          "# \(longest.stage) kept \(busy) of \(processors) processors at work: fewer ranks or coresPerRank do as well"
        )
      }
    }
    return lines
  }

  /// Whether no other start was at work at the same time, which may have had the other processors.
  private func isAlone(_ start: Start) -> Bool {
    func time(of start: Start) -> ClosedRange<Date>? {
      guard let begin = try? Date(start.started, strategy: .iso8601), let seconds = start.seconds,
        (0..<1e9).contains(seconds)
      else { return nil }
      // Starts are told in whole seconds, and one may follow the other at once.
      return begin.addingTimeInterval(1)...begin.addingTimeInterval(max(1, seconds - 1))
    }
    guard let own = time(of: start) else { return false }
    return !starts.contains { $0 != start && time(of: $0)?.overlaps(own) == true }
  }
}
