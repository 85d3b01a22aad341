internal import Analysis
internal import Text

/// Residuals of models in bins of true mass, with the scatter over seeds.
///
/// Fig. 3b of the paper.
struct ResidualFigure: Sendable {
  /// The bands of one model.
  package struct Model: Sendable {
    /// Its name, such as `raw`.
    package var name: String

    /// A band for each bin of the true mass, the same bins for all models.
    package var bands: [Outcome<HistogramBand>]

    /// Makes a model.
    package init(name: String, bands: [Outcome<HistogramBand>]) {
      self.name = name
      self.bands = bands
    }
  }

  /// Draws models over each other, a panel for each bin of the true mass.
  ///
  /// - Parameters:
  ///   - models: The models, each with as many bands as there are bins.
  ///   - massRanges: The bins [log10 Msun].
  ///   - limit: The axis reaches from minus this to this [dex].
  /// - Returns: The figure `residuals-by-mass`.
  package static func figure(
    of models: [Model], massRanges: [ClosedRange<Double>], limit: Double = 3
  ) -> Figure {
    precondition(models.allSatisfy { $0.bands.count == massRanges.count }, "a bin has no band")
    let seeds = models.map { model in
      let counts = Set(model.bands.compactMap { $0.value?.seeds.count })
      return "\(model.name): \(counts.max() ?? 0)"
    }
    let outside = models.flatMap(\.bands).compactMap { $0.value?.outside.reduce(0, +) }
      .reduce(0, +)
    return Figure(
      name: "residuals-by-mass", title: "Residuals in bins of true mass",
      caption:
        "Density of the residuals of the test particles in three bins of the true mass. Bands reach from the "
        + "smallest to the largest density over the seeds of a model, lines are their mean; seeds of \(seeds.joined(separator: ", ")). With "
        + "one seed there is no band. \(outside) residuals are outside the axis.",
      plot: plot(models, massRanges, limit))
  }

  private static func plot(
    _ models: [Model], _ ranges: [ClosedRange<Double>], _ limit: Double
  ) -> Outcome<Plot> {
    let stem = "residuals-by-mass"
    guard models.contains(where: { $0.bands.contains { $0.value != nil } }) else {
      return .unknown(
        models.first?.bands.first?.reason ?? "there are no predictions to compare with the truth")
    }
    var tables: [PlotTable] = []
    var panels: [String] = []
    let highest = models.flatMap(\.bands).compactMap { $0.value?.highest.max() }.max() ?? 1
    for (panel, range) in ranges.enumerated() {
      var parts: [String] = []
      for (number, model) in models.enumerated() {
        guard let band = model.bands[panel].value else { continue }
        let name = "\(stem)-\(number + 1)-\(panel + 1)"
        tables.append(table(name, band, of: model.name))
        let color = PlotStyle.color(number)
        parts.append(
          "\(PlotStyle.table(name)) using 1:4:2:3:4:6 with boxxyerror fc rgb '\(color)' fs transparent solid 0.3 noborder"
        )
        parts.append(
          "\(PlotStyle.table(name)) using 1:5 with histeps lw 1.4 lc rgb '\(color)' title \(Quoting.gnuplot(model.name))"
        )
      }
      let heading =
        "\(PlotStyle.trueMass) = \(oneDigit(range.lowerBound)) – \(oneDigit(range.upperBound))"
      panels.append(
        """
        \(PlotStyle.panel(panel, of: ranges.count, left: 0.075, right: 0.985))
        set title \(Quoting.gnuplotMarkup(heading)) offset 0,-0.7
        \(panel == 0 ? "set ylabel 'density [dex^{-1}]' offset 1.0; set format y '%.1f'" : "unset ylabel; set format y ''")
        \(panel == 0 ? "set key top left Left reverse" : "unset key")
        plot \(parts.isEmpty ? "NaN" : parts.joined(separator: ", \\\n  "))
        """)
    }
    let commands = """
      set multiplot
      set tmargin at screen 0.90; set bmargin at screen 0.17
      set xrange [-\(limit):\(limit)]; set yrange [0:\(highest * 1.15)]
      \(limit == 3 ? "set xtics -2,1,2" : "set xtics autofreq"); set xlabel '\(PlotStyle.residual)' offset 0,0.4
      set arrow 1 from 0, graph 0 to 0, graph 1 nohead dt 2 lw 0.8 lc rgb '#000000' back
      \(panels.joined(separator: "\n"))
      unset multiplot
      """
    return .known(Plot(width: .page, height: 6.8, tables: tables, commands: commands))
  }

  private static func table(_ name: String, _ band: HistogramBand, of model: String) -> PlotTable {
    PlotTable(
      name: name,
      columns: [
        "residual [dex]", "from [dex]", "to [dex]", "lowest density [1/dex]",
        "mean density [1/dex]", "highest density [1/dex]",
      ],
      rows: (0..<band.bins.count).map { bin in
        let range = band.bins.range(bin)
        return [
          band.bins.centers[bin], range.lowerBound, range.upperBound, band.lowest[bin],
          band.mean[bin], band.highest[bin],
        ]
      })
  }
}

/// A mass with one digit behind the point.
func oneDigit(_ value: Double) -> String { "\((value * 10).rounded() / 10)" }
