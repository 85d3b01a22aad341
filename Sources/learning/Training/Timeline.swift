internal import DurableFiles
internal import Failures
internal import Foundation
internal import MPI

/// A record of the activities of a rank's threads, with their times.
///
/// It is kept in memory, 32 bytes an event, and ends with ``eventLimit`` of them, some thousand steps.
/// Threads share it.
final class Timeline: @unchecked Sendable {
  /// An activity of a thread.
  enum Activity: Int64, CaseIterable {
    case fetch, forward, backward, reduce, update, wait, checkpoint

    /// The name in the file.
    var name: String { "\(self)" }
  }

  /// The most events of a rank.
  static let eventLimit = 1_000_000

  /// The number of values of an event in a message: activity, thread, start and duration [ns].
  private static let width = 4

  private let lock = NSLock()
  private let origin: ContinuousClock.Instant
  private var values: [Int64] = []

  /// Makes an empty timeline that begins now, on all ranks.
  ///
  /// Collective. The ranks begin as close together as they leave a barrier.
  init(on world: borrowing Communicator) throws(MPIError) {
    try world.barrier()
    origin = .now
  }

  /// Adds what a thread did from `start` to now.
  fileprivate func add(_ activity: Activity, thread: Int, since start: ContinuousClock.Instant) {
    let begin = Self.nanoseconds(origin.duration(to: start))
    let duration = Self.nanoseconds(start.duration(to: .now))
    lock.withLock {
      guard values.count < Self.width * Self.eventLimit else { return }
      values += [activity.rawValue, Int64(thread), begin, duration]
    }
  }

  private static func nanoseconds(_ duration: Duration) -> Int64 {
    let (seconds, attoseconds) = duration.components
    return seconds * 1_000_000_000 + attoseconds / 1_000_000_000
  }

  /// Writes the timelines of all ranks to a file of Chrome's trace format, which Perfetto and
  /// chrome://tracing show: a process per rank, thread 0 its main thread, the others those that compute.
  ///
  /// Collective.
  ///
  /// - Parameters:
  ///   - path: The file, which rank 0 writes.
  ///   - world: All ranks.
  ///   - hosts: The hosts of all ranks, on rank 0.
  /// - Throws: `AgreedFailure` if the file cannot be written; `MPIError`.
  func write(to path: String, on world: borrowing Communicator, hosts: [String]) throws {
    let gathered = try world.gatherVarying(lock.withLock { values })
    try world.agree {
      guard let gathered else { return }
      var lines: [String] = []
      var start = 0
      for (rank, count) in gathered.counts.enumerated() {
        var name = JSONLine()
        name.add("name", text: "rank \(rank) on \(hosts[rank])")
        lines.append(Self.description(of: rank, name))
        for event in stride(from: start, to: start + count, by: Self.width) {
          lines.append(Self.line(gathered.elements[event..<event + Self.width], rank: rank))
        }
        start += count
      }
      let text =
        "{\"displayTimeUnit\":\"ms\",\"traceEvents\":[\n\(lines.joined(separator: ",\n"))\n]}\n"
      try DurableFile.write(Data(text.utf8), to: path)
    }
  }

  private static func description(of rank: Int, _ name: JSONLine) -> String {
    var line = JSONLine()
    line.add("ph", "M")
    line.add("name", "process_name")
    line.add("pid", rank)
    line.add("args", name)
    return line.text
  }

  private static func line(_ event: ArraySlice<Int64>, rank: Int) -> String {
    let first = event.startIndex
    var line = JSONLine()
    line.add("ph", "X")
    line.add("name", text: Activity(rawValue: event[first])?.name ?? "")
    line.add("pid", rank)
    line.add("tid", Int(event[first + 1]))
    line.add("ts", Double(event[first + 2]) / 1000)
    line.add("dur", Double(event[first + 3]) / 1000)
    return line.text
  }
}

extension Timeline? {
  /// Adds what the main thread did from `start` to now, if there is a timeline.
  func add(_ activity: Timeline.Activity, since start: ContinuousClock.Instant) {
    self?.add(activity, thread: 0, since: start)
  }

  /// Does work, and adds it to the timeline if there is one.
  func measure<Result: ~Copyable, Failure: Error>(
    _ activity: Timeline.Activity, thread: Int = 0, _ work: () throws(Failure) -> Result
  ) throws(Failure) -> Result {
    guard let self else { return try work() }
    let start = ContinuousClock.now
    defer { self.add(activity, thread: thread, since: start) }
    return try work()
  }
}
