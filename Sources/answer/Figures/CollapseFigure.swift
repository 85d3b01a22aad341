internal import Analysis
internal import Text

/// Predicted against true masses of a network and of analytic models.
///
/// Fig. 10 of the paper.
struct CollapseFigure: Sendable {
  /// One model over the particles that it has a prediction for.
  package struct Panel: Sendable {
    /// The name, such as `Sheth-Tormen`.
    package var name: String

    /// The counts in the plane of true and predicted mass, or why there are none.
    package var map: Outcome<DensityMap>

    /// Makes a panel.
    package init(name: String, map: Outcome<DensityMap>) {
      self.name = name
      self.map = map
    }
  }

  /// Draws the models beside each other.
  ///
  /// - Parameter panels: The models, the network first.
  /// - Returns: The figure `collapse-models`.
  package static func figure(of panels: [Panel]) -> Figure {
    let missing = panels.compactMap { panel in panel.map.reason.map { "\(panel.name): \($0)" } }
    return Figure(
      name: "collapse-models", title: "Network and analytic models",
      caption:
        "Density of the test particles in the plane of true and predicted mass, with contours that enclose 68 % and 95 % of them; each model over the "
        + "particles that it has a prediction for."
        + (missing.isEmpty ? "" : " Without data: \(missing.joined(separator: "; "))."),
      plot: plot(panels.filter { $0.map.value != nil }, missing: missing))
  }

  private static func plot(_ panels: [Panel], missing: [String]) -> Outcome<Plot> {
    let stem = "collapse-models"
    let maps = panels.enumerated().compactMap { number, panel in
      panel.map.value.map { (panel.name, $0, MapTables($0, stem: "\(stem)-\(number + 1)")) }
    }
    guard let window = maps.first?.1.horizontal else {
      return .unknown(missing.first ?? "there are no models")
    }
    let (low, high) = (window.edges[0], window.edges[window.count])
    let bottom = maps.map(\.2.shown.lowerBound).min() ?? low
    let top = maps.map(\.2.shown.upperBound).max() ?? high
    let highest = maps.map(\.2.highest).max() ?? 1
    let commands = maps.enumerated().map { number, map in
      """
      \(PlotStyle.panel(number, of: maps.count, left: 0.075, right: 0.9))
      set title \(Quoting.gnuplot(map.0)) offset 0,-0.7
      \(number == 0 ? "set ylabel '\(PlotStyle.predictedMass)' offset 1.0; set format y '%.1f'" : "unset ylabel; set format y ''")
      \(number == maps.count - 1 ? "set colorbox user origin screen 0.91, screen 0.16 size screen 0.014, screen 0.74" : "unset colorbox")
      \(number == 0 ? "set key top left Left reverse" : "unset key")
      plot \(PlotStyle.table("\(stem)-\(number + 1)-map")) using 1:2:3 with image pixels, \\
        x with lines lw 1 dt 2 lc rgb '#000000', \\
        \(map.2.contourPlots)
      """
    }
    return .known(
      Plot(
        width: .page, height: 7.6, tables: maps.flatMap(\.2.tables),
        commands: """
          \(PlotStyle.counts)
          set multiplot
          set tmargin at screen 0.90; set bmargin at screen 0.16
          set xrange [\(low):\(high)]; set yrange [\(bottom):\(top)]
          set xtics 0.5; set ytics 0.5; set format x '%.1f'
          set xlabel '\(PlotStyle.trueMass)' offset 0,0.4
          set cblabel 'density [dex^{-2}]' offset 0.4
          set cbtics scale 0.4; set cbrange [0:\(highest)]
          \(commands.joined(separator: "\n"))
          unset multiplot
          """))
  }
}
