internal import Analysis
internal import Text

/// Mutual information of models, with reference lines of noise.
///
/// Fig. 4 of the paper.
struct InformationFigure: Sendable {
  /// The information of one model.
  package struct Bar: Hashable, Sendable {
    /// Its name, such as `raw`.
    package var name: String

    /// Mutual information of predicted and true mass [nats].
    package var information: Double

    /// Its standard error [nats].
    package var error: Double
  }

  /// The information that is left if the true mass is known with Gaussian noise.
  package struct NoiseLine: Hashable, Sendable {
    /// The standard deviation of the noise [dex].
    package var sigma: Double

    /// The mutual information [nats].
    package var information: Double

    /// Makes a line.
    package init(sigma: Double, information: Double) {
      self.sigma = sigma
      self.information = information
    }
  }

  /// Draws models below each other.
  ///
  /// - Parameters:
  ///   - bars: The models, the first on top; those whose numbers are not finite are left out.
  ///   - lines: The reference lines.
  /// - Returns: The figure `information`.
  package static func figure(of bars: [Bar], lines: [NoiseLine]) -> Figure {
    let known = bars.filter { $0.information.isFinite }
    let missing = bars.filter { !$0.information.isFinite }.map(\.name)
    return Figure(
      name: "information", title: "Information about halo mass",
      caption:
        "Mutual information of predicted and true halo mass of the test particles, with one standard error of the bootstrap. Gray lines: the "
        + "same if the true mass is known with Gaussian noise of the standard deviation given."
        + (missing.isEmpty ? "" : " Without a value: \(missing.joined(separator: ", "))."),
      plot: known.isEmpty
        ? .unknown("no model has a mutual information") : .known(plot(known, lines)))
  }

  private static func plot(_ bars: [Bar], _ lines: [NoiseLine]) -> Plot {
    let count = bars.count
    let table = PlotTable(
      name: "information",
      columns: ["row", "mutual information [nats]", "standard error [nats]"],
      rows: bars.enumerated().map { [Double(count - $0), $1.information, $1.error] })
    let reference = PlotTable(
      name: "information-noise", columns: ["noise [dex]", "mutual information [nats]"],
      rows: lines.map { [$0.sigma, $0.information] })
    let labels = bars.enumerated().map { "\(Quoting.gnuplot($1.name)) \(count - $0)" }
    let end = (bars.map { $0.information + max(0, $0.error) } + lines.map(\.information)).max() ?? 1
    let gray = PlotStyle.Color.gray.rawValue
    let values = bars.enumerated().map { index, bar in
      let isWide = bar.information > 0.4 * end
      let place = isWide ? bar.information - bar.error : bar.information + bar.error
      let text = "\(PlotStyle.threeDigits(bar.information)) ± \(PlotStyle.threeDigits(bar.error))"
      return
        "set label \(Quoting.gnuplotMarkup(text)) at \(place), \(count - index) \(isWide ? "right offset -0.7,0" : "left offset 0.9,0 boxed") "
        + "front tc rgb '\(isWide ? "#FFFFFF" : "#000000")'"
    }
    let arrows = lines.map { line in
      """
      set arrow from \(line.information), graph 0 to \(line.information), graph 1 nohead lw 1.2 lc rgb '\(gray)' back
      set label 'σ = \(line.sigma) dex' at \(line.information), graph 1.02 rotate by 45 left tc rgb '\(gray)'
      """
    }
    // Room for the names of the lines above and for the axis below [cm].
    let height = 3.2 + 0.75 * Double(count)
    let commands = """
      set tmargin at screen \(1 - 1.55 / height); set bmargin at screen \(1.05 / height)
      set lmargin at screen 0.21; set rmargin at screen 0.95
      \(arrows.joined(separator: "\n"))
      \(values.joined(separator: "\n"))
      set xrange [0:\(end * 1.12)]; set yrange [0.4:\(Double(count) + 0.6)]
      set xlabel '\(PlotStyle.information)' offset 0,0.3
      set ytics (\(labels.joined(separator: ", ")))
      set style textbox opaque noborder fillcolor rgb '#FFFFFF' margins 0.4,0.4
      set boxwidth 0.5
      set bars 0.8
      plot \(PlotStyle.table(table.name)) using (0):1:(0):2:($1 - 0.27):($1 + 0.27):(int(\(count) - $1) + 1) with boxxyerror lc variable fs solid 1.0, \\
        '' using 2:1:3 with xerrorbars pt 7 ps 0.3 lw 1.5 lc rgb '#000000'
      """
    let colors = (0..<count).map {
      "set linetype \($0 + 1) lc rgb '\(PlotStyle.color($0))'"
    }
    return Plot(
      width: .column, height: height, tables: [table, reference],
      commands: colors.joined(separator: "\n") + "\n" + commands)
  }
}
