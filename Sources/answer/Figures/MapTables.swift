internal import Analysis
internal import Statistics

/// The tables of a density map and of its contours, and what draws them.
struct MapTables {
  /// The density in each cell, and one table of each contour.
  let tables: [PlotTable]

  /// The range of the vertical axis that holds the contours, the window of true masses and a key above.
  let shown: ClosedRange<Double>

  /// The end of the color scale: the 99.5th percentile of the cells that are not empty [1/dex^2].
  let highest: Double

  private let stem: String
  private let contours: [ContourLevel]

  /// Makes the tables `<stem>-map` and `<stem>-contour<share>`.
  init(_ map: DensityMap, stem: String) {
    let density = map.density
    let (x, y) = (map.horizontal.centers, map.vertical.centers)
    let cells = x.indices.map { i in
      y.indices.map { j -> [Double?] in [x[i], y[j], density[i * y.count + j]] }
    }
    var tables = [
      PlotTable(
        name: "\(stem)-map",
        columns: ["true mass [log10 Msun]", "predicted mass [log10 Msun]", "density [1/dex^2]"],
        blocks: cells)
    ]
    var (low, high) = (map.horizontal.edges[0], map.horizontal.edges[map.horizontal.count])
    // The first and the last column are repeated, so that contours reach the edges of the picture.
    let wide = x.first.map { [2 * map.horizontal.edges[0] - $0] } ?? []
    let end = x.last.map { [2 * map.horizontal.edges[map.horizontal.count] - $0] } ?? []
    let padded =
      map.smoothed.prefix(y.count) + map.smoothed + map.smoothed.suffix(y.count)
    for contour in map.contours {
      let lines = ContourLines(
        of: Array(padded), horizontal: wide + x + end, vertical: y, level: contour.level
      ).lines
      for point in lines.joined() {
        low = min(low, point.y - 0.1)
        high = max(high, point.y + 0.1)
      }
      tables.append(
        PlotTable(
          name: Self.name(stem, contour),
          columns: ["true mass [log10 Msun]", "predicted mass [log10 Msun]"],
          blocks: lines.map { $0.map { [$0.x, $0.y] } }))
    }
    self.tables = tables
    self.stem = stem
    contours = map.contours
    // Room for the key above.
    shown = low...(high + 0.14 * (high - low))
    highest = Quantiles(density.filter { $0 > 0 })(0.995) ?? 1
  }

  /// The parts of a `plot` command that draw the contours: the narrowest solid, the others thinner.
  var contourPlots: String {
    contours.enumerated().map { index, contour in
      let percent = Int((contour.share * 100).rounded())
      return
        "\(PlotStyle.table(Self.name(stem, contour))) using 1:2 with lines lw \(index == 0 ? 1.6 : 1) "
        + "lc rgb '\(PlotStyle.Color.black.rawValue)' title '\(percent) %'"
    }.joined(separator: ", \\\n  ")
  }

  private static func name(_ stem: String, _ contour: ContourLevel) -> String {
    "\(stem)-contour\(Int((contour.share * 100).rounded()))"
  }
}
