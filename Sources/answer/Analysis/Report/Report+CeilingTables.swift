extension Report {
  /// The table of what two variants say together, and one beyond the other.
  var jointTable: ReportTable {
    var rows: [[Cell]] = []
    for pair in joint {
      for (name, part) in pair.parts {
        let head: [Cell] = [.text(pair.first), .text(pair.second), .text(name)]
        switch part {
        case .unknown(let reason):
          rows.append(head + [Cell](repeating: .missing(reason), count: 5))
        case .known(let part):
          rows.append(
            head + [
              .number(part.value, digits: 3), Cell(part.deviation, digits: 3),
              Cell(part.haloDeviation, digits: 3), Cell(part.significance, digits: 1),
              Cell(part.nearestNeighbours, digits: 3),
            ])
        }
      }
    }
    return ReportTable(
      name: "joint",
      title: "Joint and conditional information, reference seeds on the same particles",
      columns: [
        "first", "second", "quantity", "MI [nats]", "sd, particles", "sd, halos",
        "significance [sd]", "nearest neighbours",
      ], rows: rows)
  }

  /// Twin universes, and the networks on the particles in their halos.
  var twinTable: ReportTable {
    var rows: [[Cell]] = []
    for twin in twins {
      let head: [Cell] = [
        .number(twin.reseededAbove, digits: 3), .count(twin.number),
        Cell(twin.shareWithout.map { 100 * $0 }, digits: 1),
      ]
      func add(
        _ predictor: String, _ information: Outcome<InformationSummary>,
        _ statistics: ResidualStatistics, _ share: Outcome<InformationShare>,
        _ ceiling: Outcome<Double>
      ) {
        let shares: [Cell] =
          switch share {
          case .unknown(let reason): [.missing(reason), .missing(reason)]
          case .known(let share):
            [
              .number(100 * share.value, digits: 1),
              Cell(share.deviation.map { 100 * $0 }, digits: 1),
            ]
          }
        rows.append(
          head + [.text(predictor), .count(twin.count)] + cells(information)
            + [Cell(statistics.correlation, digits: 3), Cell(statistics.scatter, digits: 3)]
            + shares + [Cell(ceiling, digits: 3)])
      }
      add(
        "twin", twin.information, twin.statistics, .unknown("it is compared with itself"),
        twin.gaussianCeiling)
      for network in twin.networks {
        add(
          network.variant, network.information, network.statistics, network.share,
          .unknown("it is that of the twin"))
      }
    }
    return ReportTable(
      name: "twins",
      title:
        "Twin universes, and networks on the particles in their halos (folds keep halos whole)",
      columns: [
        "same phases up to k [h/Mpc]", "twin", "in no halo [%]", "predicted by", "particles",
      ]
        + Self.informationColumns + [
          "r", "scatter [dex]", "share of the twin [%]", "sd of share",
          "ceiling, if Gaussian [nats]",
        ],
      rows: rows)
  }
}
