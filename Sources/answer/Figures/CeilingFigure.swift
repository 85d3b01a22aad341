internal import Analysis
internal import Text

/// The information of twin universes and of networks against the wavenumber up to which the twins know the phases.
struct CeilingFigure: Sendable {
  /// An estimate on the particles in the halos of one twin.
  package struct Point: Hashable, Sendable {
    /// The wavenumber up to which the twin has the phases of its original [h/Mpc].
    package var wavenumber: Double

    /// Mutual information of predicted and true mass [nats].
    package var information: Double

    /// Its standard error [nats].
    package var error: Double

    /// Makes a point.
    package init(wavenumber: Double, information: Double, error: Double) {
      self.wavenumber = wavenumber
      self.information = information
      self.error = error
    }
  }

  /// The estimates of one predictor.
  package struct Curve: Hashable, Sendable {
    /// Its name.
    package var name: String

    /// The estimates.
    package var points: [Point]

    /// The number of the network, as in the other figures; nothing for the twins.
    package var color: Int?
  }

  /// Draws the curves.
  ///
  /// - Parameter curves: The twins first; curves without points are left out.
  /// - Returns: The figure `ceiling`.
  package static func figure(of curves: [Curve]) -> Figure {
    let known = curves.filter { !$0.points.isEmpty }
    return Figure(
      name: "ceiling", title: "Information against scale",
      caption:
        "Mutual information with the true halo mass of twin universes, which have the phases of the test simulations up to the wavenumber k and "
        + "others above, and of the networks on the same particles: those that are in a halo of the twin, by fits whose folds keep halos whole, so that the networks may have less than in other figures. A twin is one draw of what the modes up to k leave open, and says at least what they tell. Bars are one standard error.",
      plot: known.isEmpty
        ? .unknown("no twin has a mutual information") : .known(plot(known)))
  }

  private static func plot(_ curves: [Curve]) -> Plot {
    let points = curves.flatMap(\.points)
    let wavenumbers = points.map(\.wavenumber)
    let (low, high) = (wavenumbers.min() ?? 1, wavenumbers.max() ?? 1)
    let top = points.map { $0.information + $0.error }.max() ?? 1
    let tables = curves.enumerated().map { number, curve in
      PlotTable(
        name: "ceiling-\(number + 1)",
        columns: ["k [h/Mpc]", "mutual information [nats]", "standard error [nats]"],
        rows: curve.points.sorted { $0.wavenumber < $1.wavenumber }
          .map { [$0.wavenumber, $0.information, $0.error] })
    }
    let parts = curves.enumerated().map { number, curve in
      let color = curve.color.map(PlotStyle.color) ?? PlotStyle.Color.black.rawValue
      return
        "'ceiling-\(number + 1).csv' using 1:2:3 with yerrorlines pt \(curve.color == nil ? 5 : 7) "
        + "ps 0.5 lw 1.5 lc rgb '\(color)' title \(Quoting.gnuplot(curve.name))"
    }
    return Plot(
      width: .column, height: 7, tables: tables,
      commands: """
        set lmargin at screen 0.16; set rmargin at screen 0.96
        set tmargin at screen 0.95; set bmargin at screen 0.17
        set logscale x; set xrange [\(low / 1.4):\(high * 1.4)]; set yrange [0:\(max(top, 0.01) * 1.35)]
        set xlabel 'same phases up to {/:Italic k} [{/:Italic h}/Mpc]' offset 0,0.3
        set ylabel '\(PlotStyle.information)' offset 1.2
        set key top left Left reverse
        plot \(parts.joined(separator: ", \\\n  "))
        """)
  }
}
