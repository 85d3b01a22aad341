internal import Analysis
internal import Text

/// Distributions of predicted masses in bins of the true mass.
///
/// Fig. 6 and, split, Fig. 7 of the paper.
struct ViolinFigure: Sendable {
  /// The violins of one model.
  package struct Model: Sendable {
    /// Its name, such as `raw`.
    package var name: String

    /// The densities in bins of the true mass.
    package var row: ViolinRow

    /// Its place in the order of colors; that in the figure, if it is not given.
    package var color: Int?

    /// Makes a model.
    package init(name: String, row: ViolinRow, color: Int? = nil) {
      self.name = name
      self.row = row
      self.color = color
    }
  }

  /// Half the width of a violin, in widths of its bin.
  static let halfWidth = 0.475

  /// Draws one model, or two as the halves of split violins.
  ///
  /// - Parameters:
  ///   - left: The model; with a second one, that of the left halves.
  ///   - right: The model of the right halves.
  /// - Returns: The figure `violins-<left>` or `violins-<left>-<right>`.
  package static func figure(of left: Model, _ right: Model? = nil) -> Figure {
    let stem = (["violins", left.name] + (right.map { [$0.name] } ?? [])).joined(separator: "-")
    let models = [left] + (right.map { [$0] } ?? [])
    let hasViolins = models.contains { $0.row.violins.contains { $0.value != nil } }
    let halves =
      right.map { "Left halves: \(left.name); right halves: \($0.name)." }
      ?? "Both halves are the same."
    return Figure(
      name: stem,
      title: "Distributions of predicted mass: \(models.map(\.name).joined(separator: " and "))",
      caption:
        "Density of the predicted masses of the test particles in bins of the true mass (Gaussian kernels, Scott's bandwidth), all scaled to one width, "
        + "with their medians. \(halves) The dashed line is equality. Bins of fewer than \(RunningInterval.minimumCount) particles are left out.",
      plot: hasViolins
        ? .known(plot(models, stem: stem))
        : .unknown(models[0].row.violins.first?.reason ?? "there are no bins"))
  }

  private static func plot(_ models: [Model], stem: String) -> Plot {
    var tables: [PlotTable] = []
    var parts: [String] = []
    for (number, model) in models.enumerated() {
      let name = "\(stem)-outlines\(models.count == 1 ? "" : "\(number + 1)")"
      let sides: [Double] = models.count == 1 ? [-1, 1] : [number == 0 ? -1 : 1]
      tables.append(
        PlotTable(
          name: name, columns: ["true mass [log10 Msun]", "predicted mass [log10 Msun]"],
          blocks: outlines(model.row, sides: sides)))
      let color = PlotStyle.color(model.color ?? number)
      parts.append(
        "\(PlotStyle.table(name)) using 1:2 with filledcurves closed fc rgb '\(color)' fs transparent solid 0.55 noborder"
          + " title \(Quoting.gnuplot(models.count == 1 ? "" : model.name))")
      parts.append("\(PlotStyle.table(name)) using 1:2 with lines lw 0.7 lc rgb '\(color)'")
      tables.append(medians(model.row, name: "\(name)-medians", sides: sides))
      parts.append(
        "\(PlotStyle.table("\(name)-medians")) using 1:3:($2 - $1):(0) with vectors nohead lw 2 lc rgb '#000000'"
      )
    }
    let edges = models[0].row.bins.edges
    let (low, high) = (edges[0], edges[edges.count - 1])
    let commands = """
      set lmargin at screen 0.15; set rmargin at screen 0.97
      set tmargin at screen \(models.count == 1 ? 0.97 : 0.92); set bmargin at screen 0.14
      set xrange [\(low):\(high)]
      set xtics 0.5; set format x '%.1f'; set format y '%.1f'
      set offsets 0,0,graph 0.03,graph 0.03
      set xlabel '\(PlotStyle.trueMass)' offset 0,0.4
      set ylabel '\(PlotStyle.predictedMass)' offset 0.8
      set key at graph 0.5, graph 1.02 center bottom horizontal width 2
      plot [\(low):\(high)] \(parts.joined(separator: ", \\\n  ")), \\
        x with lines lw 1 dt 2 lc rgb '#000000'
      """
    return Plot(width: .column, height: 8.2, tables: tables, commands: commands)
  }

  /// The outline of each violin, a closed line: up along its left side and down along its right one.
  static func outlines(_ row: ViolinRow, sides: [Double]) -> [[[Double?]]] {
    row.violins.enumerated().compactMap { bin, outcome in
      guard let violin = outcome.value, let widest = violin.density.max(), widest > 0 else {
        return nil
      }
      let center = row.bins.centers[bin]
      let range = row.bins.range(bin)
      let scale = halfWidth * (range.upperBound - range.lowerBound) / widest
      func side(_ sign: Double) -> [[Double?]] {
        zip(violin.grid, violin.density).map { [center + sign * scale * $1, $0] }
      }
      let axis: [[Double?]] = [[center, violin.grid.first], [center, violin.grid.last]]
      let up = sides.contains(-1) ? side(-1) : axis
      let down: [[Double?]] = sides.contains(1) ? side(1).reversed() : axis.reversed()
      return up + down + up.prefix(1)
    }
  }

  /// The ends of the line at each median, which is as wide as the violin there.
  private static func medians(_ row: ViolinRow, name: String, sides: [Double]) -> PlotTable {
    let rows = row.violins.enumerated().compactMap { bin, outcome -> [Double?]? in
      guard let violin = outcome.value, let widest = violin.density.max(), widest > 0,
        let nearest = violin.grid.indices.min(by: {
          abs(violin.grid[$0] - violin.median) < abs(violin.grid[$1] - violin.median)
        })
      else { return nil }
      let range = row.bins.range(bin)
      let width =
        halfWidth * (range.upperBound - range.lowerBound) * violin.density[nearest] / widest
      let center = row.bins.centers[bin]
      return [
        center - (sides.contains(-1) ? width : 0), center + (sides.contains(1) ? width : 0),
        violin.median, Double(violin.count),
      ]
    }
    return PlotTable(
      name: name,
      columns: [
        "from true mass [log10 Msun]", "to true mass [log10 Msun]",
        "median of predicted mass [log10 Msun]", "particles",
      ], rows: rows)
  }
}
