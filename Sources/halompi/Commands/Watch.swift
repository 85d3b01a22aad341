internal import ArgumentParser
internal import Foundation
internal import MPI
internal import Text
internal import Training
internal import Workshop

/// Shows how a training goes.
struct Watch: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Show how a training goes while it runs: losses, gamma, speed, time left.",
    discussion: """
      Give it a run directory or the folder of one training; it reads metrics.jsonl and \
      timings.jsonl and disturbs nothing. On a terminal the view is drawn anew as they grow, until the \
      training is complete; of several trainings each has a line, and the one that changed last is \
      shown whole. Elsewhere it prints a line whenever an epoch is over.

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
    var printed: [String: Int] = [:]
    while true {
      let known = Set(monitors.map(\.directory))
      monitors += TrainingMonitor.folders(in: directory).filter { !known.contains($0) }
        .map { TrainingMonitor($0) }
      guard !monitors.isEmpty else { throw TrainingMonitor.nothingToWatch(in: directory) }
      for index in monitors.indices { try monitors[index].update() }
      if once || isTerminal {
        try show(monitors, isTerminal: isTerminal)
      } else {
        for monitor in monitors where printed[monitor.directory] != monitor.metrics.epochs.count {
          try Console.output.show(Quoting.terminal(TrainingView(monitor).line))
          printed[monitor.directory] = monitor.metrics.epochs.count
        }
      }
      if once || monitors.allSatisfy({ $0.state == .complete }) { return }
      Thread.sleep(forTimeInterval: interval)
    }
  }

  private func show(_ monitors: [TrainingMonitor], isTerminal: Bool) throws(OutputError) {
    let size = isTerminal ? terminalSize : (columns: 100, rows: 40)
    let others = monitors.count > 1 ? monitors.map { TrainingView($0).line } : []
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
