internal import Analysis
internal import Networks
internal import Statistics
package import Training

/// Loss and the parameters of the likelihood against the number of steps, with the epoch whose weights were kept.
///
/// Fig. 9 of the paper.
package struct TrainingFigure: Sendable {
  /// One training.
  package struct Run: Sendable {
    /// Its name, such as `raw-seed1`.
    package var name: String

    /// Its steps and epochs.
    package var metrics: TrainingMetrics

    /// Makes a run.
    package init(name: String, metrics: TrainingMetrics) {
      self.name = name
      self.metrics = metrics
    }
  }

  /// The number of points of a long curve, or up to twice as many: each is the mean of its steps.
  static let pointCount = 400

  /// Draws a training.
  ///
  /// - Parameter run: The training.
  /// - Returns: The figure `training-<name>`; without its plot if no step is done.
  package static func figure(of run: Run) -> Figure {
    let stem = "training-\(run.name)"
    var caption =
      "Top: likelihood of each batch before its update (light; means where steps are denser than the line) and of "
      + "the validation samples after each epoch (circles), with the penalty of the priors dashed, if it is in range. "
      + "Bottom: \(parameters(of: run.metrics).map(\.definition).joined(separator: "; "))."
    if let best = run.metrics.best {
      caption += " The vertical line is the end of epoch \(best.epoch), whose weights were kept."
    }
    return Figure(
      name: stem, title: "Training of \(run.name)", caption: caption,
      plot: plot(run.metrics, stem: stem))
  }

  /// The figure of a training without numbers.
  package static func missing(name: String, because reason: String) -> Figure {
    Figure(
      name: "training-\(name)", title: "Training of \(name)",
      caption:
        "Likelihood and \(NetworkArchitecture().likelihood.parameters.map(\.name).joined(separator: ", ")) "
        + "against the number of steps.", plot: .unknown(reason))
  }

  /// The parameters of the likelihood that was trained.
  private static func parameters(of history: TrainingMetrics) -> [LikelihoodParameter] {
    let likelihood =
      history.steps.last?.likelihoodValues.likelihood ?? NetworkArchitecture().likelihood
    return likelihood.parameters
  }

  private static func plot(_ history: TrainingMetrics, stem: String) -> Outcome<Plot> {
    let steps = history.steps.filter { $0.likelihood.isFinite && $0.likelihoodValues.areFinite }
    guard let last = steps.last, steps.count > 1 else {
      return .unknown("fewer than two steps of this training have finite numbers")
    }
    let parameters = parameters(of: history)
    let names = parameters.map { "\($0.name) [\($0.unit)]" }
    let perPoint = max(1, steps.count / pointCount)
    let rows = stride(from: 0, to: steps.count, by: perPoint).map { start -> [Double?] in
      let part = steps[start..<min(start + perPoint, steps.count)]
      func mean(_ value: (TrainingMetrics.Step) -> Double) -> Double {
        part.reduce(0) { $0 + value($1) } / Double(part.count)
      }
      return [mean { Double($0.step) }, mean(\.likelihood), mean(\.penalty)]
        + parameters.map { parameter in mean { $0.likelihoodValues[parameter.name] ?? .nan } }
    }
    let epochs = history.epochs.map { epoch -> [Double?] in
      [Double(epoch.step), epoch.trainingLikelihood, epoch.likelihood, epoch.penalty]
        + parameters.map { epoch.likelihoodValues[$0.name] }
    }
    let tables = [
      PlotTable(
        name: "\(stem)-steps",
        columns: ["step", "likelihood [nats]", "penalty [nats]"] + names,
        rows: rows),
      PlotTable(
        name: "\(stem)-epochs",
        columns: [
          "step", "training likelihood [nats]", "validation likelihood [nats]", "penalty [nats]",
        ] + names, rows: epochs),
    ]
    return .known(
      Plot(
        width: .column, height: 10, tables: tables,
        commands: commands(
          stem: stem, last: last.step, best: history.best?.step, hasEpochs: !epochs.isEmpty,
          range: range(steps, history.epochs), parameters: parameters)))
  }

  /// The likelihoods without the outermost percent of the batches, with room around them.
  private static func range(
    _ steps: [TrainingMetrics.Step], _ epochs: [TrainingMetrics.Epoch]
  ) -> ClosedRange<Double> {
    let quantiles = Quantiles(steps.map(\.likelihood))
    let marked = epochs.flatMap { [$0.likelihood, $0.trainingLikelihood] }.filter(\.isFinite)
    let low = min(quantiles(0.005) ?? 0, marked.min() ?? .infinity)
    let high = max(quantiles(0.995) ?? 1, marked.max() ?? -.infinity)
    let room = max(0.05 * (high - low), 1e-6)
    return (low - room)...(high + room)
  }

  private static func commands(
    stem: String, last: Int, best: Int?, hasEpochs: Bool, range: ClosedRange<Double>,
    parameters: [LikelihoodParameter]
  ) -> String {
    let (model, validation) = (PlotStyle.color(0), PlotStyle.color(1))
    let stop =
      best.map {
        "set arrow 1 from \($0), graph 0 to \($0), graph 1 nohead lw 1.2 lc rgb '\(PlotStyle.Color.gray.rawValue)' back"
      } ?? ""
    let epochs =
      hasEpochs
      ? """
      , \\
        \(PlotStyle.table("\(stem)-epochs")) using 1:2 with lines lw 1.6 lc rgb '\(model)' title 'training, epoch mean', \\
        '' using 1:3 with linespoints lw 1.4 pt 7 ps 0.45 lc rgb '\(validation)' title 'validation'
      """ : ""
    let axis = parameters.map { "\($0.symbol) [\($0.unit)]" }.joined(separator: ", ")
    let curves = parameters.indices.map { number in
      "\(number == 0 ? PlotStyle.table("\(stem)-steps") : "''") using 1:\(number + 4) with lines lw 1.6 "
        + "lc rgb '\(PlotStyle.color(2 * number))'"
    }
    return """
      set multiplot
      set lmargin at screen 0.17; set rmargin at screen 0.96
      set xrange [0:\(last)]
      set xtics autofreq
      \(stop)
      set tmargin at screen 0.88; set bmargin at screen 0.43
      set format x ''
      set ylabel 'likelihood term [nats]' offset 0.6
      set yrange [\(range.lowerBound):\(range.upperBound)]
      set key at screen 0.565, screen 0.99 center top horizontal maxcols 2 width 1
      plot \(PlotStyle.table("\(stem)-steps")) using 1:2 with lines lw 0.6 lc rgb '\(PlotStyle.Color.skyBlue.rawValue)' title 'batches', \\
        '' using 1:3 with lines lw 1.1 dt 2 lc rgb '\(PlotStyle.Color.gray.rawValue)' title 'penalty'\(epochs)
      set tmargin at screen 0.40; set bmargin at screen 0.12
      set format x '%g'
      set xlabel 'iteration' offset 0,0.4
      set ylabel '\(axis)' offset 0.6
      set yrange [*:*]
      set offsets 0,0,graph 0.08,graph 0.08
      unset key
      \(curves.isEmpty ? "" : "plot \(curves.joined(separator: ", "))")
      unset multiplot
      """
  }
}
