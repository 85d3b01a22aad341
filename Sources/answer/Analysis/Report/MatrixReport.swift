internal import Statistics

/// The information of variants that differ in one setting of a matrix alone.
package struct MatrixReport: Codable, Hashable, Sendable {
  /// The way to the setting that varies.
  package var key: String

  /// The values of the other settings in words; empty if there is no other.
  package var others: String

  /// The variants, in the order of the setting's values.
  package var points: [Point]

  /// A variant.
  package struct Point: Codable, Hashable, Sendable {
    /// The value of the setting in words.
    package var value: String

    /// The name of the variant.
    package var variant: String

    /// The information of the reference seed.
    package var information: Outcome<InformationSummary>

    /// The information minus that of the first value, of the reference seeds on the same particles; `nil` for the first.
    var difference: Outcome<InformationDifference>?

    /// The same difference of every seed that both have, its mean and its standard deviation [nats]; `nil` for the first.
    var seedDifferences: SeedDifferences?
  }

  /// The differences between two variants, seed by seed.
  struct SeedDifferences: Codable, Hashable, Sendable {
    /// The number of seeds with both estimates.
    var count: Int

    /// The mean difference [nats].
    var mean: Outcome<Double>

    /// The standard deviation of the differences, with n - 1 [nats].
    var deviation: Outcome<Double>
  }
}

extension ReportMaker {
  /// Compares the variants along each setting of the matrix; `nil` if they are not those of one.
  func matrix() -> [MatrixReport]? {
    guard let matrix = input.matrix else { return nil }
    return matrix.axes.indices.filter { matrix.axes[$0].values.count > 1 }.flatMap { axis in
      matrix.lines(along: axis).map { others, variants in
        MatrixReport(
          key: matrix.axes[axis].key, others: others,
          points: zip(matrix.axes[axis].values, variants).map { value, variant in
            point(value, variant, first: variants[0])
          })
      }
    }
  }

  private func point(_ value: String, _ variant: String, first: String) -> MatrixReport.Point {
    let seeds = informationBySeed(variant)
    let information = seeds.first?.information ?? .unknown("\(variant) has no predictions")
    guard variant != first else {
      return MatrixReport.Point(value: value, variant: variant, information: information)
    }
    let base = informationBySeed(first)
    let baseline = base.first?.information ?? .unknown("\(first) has no predictions")
    let differences = seeds.compactMap { seed, information in
      let other = base.first { $0.seed == seed }?.information.value
      return information.value.flatMap { own in other.map { own.value - $0.value } }
    }
    return MatrixReport.Point(
      value: value, variant: variant, information: information,
      difference: .of(information, minus: baseline),
      seedDifferences: MatrixReport.SeedDifferences(
        count: differences.count,
        mean: differences.isEmpty
          ? .unknown("no seed has both") : .known(Statistics.mean(differences)),
        deviation: differences.count > 1
          ? .known(standardDeviation(differences)) : .unknown("two seeds with both are needed")))
  }

  private func informationBySeed(
    _ name: String
  ) -> [(seed: UInt64, information: Outcome<InformationSummary>)] {
    input.variants.first { $0.name == name }?.models.map {
      (input.models[$0].seed, information(.model($0), .all))
    } ?? []
  }
}

extension Report {
  /// The table of the matrix; `nil` without one.
  var matrixTable: ReportTable? {
    guard let matrix else { return nil }
    return ReportTable(
      name: "matrix", title: "By setting, the others being the same",
      columns: [
        "setting", "value", "others", "MI [nats]", "sd, halos", "minus the first", "sd",
        "significance [sd]", "seeds", "mean over seeds", "sd over seeds",
      ],
      rows: matrix.flatMap { line in
        line.points.map { point in
          let head: [Cell] = [.text(line.key), .text(point.value), .text(line.others)]
          return head + cells(ofEstimate: point.information) + cells(point)
        }
      })
  }

  private func cells(ofEstimate information: Outcome<InformationSummary>) -> [Cell] {
    switch information {
    case .unknown(let reason): [.missing(reason), .missing(reason)]
    case .known(let estimate):
      [.number(estimate.value, digits: 3), Cell(estimate.haloDeviation, digits: 3)]
    }
  }

  private func cells(_ point: MatrixReport.Point) -> [Cell] {
    guard let difference = point.difference, let seeds = point.seedDifferences else {
      return [Cell](repeating: .missing("it is the first"), count: 6)
    }
    let cells: [Cell] =
      switch difference {
      case .unknown(let reason): [Cell](repeating: .missing(reason), count: 3)
      case .known(let difference):
        [
          .number(difference.value, digits: 3), .number(difference.deviation, digits: 3),
          Cell(difference.significance, digits: 1),
        ]
      }
    return cells + [
      .count(seeds.count), Cell(seeds.mean, digits: 3), Cell(seeds.deviation, digits: 4),
    ]
  }
}
