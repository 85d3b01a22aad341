internal import Analysis
internal import Statistics

/// Predicted against true halo masses, and the residuals.
///
/// Fig. 2b of the paper.
struct PredictionFigure: Sendable {
  /// The data of one model that are drawn.
  package struct Content: Sendable {
    /// The counts in the plane of true and predicted mass.
    package var map: DensityMap

    /// Median and 68 % of the predictions in bins of the true mass [log10 Msun].
    package var predictions: RunningInterval

    /// Median and 68 % of the residuals in the same bins [dex].
    package var residuals: RunningInterval
  }

  /// Draws one model.
  ///
  /// - Parameters:
  ///   - content: The numbers, or why there are none.
  ///   - model: The name of the model, such as `raw`; it becomes part of file names.
  /// - Returns: The figure `predictions-<model>`.
  package static func figure(of content: Outcome<Content>, model: String) -> Figure {
    let stem = "predictions-\(model)"
    var caption =
      "Predicted against true halo mass of the test particles. Top: density of particles, with contours that "
      + "enclose 68 % and 95 % of them (highest density, smoothed by one cell) and the line of equality. Bottom: residuals. Points and bars: "
      + "median and 16th to 84th percentile in bins of true mass; bins of fewer than \(RunningInterval.minimumCount) particles have none."
    if case .known(let content) = content, content.map.outside > 0 {
      caption += " \(content.map.outside) particles are outside the map."
    }
    return Figure(
      name: stem, title: "Predicted and true masses: \(model)", caption: caption,
      plot: content.map { plot($0, stem: stem) })
  }

  private static func plot(_ content: Content, stem: String) -> Plot {
    let map = MapTables(content.map, stem: stem)
    let tables =
      map.tables + [
        intervalTable(
          "\(stem)-medians", content.predictions, quantity: "predicted mass [log10 Msun]"),
        intervalTable("\(stem)-residuals", content.residuals, quantity: "residual [dex]"),
      ]
    let window = content.map.horizontal
    let (low, high) = (window.edges[0], window.edges[window.count])
    let (black, orange) = (PlotStyle.Color.black.rawValue, PlotStyle.Color.vermilion.rawValue)
    let commands = """
      \(PlotStyle.counts)
      set multiplot
      set lmargin at screen 0.155; set rmargin at screen 0.83
      set xrange [\(low):\(high)]; set yrange [\(map.shown.lowerBound):\(map.shown.upperBound)]
      set xtics 0.5; set ytics 0.5
      set format y '%.1f'
      set format x ''
      set tmargin at screen 0.975; set bmargin at screen 0.385
      set ylabel '\(PlotStyle.predictedMass)' offset 1.0
      set cblabel 'density [dex^{-2}]' offset 0.4
      set cbtics scale 0.4
      set cbrange [0:\(map.highest)]
      set colorbox user origin screen 0.855, screen 0.385 size screen 0.025, screen 0.59
      set key top left Left reverse
      plot \(PlotStyle.table("\(stem)-map")) using 1:2:3 with image pixels, \\
        \(low) + (x - \(low)) with lines lw 1 dt 2 lc rgb '\(black)', \\
        \(map.contourPlots), \\
        \(PlotStyle.table("\(stem)-medians")) \(PlotStyle.interval(color: orange)), \
        '' using 1:3 with points pt 7 ps 0.4 lc rgb '\(orange)' title 'median, 68 %'
      unset colorbox
      unset key
      set tmargin at screen 0.355; set bmargin at screen 0.11
      set format x '%.1f'
      set xlabel '\(PlotStyle.trueMass)' offset 0,0.4
      set ylabel 'residual [dex]' offset 1.0
      set yrange [*:*]
      set offsets 0,0,graph 0.1,graph 0.1
      set ytics 0.5
      plot 0 with lines lw 1 dt 2 lc rgb '\(black)', \\
        \(PlotStyle.table("\(stem)-residuals")) \(PlotStyle.interval(color: orange)), \
        '' using 1:3 with points pt 7 ps 0.4 lc rgb '\(orange)'
      unset multiplot
      """
    return Plot(width: .column, height: 11, tables: tables, commands: commands)
  }
}

/// A table of medians and intervals: middle of the bin, 16 %, 50 %, 84 %, number of particles.
func intervalTable(_ name: String, _ running: RunningInterval, quantity: String) -> PlotTable {
  PlotTable(
    name: name,
    columns: [
      "true mass [log10 Msun]", "16 % of \(quantity)", "median of \(quantity)",
      "84 % of \(quantity)", "particles",
    ],
    rows: running.points.map { point in
      let interval = point.interval.value
      return [
        (point.massRange.lowerBound + point.massRange.upperBound) / 2, interval?.lower,
        interval?.median, interval?.upper, Double(point.count),
      ]
    })
}
