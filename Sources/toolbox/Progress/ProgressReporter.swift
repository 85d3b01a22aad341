internal import Foundation
internal import Heartbeat
internal import Text

/// Tells a user how far a job is: a bar on a terminal, a line now and then in a log, or nothing.
///
/// Used by one rank, from one thread. It writes through a closure, and reads the time from another.
package final class ProgressReporter {
  /// The style in which progress is shown.
  package enum Style: Hashable, Sendable {
    /// A bar that is drawn over itself, at most five times a second.
    case bar
    /// A line at the beginning and the end of a phase, and one per interval [s] in between.
    case lines(every: Double)
    /// Warnings alone.
    case warnings
    /// Nothing at all.
    case silent
  }

  private let style: Style
  private let clock: () -> Double
  private let write: (String) -> Void
  private var phase: ProgressPhase?
  private var beginning = 0.0
  private var lastShown = 0.0
  /// The records that are kept, each with its file; phases go into the last.
  private var records: [(file: String, record: ProgressRecord)] = []
  private var lastRecorded = 0.0

  /// Makes a reporter.
  ///
  /// - Parameters:
  ///   - style: The style in which progress is shown.
  ///   - clock: The time since any fixed moment [s].
  ///   - write: Takes text as it is to appear, with its line ends.
  package init(
    style: Style, clock: @escaping () -> Double = monotonicSeconds,
    write: @escaping (String) -> Void
  ) {
    self.style = style
    self.clock = clock
    self.write = write
  }

  /// Keeps a record of the phases from now on in a folder, for `halompi watch`, while some work lasts.
  ///
  /// Stages that other stages run keep their own.
  ///
  /// - Parameters:
  ///   - stage: The stage, such as `prepare`.
  ///   - folder: The folder of its results, which must be there.
  ///   - isKept: Whether this rank keeps it.
  ///   - work: The work.
  /// - Returns: The result of `work`.
  package func keepingRecord<Result>(
    of stage: String, in folder: String, if isKept: Bool = true, while work: () throws -> Result
  ) rethrows -> Result {
    guard isKept else { return try work() }
    records.append((ProgressRecord.file(in: folder), ProgressRecord(stage: stage)))
    record(at: clock())
    defer {
      let (file, _) = records.removeLast()
      try? FileManager.default.removeItem(atPath: file)
      record(at: clock())
    }
    return try work()
  }

  private func record(at now: Double) {
    guard let last = records.indices.last else { return }
    lastRecorded = now
    let time = Date().timeIntervalSince1970
    records[last].record.phase = phase
    records[last].record.began = phase == nil ? time : time - (now - beginning)
    records[last].record.changed = time
    records[last].record.write(to: records[last].file)
  }

  /// Begins a phase, ending the one before if there is one.
  package func begin(_ phase: ProgressPhase) {
    end()
    self.phase = phase
    nameWork()
    beginning = clock()
    show(at: beginning)
    record(at: beginning)
  }

  /// Says how many are done, and anything else worth a few words.
  package func advance(to completed: Int, note: String = "") {
    phase?.completed = completed
    phase?.note = note
    nameWork()
    let now = clock()
    if now - lastShown >= interval { show(at: now) }
    if now - lastRecorded >= 2 { record(at: now) }
  }

  /// Names the work for those who watch this rank.
  private func nameWork() {
    guard let phase else { return }
    let note = phase.note.isEmpty ? "" : " (\(phase.note))"
    Heartbeat.begin("\(phase.name), \(phase.completed) of \(phase.total) \(phase.unit)\(note)")
  }

  /// Ends the phase, showing what was done.
  package func end() {
    guard phase != nil else { return }
    show(at: clock())
    if style == .bar { write("\n") }
    phase = nil
    record(at: clock())
  }

  /// Says something that stays on the screen or in the log.
  package func say(_ text: String) {
    switch style {
    case .silent, .warnings: return
    case .lines: write("\(Self.shown(text))\n")
    case .bar:
      write("\(Self.clearLine)\(Self.shown(text))\n")
      if phase != nil { show(at: clock()) }
    }
  }

  /// Says something about the input or the results that a user has to know, also one who wants no progress.
  package func warn(_ text: String) {
    if style == .warnings { write("\(Self.shown(text))\n") } else { say(text) }
  }

  private var interval: Double {
    switch style {
    case .bar: 0.2
    case .lines(let interval): interval
    case .silent, .warnings: .infinity
    }
  }

  private func show(at now: Double) {
    guard let phase else { return }
    lastShown = now
    switch style {
    case .silent, .warnings: return
    case .lines: write(Self.shown(phase.line(after: now - beginning)) + "\n")
    case .bar: write(Self.clearLine + Self.shown(phase.line(after: now - beginning, barWidth: 24)))
    }
  }

  private static let clearLine = "\r\u{1B}[K"

  /// Text as a terminal shows it: names in it may come from files of others.
  private static func shown(_ text: String) -> String {
    Quoting.terminal(text, keepingLines: true)
  }
}

/// The time since the machine started [s], which no change of the clock disturbs.
func monotonicSeconds() -> Double {
  let elapsed = ContinuousClock.now - ContinuousClock.Instant.origin
  return Double(elapsed.components.seconds) + Double(elapsed.components.attoseconds) * 1e-18
}

extension ContinuousClock.Instant {
  /// A fixed moment, that of the first reading.
  fileprivate static let origin = ContinuousClock.now
}
