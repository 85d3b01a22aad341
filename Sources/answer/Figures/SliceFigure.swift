package import Analysis
internal import Statistics
internal import Text

/// Slices of grids, side by side: sub-boxes as networks see them, density and mass maps.
package struct SliceFigure: Sendable {
  /// The color scale of the numbers of a slice.
  package enum Scale: Hashable, Sendable {
    /// Blue below zero, red above, as far as `end` on both sides.
    case aboutZero(end: Double)

    /// From the given lowest to the highest value, dark to bright.
    case from(Double, to: Double)
  }

  /// A particle upon a plane.
  package struct Point: Hashable, Sendable {
    /// The place along the horizontal axis [Mpc/h].
    package var x: Double

    /// The place along the vertical axis [Mpc/h].
    package var y: Double

    /// The value that gives the color.
    package var value: Double

    /// Makes a point.
    package init(x: Double, y: Double, value: Double) {
      self.x = x
      self.y = y
      self.value = value
    }
  }

  /// A plane of values.
  package struct Panel: Hashable, Sendable {
    /// The name.
    package var name: String

    /// The number of values along the horizontal axis.
    package var columns: Int

    /// The number of values along the vertical axis.
    package var rows: Int

    /// The values [columns, rows]; NaN where there is nothing.
    package var values: [Double]

    /// The distance of two values, the same on both axes [Mpc/h].
    package var spacing: Double

    /// The quantity of the values, with its unit: markup of gnuplot.
    package var quantity: String

    /// The color scale of the values.
    package var scale: Scale

    /// Particles with values of their own, in the same colors.
    package var points: [Point]

    /// Makes a plane.
    package init(
      name: String, columns: Int, rows: Int, values: [Double], spacing: Double, quantity: String,
      scale: Scale, points: [Point] = []
    ) {
      precondition(values.count == columns * rows, "a plane has other values")
      self.name = name
      self.columns = columns
      self.rows = rows
      self.values = values
      self.spacing = spacing
      self.quantity = quantity
      self.scale = scale
      self.points = points
    }
  }

  /// The standardized density of a sub-box.
  package static let standardizedDensity = "(ρ − mean) / standard deviation"

  /// The density contrast.
  package static let densityContrast = "ρ/ρ_{mean} − 1"

  /// The logarithm of a halo mass.
  package static let haloMass = "log_{10}({/:Italic M}\u{A0}/\u{A0}M_☉)"

  /// The most values of a plane that is drawn value by value, and not as one picture.
  private static let pixelLimit = 10_000

  /// Draws planes beside each other, all equally high.
  ///
  /// - Parameters:
  ///   - panels: The planes, or the reason why there are none.
  ///   - name: The beginning of the names of the files.
  ///   - title: The title of the figure.
  ///   - caption: The caption, which says what is seen.
  ///   - axes: The names of the horizontal and of the vertical axis.
  /// - Returns: The figure `<name>`.
  package static func figure(
    of panels: Outcome<[Panel]>, name: String, title: String, caption: String,
    axes: (horizontal: String, vertical: String) = ("y", "z")
  ) -> Figure {
    Figure(
      name: name, title: title, caption: caption,
      plot: panels.map { plot($0, axes, stem: name) })
  }

  private static func plot(
    _ panels: [Panel], _ axes: (horizontal: String, vertical: String), stem: String
  ) -> Plot {
    let columns = [axes.horizontal, axes.vertical].map { "\($0) [Mpc/h]" }
    let grids = panels.enumerated().filter { $1.values.contains(where: \.isFinite) }
      .map { number, panel in
        PlotTable(
          name: "\(stem)-\(number + 1)",
          columns: columns + [panel.name],
          blocks: (0..<panel.columns).map { column in
            (0..<panel.rows).map { row in
              [
                (Double(column) + 0.5) * panel.spacing, (Double(row) + 0.5) * panel.spacing,
                panel.values[column * panel.rows + row],
              ]
            }
          })
      }
    let points = panels.enumerated().filter { !$1.points.isEmpty }.map { number, panel in
      PlotTable(
        name: "\(stem)-\(number + 1)-particles",
        columns: columns + [panel.name],
        rows: panel.points.map { [$0.x, $0.y, $0.value] })
    }
    // Squares beside each other; below each its axis and its color scale. All in parts of the page.
    let (margin, gap) = (0.085, 0.03)
    let count = Double(panels.count)
    let side = min(0.36, (0.98 - margin - gap * (count - 1)) / count)
    let left = max(margin, 0.5 - (count * side + (count - 1) * gap) / 2)
    let square = side * Plot.Width.page.centimeters
    let height = square + 3.6
    let commands = panels.enumerated().map { number, panel in
      let start = left + Double(number) * (side + gap)
      let (range, palette) = colors(panel)
      return """
        set lmargin at screen \(start); set rmargin at screen \(start + side)
        set colorbox horizontal user origin screen \(start + 0.1 * side), screen \(1.15 / height) size screen \(0.8 * side), screen \(0.22 / height)
        set xrange [0:\(Double(panel.columns) * panel.spacing)]; set yrange [0:\(Double(panel.rows) * panel.spacing)]
        \(palette)
        set cbrange [\(range.lowerBound):\(range.upperBound)]
        set cblabel \(Quoting.gnuplotMarkup(panel.quantity)) offset 0,0.5
        set title \(Quoting.gnuplot(panel.name)) offset 0,-0.7
        \(number == 0 ? "set ylabel '{/:Italic \(axes.vertical)}\u{A0}[Mpc/{/:Italic h}]' offset -0.4; set format y '%g'" : "unset ylabel; set format y ''")
        plot \(parts(panel, "\(stem)-\(number + 1)"))
        """
    }
    return Plot(
      width: .page, height: height, tables: grids + points,
      commands: """
        set multiplot
        set tmargin at screen \((2.9 + square) / height); set bmargin at screen \(2.9 / height)
        set xlabel '{/:Italic \(axes.horizontal)}\u{A0}[Mpc/{/:Italic h}]' offset 0,0.4
        set cbtics scale 0.4 offset 0,0.3; set xtics autofreq
        unset key
        \(commands.joined(separator: "\n"))
        unset multiplot
        """)
  }

  /// Returns the arguments of the `plot` command that draw a panel.
  private static func parts(_ panel: Panel, _ name: String) -> String {
    var parts: [String] = []
    if panel.values.contains(where: \.isFinite) {
      // Pixels keep their edges in every viewer, but each of them is an element of the picture.
      let kind = panel.values.count <= pixelLimit ? "image pixels" : "image"
      parts.append("\(PlotStyle.table(name)) using 1:2:3 with \(kind)")
    }
    if !panel.points.isEmpty {
      parts.append(
        "\(PlotStyle.table("\(name)-particles")) using 1:2:3 with points pt 7 ps 0.35 lc palette")
    }
    return parts.isEmpty ? "NaN" : parts.joined(separator: ", ")
  }

  /// The range of the colors, and the palette.
  private static func colors(_ panel: Panel) -> (ClosedRange<Double>, String) {
    switch panel.scale {
    case .aboutZero(let end): (-max(end, 1e-6)...max(end, 1e-6), PlotStyle.aboutZero)
    case .from(let low, let high): (low...max(high, low + 1e-6), PlotStyle.masses)
    }
  }

  /// Returns the end of a color scale about zero: all but the largest 0.5 % of |value| are inside.
  package static func end(of values: [Double]) -> Double {
    Quantiles(values.filter(\.isFinite).map(abs))(0.995) ?? 1
  }
}
