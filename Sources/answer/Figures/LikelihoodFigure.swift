internal import Analysis
internal import Networks

/// The truth at fixed predictions beside the likelihood.
///
/// Fig. 8 of the paper.
struct LikelihoodFigure: Sendable {
  /// Draws six slices of a model.
  ///
  /// - Parameters:
  ///   - slices: The slices, or why there are none.
  ///   - model: The name of the model, such as `raw`; it becomes part of file names.
  /// - Returns: The figure `likelihood-<model>`.
  package static func figure(of slices: Outcome<LikelihoodSlices>, model: String) -> Figure {
    let stem = "likelihood-\(model)"
    var caption =
      "Distribution of the true mass of test particles with nearly the same prediction (histograms), and the likelihood that the "
      + "network was trained with at that prediction (lines), both in scaled labels: d the truth, y the prediction."
    if let slices = slices.value {
      caption +=
        " Slices of y ± \(slices.halfWidth), \(slices.slices.map { "\($0.count)" }.joined(separator: ", ")) particles; "
        + slices.likelihoodValues.named.map { parameter, value in
          "\(parameter.name) = \((value * 1000).rounded() / 1000)"
        }.joined(separator: ", ") + "."
    }
    let isEmpty = slices.value?.slices.allSatisfy { $0.density.value == nil } ?? false
    return Figure(
      name: stem, title: "Likelihood and truth at fixed prediction: \(model)", caption: caption,
      plot: isEmpty
        ? .unknown("no test particle has a prediction in one of the slices")
        : slices.map { plot($0, stem: stem) })
  }

  private static func plot(_ slices: LikelihoodSlices, stem: String) -> Plot {
    var tables: [PlotTable] = []
    var panels: [String] = []
    let densities = slices.slices.flatMap { ($0.density.value ?? []) + $0.likelihood }
    let top = (densities.max() ?? 1) * 1.38
    let perRow = max(1, (slices.slices.count + 1) / 2)
    for (number, slice) in slices.slices.enumerated() {
      let name = "\(stem)-\(number + 1)"
      let density = slice.density.value
      tables.append(
        PlotTable(
          name: name, columns: ["d", "density of the truth", "likelihood"],
          rows: slices.bins.centers.indices.map {
            [slices.bins.centers[$0], density?[$0], slice.likelihood[$0]]
          }))
      let (row, column) = (number / perRow, number % perRow)
      let histogram =
        density == nil
        ? ""
        : "\(PlotStyle.table(name)) using 1:2 with fillsteps fc rgb '\(PlotStyle.Color.skyBlue.rawValue)' fs solid 0.6 noborder, "
      panels.append(
        """
        \(PlotStyle.panel(column, of: perRow, left: 0.075, right: 0.985))
        set tmargin at screen \(row == 0 ? 0.98 : 0.545); set bmargin at screen \(row == 0 ? 0.57 : 0.135)
        \(row == 0 ? "unset xlabel; set format x ''" : "set xlabel 'truth\u{A0}{/:Italic d}' offset 0,0.4; set format x '%g'")
        \(column == 0 ? "set ylabel '{/:Italic p}({/:Italic d}\u{A0}|\u{A0}{/:Italic y})' offset -0.6; set format y '%g'" : "unset ylabel; set format y ''")
        set label 1 '{/:Italic y}\u{A0}= \(slice.prediction)' at graph 0.04, graph 0.9
        set label 2 '{/*0.85 \(PlotStyle.predictedMass) = \((slice.logMass * 100).rounded() / 100)}' at graph 0.04, graph 0.79 tc rgb '#555555'
        plot \(histogram)\(PlotStyle.table(name)) using 1:3 with lines lw 1.6 lc rgb '#000000'
        """)
    }
    return Plot(
      width: .page, height: 9.5, tables: tables,
      commands: """
        set multiplot
        set xrange [-1:1]; set yrange [0:\(top)]; set xtics -0.5,0.5,0.5
        unset key
        \(panels.joined(separator: "\n"))
        unset multiplot
        """)
  }
}
