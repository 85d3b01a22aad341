internal import Analysis
internal import Statistics
internal import Text

/// Residuals of particles that end at different radii of their halos.
///
/// Fig. 5 of the paper.
struct RadiusFigure: Sendable {
  /// One model in one range of radii.
  package struct Entry: Sendable {
    /// The name of the model, such as `raw`.
    package var model: String

    /// Median and 68 % of the residuals in bins of the true mass [dex].
    package var residuals: RunningInterval

    /// The mutual information of predicted and true mass [nats].
    package var information: Outcome<Double>

    /// Makes an entry.
    package init(model: String, residuals: RunningInterval, information: Outcome<Double>) {
      self.model = model
      self.residuals = residuals
      self.information = information
    }
  }

  /// The particles of one range of radii.
  package struct Panel: Sendable {
    /// Above this distance, or from it on if it is 0 [r200m].
    package var above: Double

    /// Up to this distance [r200m]; nothing if there is no end.
    package var upTo: Double?

    /// The models, in the same order in all panels.
    package var entries: [Entry]

    /// Makes a panel.
    package init(above: Double, upTo: Double?, entries: [Entry]) {
      self.above = above
      self.upTo = upTo
      self.entries = entries
    }

    /// The heading, in the markup of gnuplot.
    var heading: String {
      let radius = "{/:Italic r}/{/:Italic r}_{200m}"
      guard let upTo else { return "\(radius)\u{A0}> \(above)" }
      return above == 0 ? "\(radius)\u{A0}≤ \(upTo)" : "\(above) <\u{A0}\(radius)\u{A0}≤ \(upTo)"
    }
  }

  /// Draws the panels beside each other.
  ///
  /// - Parameter panels: From the inner to the outer radii.
  /// - Returns: The figure `residuals-by-radius`.
  package static func figure(of panels: [Panel]) -> Figure {
    let hasPoints = panels.contains {
      $0.entries.contains { $0.residuals.points.contains { $0.interval.value != nil } }
    }
    return Figure(
      name: "residuals-by-radius", title: "Residuals by place in the halo",
      caption:
        "Residuals of the test particles against the true mass, by their final distance r from the halo's center in units "
        + "of r200m: median and 16th to 84th percentile in bins of true mass, points of different models side by side. In each panel "
        + "the mutual information of its particles. Bins of fewer than \(RunningInterval.minimumCount) particles have no point.",
      plot: hasPoints
        ? .known(plot(panels)) : .unknown("no bin of mass and radius has enough particles"))
  }

  private static func plot(_ panels: [Panel]) -> Plot {
    let stem = "residuals-by-radius"
    var tables: [PlotTable] = []
    let points = panels.flatMap(\.entries).flatMap(\.residuals.points)
    let masses = points.map(\.massRange)
    let (low, high) = (masses.map(\.lowerBound).min() ?? 11, masses.map(\.upperBound).max() ?? 13.4)
    let ends = points.compactMap(\.interval.value).flatMap { [$0.lower, $0.upper] }
    let (bottom, top) = (ends.min() ?? -1, ends.max() ?? 1)
    let room = 0.08 * (top - bottom)
    let commands = panels.enumerated().map { number, panel in
      var parts = ["0 with lines lw 0.8 dt 2 lc rgb '#000000'"]
      for (index, entry) in panel.entries.enumerated() {
        let name = "\(stem)-\(number + 1)-\(index + 1)"
        tables.append(intervalTable(name, entry.residuals, quantity: "residual [dex]"))
        let shift = (Double(index) - Double(panel.entries.count - 1) / 2) * 0.045
        let information = entry.information.value.map {
          ", MI \(PlotStyle.threeDigits($0))"
        }
        let color = PlotStyle.color(index)
        parts.append("\(PlotStyle.table(name)) \(PlotStyle.interval(color: color, shift: shift))")
        parts.append(
          "'' using ($1 + \(shift)):3 with points pt \(index == 0 ? 7 : 5) ps 0.45 lc rgb '\(color)' title "
            + Quoting.gnuplot(entry.model + (information ?? "")))
      }
      return """
        \(PlotStyle.panel(number, of: panels.count, left: 0.075, right: 0.985))
        set title \(Quoting.gnuplotMarkup(panel.heading)) offset 0,-0.7
        \(number == 0 ? "set ylabel '\(PlotStyle.residual)' offset 1.0; set format y '%.1f'" : "unset ylabel; set format y ''")
        plot \(parts.joined(separator: ", \\\n  "))
        """
    }
    return Plot(
      width: .page, height: 7.2, tables: tables,
      commands: """
        set multiplot
        set tmargin at screen 0.90; set bmargin at screen 0.17
        set xrange [\(low):\(high)]; set yrange [\(bottom - room):\(top + 4 * room)]
        set xtics 0.5; set format x '%.1f'
        set xlabel '\(PlotStyle.trueMass)' offset 0,0.4
        set key top right
        \(commands.joined(separator: "\n"))
        unset multiplot
        """)
  }
}
