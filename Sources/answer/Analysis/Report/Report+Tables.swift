internal import Foundation
package import LinearTheory
internal import Networks

extension Report {
  /// The tables, in the order in which they are read.
  package var tables: [ReportTable] {
    [
      networkTable, modelTable, seedTable, differenceTable, matrixTable, jointTable,
      membershipTable, shellTable,
      massTable, twinTable, collapseTable, noiseTable, crossingTable,
    ].compactMap(\.self)
  }

  /// All tables in Markdown under a heading.
  package var markdown: String {
    var parts = ["# \(experiment)\n"]
    let halos = particles.halos.value.map { " in \($0) halos" } ?? ""
    parts.append(
      "\(particles.count) particles\(halos) of \(particles.simulations.joined(separator: ", ")), with "
        + "\(settings.minimumLogMass) <= log10 M/Msun <= \(settings.maximumLogMass). Mutual information "
        + "(MI) in nats with standard deviations over bootstraps of particles and of halos; residuals "
        + "are log10 of predicted over true mass.\n")
    parts += tables.map(\.markdown)
    if !warnings.isEmpty {
      parts.append(
        "## What to look at again\n\n"
          + warnings.map { "- \($0.subjects.joined(separator: "; ")): \($0.text)\n" }.joined())
    }
    if !gaps.isEmpty {
      parts.append(
        "## What is missing\n\n"
          + gaps.map { "- \($0.subject): \($0.reason) (\($0.remedy))\n" }.joined())
    }
    return parts.joined(separator: "\n")
  }

  typealias Cell = ReportTable.Cell

  static let informationColumns = [
    "MI [nats]", "sd, particles", "sd, halos", "as noise [dex]", "nearest neighbours",
  ]

  /// The cells of an estimate of information.
  func cells(_ information: Outcome<InformationSummary>) -> [Cell] {
    switch information {
    case .unknown(let reason): Self.informationColumns.map { _ in .missing(reason) }
    case .known(let estimate):
      [
        .number(estimate.value, digits: 3), Cell(estimate.deviation, digits: 3),
        Cell(estimate.haloDeviation, digits: 3), Cell(estimate.equivalentScatter, digits: 2),
        Cell(estimate.nearestNeighbours, digits: 3),
      ]
    }
  }

  private static let residualColumns = [
    "r", "scatter [dex]", "bias [dex]", "rms [dex]", "outside 3 sigma [%]",
  ]

  /// The cells of statistics of residuals.
  private func cells(_ statistics: ResidualStatistics) -> [Cell] {
    [
      Cell(statistics.correlation, digits: 3), Cell(statistics.scatter, digits: 3),
      Cell(statistics.bias, digits: 3), Cell(statistics.rootMeanSquare, digits: 3),
      Cell(statistics.outliers.map { 100 * $0.aboutMean }, digits: 2),
    ]
  }

  private static let differenceColumns = [
    "MI difference [nats]", "sd", "95 % from", "to", "significance [sd]", "ratio",
  ]

  private func cells(_ difference: Outcome<InformationDifference>) -> [Cell] {
    switch difference {
    case .unknown(let reason): Self.differenceColumns.map { _ in .missing(reason) }
    case .known(let difference):
      [
        .number(difference.value, digits: 3), .number(difference.deviation, digits: 3),
        .number(difference.interval.lowerBound, digits: 3),
        .number(difference.interval.upperBound, digits: 3),
        Cell(difference.significance, digits: 1), Cell(difference.ratio, digits: 2),
      ]
    }
  }

  private var networkTable: ReportTable {
    let likelihoodParameters = likelihoodParameters
    let columns =
      [
        "input", "boxes", "voxels", "voxel [Mpc/h]", "parameters", "trained on", "epoch", "steps",
        "validation loss [nats]",
      ] + likelihoodParameters + ["log10 M/Msun of -1", "of 1"]
    return ReportTable(
      name: "networks", title: "Networks", columns: ["variant", "seed"] + columns,
      rows: variants.flatMap { variant in
        variant.seeds.map { seed in
          [.text(variant.name), .text("\(seed.seed)")]
            + cells(seed.network, likelihoodParameters, count: columns.count)
        }
      })
  }

  /// The names of the parameters of the networks' likelihoods, in the order in which they first appear.
  private var likelihoodParameters: [String] {
    let known = variants.flatMap(\.seeds).compactMap(\.network.value?.likelihoodValues.likelihood)
    var names: [String] = []
    for likelihood in known.isEmpty ? [NetworkArchitecture().likelihood] : known {
      names += likelihood.parameters.map(\.name).filter { !names.contains($0) }
    }
    return names
  }

  private func cells(
    _ network: Outcome<NetworkDescription>, _ likelihoodParameters: [String], count: Int
  ) -> [Cell] {
    switch network {
    case .unknown(let reason): [Cell](repeating: .missing(reason), count: count)
    case .known(let network):
      [
        .text(network.input), .text(network.boxes), .text("\(network.boxWidth)^3"),
        .number(network.voxelSize, digits: 3), .count(network.parameters),
        .count(network.trainingSamples), .count(network.epoch), .count(network.step),
        Cell(network.validationLoss, digits: 3),
      ]
        + likelihoodParameters.map { name in
          network.likelihoodValues[name].map { .number($0, digits: 3) }
            ?? .missing("its likelihood has no \(name)")
        } + [
          .number(network.labelRange.lowerBound, digits: 2),
          .number(network.labelRange.upperBound, digits: 2),
        ]
    }
  }

