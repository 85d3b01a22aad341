public import Training

/// Tells a user of a training's events through a reporter.
public final class TrainingNarrator {
  private let progress: ProgressReporter

  /// Makes a narrator that speaks through `progress`.
  public init(_ progress: ProgressReporter) { self.progress = progress }

  /// Tells of one event.
  public func tell(_ event: TrainingEvent) {
    switch event {
    case .started(let start): begin(start)
    case .step(let step):
      progress.advance(
        to: step.step,
        note: "epoch \(step.epoch + 1), likelihood \(decimals(step.likelihood)), "
          + "penalty \(decimals(step.penalty)), gamma \(decimals(step.gamma))")
    case .epoch(let epoch): progress.say(Self.line(epoch))
    case .checkpoint: break
    case .warning(let text): progress.say("warning: \(text)")
    }
  }

  /// Ends the phase on the screen.
  public func end() { progress.end() }

  private func begin(_ start: TrainingStart) {
    let beginning = start.stepsDone > 0 ? "resuming after step \(start.stepsDone)" : "starting"
    progress.say(
      "\(beginning): \(start.parameterCount) parameters, \(start.workers) "
        + "\(start.workers == 1 ? "rank computes" : "ranks compute") with \(start.threadsPerWorker) "
        + "\(start.threadsPerWorker == 1 ? "thread" : "threads") each"
        + (start.isDedicated ? ", rank 0 coordinates" : "") + "; fields: \(start.streaming)")
    progress.begin(
      ProgressPhase(
        "train", unit: "steps", total: start.stepsPerEpoch * start.epochs, start: start.stepsDone))
  }

  /// One line for an epoch.
  private static func line(_ epoch: EpochSummary) -> String {
    "epoch \(epoch.epoch + 1): training likelihood \(decimals(epoch.trainingLikelihood)), "
      + "validation likelihood \(decimals(epoch.likelihood)), penalty \(decimals(epoch.penalty)), "
      + "gamma \(decimals(epoch.gamma)), r \(decimals(epoch.correlation))"
      + (epoch.isBest ? " (best so far)" : "")
  }
}

/// Writes a number with four decimals.
private func decimals(_ value: Double) -> String {
  guard value.isFinite, value.magnitude < 1e9 else { return "\(value)" }
  let scaled = Int((value.magnitude * 1e4).rounded())
  let fraction = String(scaled % 10_000)
  let sign = value < 0 && scaled > 0 ? "-" : ""
  return "\(sign)\(scaled / 10_000).\(String(repeating: "0", count: 4 - fraction.count))\(fraction)"
}
