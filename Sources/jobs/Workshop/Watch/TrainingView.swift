package import Foundation
internal import Networks
internal import Text
internal import Training

/// The view of a training that `halompi watch` shows: a pure value that turns into lines of text.
package struct TrainingView: Sendable {
  private let monitor: TrainingMonitor
  private let now: Date

  /// Makes the view of a training at a time.
  package init(_ monitor: TrainingMonitor, at now: Date = Date()) {
    self.monitor = monitor
    self.now = now
  }

  /// One line: name, state, likelihood of the epochs, and the best one.
  package var line: String {
    let epochs = monitor.metrics.epochs
    var parts = ["\(monitor.name):", state]
    if !epochs.isEmpty { parts.append(sparkline(epochs.map(\.likelihood), width: 40)) }
    if let best = monitor.metrics.best {
      parts.append("best epoch \(best.epoch), validation \(digits(best.loss))")
    }
    return parts.joined(separator: " ")
  }

  /// The whole view: charts of likelihood and its parameters, the table of epochs, speed and time left.
  ///
  /// - Parameters:
  ///   - width: The most characters of a line.
  ///   - height: The most lines.
  /// - Returns: The lines.
  package func lines(width: Int, height: Int) -> [String] {
    let metrics = monitor.metrics
    guard let last = metrics.steps.last else {
      return ["\(monitor.name): \(state)", "no step is done yet"]
    }
    let facts = [progressLine(last), bestLine, speedLine].compactMap { $0 }
    let parameters = last.likelihoodValues.likelihood.parameters
    let chartCount = 1 + parameters.count
    // Charts with a heading each, their axis and the heading of the table.
    let room = max(0, height - facts.count - chartCount - 2)
    let table = min(metrics.epochs.count, max(3, room / 3))
    let charts = max(3, min(12, (room - table) / chartCount))
    let xRange = 0...Double(max(monitor.lastStep ?? 0, last.step))
    let likelihood = BrailleChart(
      line: metrics.steps.map { .init(x: Double($0.step), y: $0.likelihood) },
      marks: metrics.epochs.map {
        (.init(x: Double($0.step), y: $0.likelihood), $0.epoch == metrics.best?.epoch ? "*" : "o")
      }, xRange: xRange)
    var lines = facts
    lines.append("likelihood [nats]: batches, o validation, * best epoch")
    lines += likelihood.rows(width: width, height: charts)
    for parameter in parameters {
      lines.append("\(parameter.name), \(parameter.meaning) [\(parameter.unit)]")
      let chart = BrailleChart(
        line: metrics.steps.map {
          .init(x: Double($0.step), y: $0.likelihoodValues[parameter.name] ?? .nan)
        }, xRange: xRange)
      lines += chart.rows(width: width, height: charts)
    }
    lines.append(axis(to: Int(xRange.upperBound), width: width))
    if table > 0 { lines += epochTable(rows: table, parameters.map(\.name)) }
    return lines.prefix(height).map { String($0.prefix(width)) }
  }

  private var state: String {
    switch monitor.state {
    case .complete: "complete"
    case .running: "running"
    case .stopped: monitor.metrics.steps.isEmpty ? "not started" : "stopped, can be resumed"
    }
  }

  private func progressLine(_ last: TrainingMetrics.Step) -> String {
    var parts = ["\(monitor.name): \(state)"]
    let limit = monitor.epochLimit.map { " of at most \($0)" } ?? ""
    parts.append("epoch \(last.epoch)\(limit)")
    parts.append("step \(last.step)" + (monitor.lastStep.map { " of \($0)" } ?? ""))
    return parts.joined(separator: ", ")
  }

  private var bestLine: String? {
    monitor.metrics.best.map {
      "best epoch \($0.epoch): validation loss \(digits($0.loss)), of which likelihood "
        + "\(digits($0.likelihood)); correlation \(digits($0.correlation))"
    }
  }

  private var speedLine: String? {
    guard let last = monitor.timings.steps.last else { return nil }
    let recent = monitor.timings.steps.suffix(50).map(\.samplesPerSecond).sorted()
    var parts = [
      "\(digits(recent[recent.count / 2])) samples/s on \(last.ranks) "
        + (last.ranks == 1 ? "rank" : "ranks")
    ]
    if monitor.state == .running {
      if let left = monitor.secondsLeft {
        parts.append("\(duration(left)) left without validations")
      }
    }
    if monitor.state != .complete, let change = monitor.lastChange {
      parts.append("last step \(duration(max(0, now.timeIntervalSince(change)))) ago")
    }
    return parts.joined(separator: ", ")
  }

  private func axis(to last: Int, width: Int) -> String {
    let end = "step \(last)"
    let gap = width - BrailleChart.labelWidth - 3 - end.count
    return String(repeating: " ", count: BrailleChart.labelWidth) + " 0"
      + String(repeating: " ", count: max(1, gap)) + " " + end
  }

  private func epochTable(rows: Int, _ parameters: [String]) -> [String] {
    func row(_ cells: [String]) -> String {
      cells.map { String(repeating: " ", count: max(0, 12 - $0.count)) + $0 }.joined()
    }
    let heading = row(
      ["epoch", "training", "validation", "penalty", "correlation"] + parameters)
    let epochs = monitor.metrics.epochs.suffix(rows).map { epoch in
      row(
        ["\(epoch.epoch)"]
          + ([
            epoch.trainingLikelihood, epoch.likelihood, epoch.penalty, epoch.correlation,
          ] + parameters.map { epoch.likelihoodValues[$0] ?? .nan }).map(digits))
        + (epoch.epoch == monitor.metrics.best?.epoch ? "  *" : "")
    }
    return [heading] + epochs
  }
}
