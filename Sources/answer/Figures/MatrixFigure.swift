internal import Analysis
internal import Text

/// The information of the variants of a matrix against one of its settings.
struct MatrixFigure: Sendable {
  /// Draws a line for each combination of the other settings.
  ///
  /// - Parameters:
  ///   - number: The number of the setting among those that vary, from 1.
  ///   - lines: The lines of the setting, at least one.
  /// - Returns: The figure `matrix-1`, `matrix-2`, ...
  static func figure(number: Int, of lines: [MatrixReport]) -> Figure {
    let key = lines.first?.key ?? ""
    let hasValue = lines.contains { $0.points.contains { $0.information.value != nil } }
    return Figure(
      name: "matrix-\(number)", title: "Information against \(key)",
      caption:
        "Mutual information of predicted and true halo mass of the same test particles, by the values of \(key)"
        + (lines.count > 1 ? "; each line has one choice of the other settings" : "")
        + ". Reference seeds; bars are one standard error over halos. Values stand side by side in the order of the experiment.",
      plot: hasValue
        ? .known(plot(number, lines)) : .unknown("no variant has a mutual information"))
  }

  private static func plot(_ number: Int, _ lines: [MatrixReport]) -> Plot {
    let values = lines.first?.points.map(\.value) ?? []
    var top = 0.01
    var tables: [PlotTable] = []
    var parts: [String] = []
    for (index, line) in lines.enumerated() {
      // Beside each other, so that bars do not hide each other.
      let shift = 0.06 * (Double(index) - Double(lines.count - 1) / 2)
      let rows = line.points.enumerated().compactMap { place, point -> [Double]? in
        guard let estimate = point.information.value else { return nil }
        let error = estimate.standardError ?? 0
        top = max(top, estimate.value + error)
        return [Double(place + 1) + shift, estimate.value, error]
      }
      guard !rows.isEmpty else { continue }
      let table = "matrix-\(number)-\(index + 1)"
      tables.append(
        PlotTable(
          name: table,
          columns: ["place", "mutual information [nats]", "standard error [nats]"], rows: rows))
      parts.append(
        "\(PlotStyle.table(table)) using 1:2:3 with yerrorlines pt 7 ps 0.5 lw 1.5 lc rgb "
          + "'\(PlotStyle.color(index))' title \(Quoting.gnuplot(line.others))")
    }
    let labels = values.enumerated().map { "\(Quoting.gnuplot($1)) \($0 + 1)" }
    return Plot(
      width: .column, height: 7, tables: tables,
      commands: """
        set lmargin at screen 0.16; set rmargin at screen 0.96
        set tmargin at screen 0.95; set bmargin at screen 0.17
        set xrange [0.5:\(Double(values.count) + 0.5)]; set yrange [0:\(top * (1.15 + 0.1 * Double(lines.count)))]
        set xtics (\(labels.joined(separator: ", ")))
        set xlabel \(Quoting.gnuplot(lines.first?.key ?? "")) noenhanced offset 0,0.3
        set ylabel '\(PlotStyle.information)' offset 1.2
        set key top left Left reverse
        plot \(parts.joined(separator: ", \\\n  "))
        """)
  }
}
