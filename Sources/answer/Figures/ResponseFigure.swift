internal import Analysis
internal import SubBoxes
internal import Text
package import Training

/// The mean change of predictions by perturbations of the boxes, against their strength, in bins of the true mass.
package struct ResponseFigure: Sendable {
  /// The perturbations of one name, in one panel.
  private struct Panel {
    let name: String
    let columns: [Int]
    let strengths: [Double]
    let showsPhases: Bool
  }

  /// The particles of a bin of mass.
  private struct Bin {
    let name: String
    let responses: [ResponseTable.Response]?
  }

  /// The statistic of the changes of particles that is drawn.
  private enum Quantity {
    case mean, scatter

    /// The words on the axis, in the markup of gnuplot.
    var label: String {
      let change = "change of log_{10}{/:Italic M}_{pred} [dex]"
      return self == .mean ? "mean \(change)" : "scatter of the \(change)"
    }

    /// The column of a table.
    var column: String { self == .mean ? "mean change [dex]" : "scatter of the change [dex]" }

    func value(_ response: ResponseTable.Response) -> (value: Double, error: Double) {
      switch self {
      case .mean: (response.mean, response.error)
      case .scatter:
        (response.deviation, response.deviation / Double(2 * (response.count - 1)).squareRoot())
      }
    }
  }

  /// Draws the mean responses to densities and tides, a panel for each form and axis, and the scatter of those to other
  /// phases, whose mean says little; a curve for each bin of mass.
  ///
  /// - Parameters:
  ///   - table: The responses.
  ///   - model: The name of the network, such as `raw-seed1`.
  ///   - massEdges: The edges of the bins [log10 Msun].
  /// - Returns: The figures `response-<model>` and `phases-<model>`, without those that were not asked for.
  package static func figures(
    of table: ResponseTable, model: String, massEdges: [Double]
  ) -> [Figure] {
    let bins = zip(massEdges, massEdges.dropFirst()).map { low, high in
      Bin(name: "\(low)–\(high)", responses: table.responses(ofMasses: low..<high))
    }
    func figure(
      _ stem: String, _ title: String, _ caption: String, _ quantity: Quantity
    ) -> Figure? {
      let panels = panels(of: table).filter { $0.showsPhases == (quantity == .scatter) }
      guard !panels.isEmpty else { return nil }
      let name = "\(stem)-\(model)"
      return Figure(
        name: name, title: "\(title), \(model)", caption: caption,
        plot: bins.contains { $0.responses != nil }
          ? .known(plot(panels, bins, quantity, stem: name))
          : .unknown("no bin of mass has two particles"))
    }
    return [
      figure(
        "response", "Response to density and tide",
        "Mean change of the predicted log10 mass of test particles when a uniform density contrast or a tide without a mean density is added to the initial field "
          + "in their boxes, against its strength, in bins of the true log10 M/Msun. Bars are one standard error over particles, taken as independent. Only the network's answer changes: no halo is simulated again.",
        .mean),
      figure(
        "phases", "Response to other phases",
        "Standard deviation, over test particles, of the change of the predicted log10 mass when the modes of the initial field above a wavenumber k get other phases and keep their amplitudes, "
          + "in bins of the true log10 M/Msun: how far the network's answer depends on scales smaller than k. Bars are one standard error of a normal distribution.",
        .scatter),
    ].compactMap { $0 }
  }

  private static func panels(of table: ResponseTable) -> [Panel] {
    var names: [String] = []
    for name in table.perturbations.map(\.name) where !names.contains(name) { names.append(name) }
    return names.map { name in
      let columns = table.perturbations.indices.filter { table.perturbations[$0].name == name }
        .sorted { table.perturbations[$0].strength < table.perturbations[$1].strength }
      return Panel(
        name: name, columns: columns, strengths: columns.map { table.perturbations[$0].strength },
        showsPhases: columns.contains { table.perturbations[$0].form == .phases })
    }
  }

  private static func plot(
    _ panels: [Panel], _ bins: [Bin], _ quantity: Quantity, stem: String
  ) -> Plot {
    var tables: [PlotTable] = []
    let shown = Set(panels.flatMap(\.columns))
    let ends = bins.compactMap(\.responses).flatMap { responses in
      shown.map { quantity.value(responses[$0]) }
    }.flatMap { [$0.value - $0.error, $0.value + $0.error] }
    let (low, high) = (min(0, ends.min() ?? 0), max(0, ends.max() ?? 0))
    let room = max(1e-6, 0.08 * (high - low))
    let commands = panels.enumerated().map { number, panel in
      var parts = ["0 with lines lw 0.8 dt 2 lc rgb '#000000'"]
      for (index, bin) in bins.enumerated() {
        guard let responses = bin.responses else { continue }
        let name = "\(stem)-\(number + 1)-\(index + 1)"
        tables.append(
          PlotTable(
            name: name,
            columns: [
              quantity == .mean ? "strength" : "k [h/Mpc]", quantity.column,
              "standard error [dex]", "particles",
            ],
            rows: zip(panel.strengths, panel.columns).map { strength, column in
              let (value, error) = quantity.value(responses[column])
              return [strength, value, error, Double(responses[column].count)]
            }))
        parts.append(
          "\(PlotStyle.table(name)) using 1:2:3 with yerrorlines pt 7 ps 0.45 lw 1.2 lc rgb '\(PlotStyle.color(index))' title "
            + Quoting.gnuplot(bin.name))
      }
      let (first, last) = (panel.strengths.first ?? 0, panel.strengths.last ?? 0)
      // One strength alone stands in the middle.
      let margin = last > first ? 0.06 * (last - first) : max(1e-6, 0.5 * abs(last))
      return """
        \(PlotStyle.panel(number, of: panels.count, left: panels.count == 1 ? 0.17 : 0.09, right: 0.985))
        set title \(Quoting.gnuplot(panel.name)) offset 0,-0.7
        set xrange [\(first - margin):\(last + margin)]
        \(number == 0 ? "set ylabel '\(quantity.label)' offset 1.0; set format y '%g'" : "unset ylabel; set format y ''")
        plot \(parts.joined(separator: ", \\\n  "))
        """
    }
    return Plot(
      width: panels.count == 1 ? .column : .page, height: 7.2, tables: tables,
      commands: """
        set multiplot
        set tmargin at screen 0.90; set bmargin at screen 0.17
        set yrange [\(low - room):\(high + room)]
        set xlabel '\(quantity == .mean ? "strength" : "{/:Italic k}\u{A0}[{/:Italic h}/Mpc]")' offset 0,0.4
        set key top left
        \(commands.joined(separator: "\n"))
        unset multiplot
        """)
  }
}