  private var modelTable: ReportTable {
    ReportTable(
      name: "models", title: "Predictions",
      columns: ["variant", "seed", "particles"] + Self.informationColumns + Self.residualColumns,
      rows: variants.flatMap { variant in
        variant.seeds.map { seed in
          [.text(variant.name), .text("\(seed.seed)"), .count(seed.statistics.count)]
            + cells(seed.information) + cells(seed.statistics)
        }
      })
  }

  private var seedTable: ReportTable {
    ReportTable(
      name: "seeds", title: "Scatter between seeds",
      columns: ["variant", "seeds", "mean MI [nats]", "sd of MI", "mean r", "sd of r"],
      rows: variants.map { variant in
        let scatter = variant.seedScatter
        return [
          .text(variant.name), .count(scatter.count), Cell(scatter.informationMean, digits: 3),
          Cell(scatter.informationDeviation, digits: 4), Cell(scatter.correlationMean, digits: 3),
          Cell(scatter.correlationDeviation, digits: 4),
        ]
      })
  }

  private var differenceTable: ReportTable {
    let shells = variants.first?.shells.map(\.name) ?? []
    var rows: [[Cell]] = []
    for difference in differences {
      let all = [("all", difference.overall)] + zip(shells, difference.shells)
      for (name, value) in all {
        let head: [Cell] = [.text(difference.first), .text(difference.second), .text(name)]
        rows.append(head + cells(value))
      }
    }
    return ReportTable(
      name: "differences", title: "Paired differences, reference seeds on the same particles",
      columns: ["first", "minus", "r/r200m"] + Self.differenceColumns, rows: rows)
  }

  private var shellTable: ReportTable {
    ReportTable(
      name: "radii", title: "By distance from the halo's center, reference seeds",
      columns: ["variant", "r/r200m", "particles"] + Self.informationColumns
        + Self.residualColumns,
      rows: variants.flatMap { variant in
        variant.shells.map { shell in
          [.text(variant.name), .text(shell.name), .count(shell.statistics.count)]
            + cells(shell.information) + cells(shell.statistics)
        }
      })
  }

  private var massTable: ReportTable {
    ReportTable(
      name: "masses", title: "By true mass, reference seeds",
      columns: ["variant", "log10 M/Msun from", "to", "particles"] + Self.residualColumns,
      rows: variants.flatMap { variant in
        variant.massBins.map { bin in
          [
            .text(variant.name), .number(bin.massRange.lowerBound, digits: 1),
            .number(bin.massRange.upperBound, digits: 1), .count(bin.statistics.count),
          ] + cells(bin.statistics)
        }
      })
  }

  private var collapseTable: ReportTable {
    var rows: [[Cell]] = []
    for model in collapse.value ?? [] {
      let name = model.model.shortName
      let head: [Cell] = [.text(name), Cell(model.shareWithout.map { 100 * $0 }, digits: 1)]
      func add(
        _ predictor: String, _ information: Outcome<InformationSummary>,
        _ statistics: ResidualStatistics, _ difference: Outcome<InformationDifference>
      ) {
        rows.append(
          head + [.text(predictor), .count(model.count)] + cells(information)
            + [Cell(statistics.correlation, digits: 3)] + cells(difference))
      }
      add(name, model.information, model.statistics, .unknown("it is compared with itself"))
      for network in model.networks {
        add(network.variant, network.information, network.statistics, network.difference)
      }
    }
    return ReportTable(
      name: "collapse",
      title: "Collapse models and networks on the particles that each has a prediction for",
      columns: ["particles of", "without [%]", "predicted by", "particles"]
        + Self.informationColumns + ["r"] + Self.differenceColumns, rows: rows)
  }

  private var noiseTable: ReportTable {
    ReportTable(
      name: "noise", title: "Information left by Gaussian noise on the true mass",
      columns: ["noise [dex]", "exact MI [nats]"] + Self.informationColumns,
      rows: noise.map { level in
        [.number(level.sigma, digits: 2), Cell(level.exact, digits: 3)] + cells(level.estimate)
      })
  }

  private var crossingTable: ReportTable {
    var rows: [[Cell]] = []
    for model in collapse.value ?? [] {
      for field in model.fields {
        rows += field.scales.map { scale in
          [
            .text(model.model.shortName), .text(field.simulation),
            .number(log10(scale.mass), digits: 2), .number(scale.radius, digits: 2),
            .number(scale.sigma, digits: 4), .number(scale.deviation, digits: 4),
            .number(scale.contrast, digits: 4), .number(100 * scale.shareAbove, digits: 2),
            .number(100 * scale.gaussianShare, digits: 2),
          ]
        }
      }
    }
    return ReportTable(
      name: "crossings", title: "Shares of the linear fields above the barriers",
      columns: [
        "model", "simulation", "log10 M/Msun", "R [Mpc/h]", "sigma, theory", "sigma, field",
        "barrier", "above [%]", "Gaussian [%]",
      ], rows: rows)
  }
}

extension ShellReport {
  /// The shell in a few characters.
  package var name: String {
    guard let upTo else { return "> \(above)" }
    return above == 0 ? "<= \(upTo)" : "\(above)-\(upTo)"
  }
}

extension CollapseBarrier {
  /// The name of the model in tables and figures.
  package var shortName: String {
    switch self {
    case .extendedPressSchechter: "EPS"
    case .shethTormen: "ST"
    }
  }
}
