public import Analysis

/// Slices of grids, side by side: sub-boxes as networks see them, density and mass maps.
public struct SliceFigure: Sendable {
  /// How the numbers of a slice become colours.
  public enum Scale: Hashable, Sendable {
    /// Blue below zero, red above, equally far on both sides.
    case aboutZero

    /// From the given lowest to the highest value, dark to bright.
    case from(Double, to: Double)
  }

  /// A plane of values.
  public struct Panel: Hashable, Sendable {
    /// What it is called.
    public var name: String

    /// The number of values along the horizontal axis.
    public var columns: Int

    /// The number of values along the vertical axis.
    public var rows: Int

    /// The values [columns, rows]; NaN where there is nothing.
    public var values: [Double]

    /// The distance of two values, the same on both axes [Mpc/h].
    public var spacing: Double

    /// What the values are, with their unit: markup of gnuplot.
    public var quantity: String

    /// How they are coloured.
    public var scale: Scale

    /// Makes a plane.
    public init(
      name: String, columns: Int, rows: Int, values: [Double], spacing: Double, quantity: String,
      scale: Scale
    ) {
      precondition(values.count == columns * rows, "a plane has other values")
      self.name = name
      self.columns = columns
      self.rows = rows
      self.values = values
      self.spacing = spacing
      self.quantity = quantity
      self.scale = scale
    }
  }

  /// The standardised density of a sub-box.
  public static let standardizedDensity = "(ρ − mean) / standard deviation"

  /// The density contrast.
  public static let densityContrast = "ρ/ρ_{mean} − 1"

  /// The logarithm of a halo mass.
  public static let haloMass = "log_{10}({/:Italic M}\u{A0}/\u{A0}M_☉)"

  /// Draws planes beside each other, all equally high.
  ///
  /// - Parameters:
  ///   - panels: The planes, or why there are none.
  ///   - name: The beginning of the names of the files.
  ///   - title: What the figure is called.
  ///   - caption: What is seen.
  /// - Returns: The figure `<name>`.
  public static func figure(
    of panels: Outcome<[Panel]>, name: String, title: String, caption: String
  ) -> Figure {
    Figure(
      name: name, title: title, caption: caption, plot: panels.map { plot($0, stem: name) })
  }

  private static func plot(_ panels: [Panel], stem: String) -> Plot {
    let tables = panels.enumerated().map { number, panel in
      PlotTable(
        name: "\(stem)-\(number + 1)",
        columns: ["x [Mpc/h]", "y [Mpc/h]", panel.name],
        blocks: (0..<panel.columns).map { column in
          (0..<panel.rows).map { row in
            [
              (Double(column) + 0.5) * panel.spacing, (Double(row) + 0.5) * panel.spacing,
              panel.values[column * panel.rows + row],
            ]
          }
        })
    }
    // Squares beside each other; below each its axis and its colour scale. All in parts of the page.
    let (left, gap) = (0.07, 0.03)
    let count = Double(panels.count)
    let side = min(0.36, (0.98 - left - gap * (count - 1)) / count)
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
        set cblabel '\(panel.quantity)' offset 0,0.5
        set title \(PlotStyle.quoted(panel.name)) offset 0,-0.7
        \(number == 0 ? "set ylabel '{/:Italic y}\u{A0}[Mpc/{/:Italic h}]' offset 1.0; set format y '%g'" : "unset ylabel; set format y ''")
        plot '\(stem)-\(number + 1).csv' using 1:2:3 with image
        """
    }
    return Plot(
      width: .page, height: height, tables: tables,
      commands: """
        set multiplot
        set tmargin at screen \((2.9 + square) / height); set bmargin at screen \(2.9 / height)
        set xlabel '{/:Italic x}\u{A0}[Mpc/{/:Italic h}]' offset 0,0.4
        set cbtics scale 0.4 offset 0,0.3; set xtics autofreq
        unset key
        \(commands.joined(separator: "\n"))
        unset multiplot
        """)
  }

  /// The range of the colours, and the palette.
  private static func colors(_ panel: Panel) -> (ClosedRange<Double>, String) {
    switch panel.scale {
    case .aboutZero:
      let end = Quantiles(panel.values.filter(\.isFinite).map(abs))(0.995) ?? 1
      return (-max(end, 1e-6)...max(end, 1e-6), PlotStyle.aboutZero)
    case .from(let low, let high):
      return (low...max(high, low + 1e-6), PlotStyle.masses)
    }
  }
}
