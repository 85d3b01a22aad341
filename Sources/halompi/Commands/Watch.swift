internal import ArgumentParser
internal import Foundation
internal import MPI
internal import Progress
internal import Text
internal import Training
internal import Workshop

/// Shows how the stages of a run go.
struct Watch: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Show how the stages of a run go while they run: progress, losses, speed, time left.",
    discussion: """
      Give it a run directory or the folder of one training; it reads files, from any terminal \
      or node, and disturbs nothing. Each stage that a job works at has a line with a bar and the time left. \
      A training is drawn from metrics.jsonl and timings.jsonl; of several trainings \
      each has a line, and the one that changed last is shown whole. On a terminal the view is drawn anew \
      as they grow, until the trainings are complete and no stage is at work. Elsewhere it prints a line \
      whenever a phase begins or an epoch is over, and every half minute.

        halompi watch runs/quickstart
        halompi watch runs/paper/training/raw-seed2 --once
      """)

  @Argument(help: "A run directory or the folder of a training.", completion: .directory)
  var directory: String

  @Flag(help: "Print the view once and end.")
  var once = false

  @Option(help: ArgumentHelp("The time between two looks at the files.", valueName: "seconds"))
  var interval = 1.0

  func validate() throws {
    try requireOption("interval", interval, in: 0.1...86_400)
  }

  func run() throws {
    try runJob { world in
      try world.agree { if world.isRoot { try watch() } }
    }
  }

  private func watch() throws {
    let isTerminal = isatty(STDOUT_FILENO) == 1
    var monitors: [TrainingMonitor] = []
    var printed = PrintedLines()
    while true {
      let known = Set(monitors.map(\.directory))
      monitors += TrainingMonitor.folders(in: directory).filter { !known.contains($0) }
        .map { TrainingMonitor($0) }
      let stages = StagesAtWork(in: directory)
      if monitors.isEmpty, stages.records.isEmpty, !printed.hasAny {
        throw TrainingMonitor.nothingToWatch(in: directory)
      }
      for index in monitors.indices { try monitors[index].update() }
      if once || isTerminal {
        try show(monitors, stages, isTerminal: isTerminal)
        printed.hasAny = true
      } else {
        for line in printed.new(of: stages) + printed.new(of: monitors) {
          try Console.output.show(Quoting.terminal(line))
        }
      }
      if once || !stages.isAnyAlive && monitors.allSatisfy({ $0.state == .complete }) { return }
      Thread.sleep(forTimeInterval: interval)
    }
  }

  private func show(
    _ monitors: [TrainingMonitor], _ stages: StagesAtWork, isTerminal: Bool
  ) throws(OutputError) {
    let size = isTerminal ? terminalSize : (columns: 100, rows: 40)
    let trainings = monitors.count > 1 ? monitors.map { TrainingView($0).line } : []
    let others = stages.lines(barWidth: 24) + trainings
    let shown = monitors.max {
      ($0.lastChange ?? .distantPast) < ($1.lastChange ?? .distantPast)
    }
    let room = max(10, size.rows - others.count - 1)
    let view = shown.map { TrainingView($0).lines(width: size.columns, height: room) } ?? []
    let lines = (others.map { String($0.prefix(size.columns)) } + view).map { Quoting.terminal($0) }
    guard isTerminal, !once else {
      return try Console.output.give(lines.joined(separator: "\n"))
    }
    // To the upper left corner; the rest of each line and of the screen is cleared.
    let screen = lines.map { "\($0)\u{1B}[K\n" }.joined()
    try Console.output.give("\u{1B}[H\(screen)\u{1B}[J", terminator: "")
  }

  private var terminalSize: (columns: Int, rows: Int) {
    var size = winsize()
    guard ioctl(STDOUT_FILENO, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0, size.ws_row > 0
    else { return (80, 24) }
    return (Int(size.ws_col), Int(size.ws_row))
  }
}

/// The lines that were printed of stages and trainings, so that a log gets a line when there is news, and now and then.
private struct PrintedLines {
  /// Whether anything was shown.
  var hasAny = false

  private var epochs: [String: Int] = [:]
  private var phases: [String: (name: String?, time: ContinuousClock.Instant)] = [:]

  /// The lines of stages whose phase is another, or which were printed half a minute ago.
  mutating func new(of stages: StagesAtWork) -> [String] {
    let now = ContinuousClock.now
    var lines: [String] = []
    for (record, line) in zip(stages.records, stages.lines()) {
      let key = "\(record.stage) \(record.process)"
      if let last = phases[key], last.name == record.phase?.name, now - last.time < .seconds(30) {
        continue
      }
      phases[key] = (record.phase?.name, now)
      lines.append(line)
    }
    hasAny = hasAny || !lines.isEmpty
    return lines
  }

  /// The lines of trainings of which an epoch is over.
  mutating func new(of monitors: [TrainingMonitor]) -> [String] {
    hasAny = hasAny || !monitors.isEmpty
    return monitors.compactMap { monitor in
      guard epochs[monitor.directory] != monitor.metrics.epochs.count else { return nil }
      epochs[monitor.directory] = monitor.metrics.epochs.count
      return TrainingView(monitor).line
    }
  }
}
