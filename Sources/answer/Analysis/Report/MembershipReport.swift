/// How well a variant tells particles in halos from those in none.
package struct MembershipReport: Codable, Hashable, Sendable {
  /// The name of the variant.
  package var variant: String

  /// The models of the variant, by their seeds in ascending order.
  package var seeds: [Seed]

  /// The first variant minus this one, by their reference seeds; `nil` for the first.
  package var difference: Outcome<MembershipDifference>?

  /// A model.
  package struct Seed: Codable, Hashable, Sendable {
    /// The seed of its training.
    package var seed: UInt64

    /// The statistics of its predictions.
    var statistics: Outcome<MembershipStatistics>
  }
}

extension ReportMaker {
  /// Compares the variants; `nil` if no model predicted a particle in no halo.
  func membership() -> [MembershipReport]? {
    let none = "no particle in no halo was predicted; sampling.includesField draws them"
    let scores = input.models.map { MembershipScores($0) }
    guard scores.contains(where: { $0 != nil }) else { return nil }
    let first = input.variants.first.flatMap { scores[$0.reference] }
    return input.variants.enumerated().map { number, variant in
      MembershipReport(
        variant: variant.name,
        seeds: variant.models.map { model in
          MembershipReport.Seed(
            seed: input.models[model].seed,
            statistics: scores[model]?.statistics ?? .unknown(none))
        },
        difference: number == 0
          ? nil
          : scores[variant.reference].flatMap { first?.difference(from: $0) } ?? .unknown(none))
    }
  }
}

extension Report {
  /// The table of memberships; `nil` if no model predicted a particle in no halo.
  var membershipTable: ReportTable? {
    guard let membership else { return nil }
    return ReportTable(
      name: "membership", title: "Particles in halos and in none, told by the predicted mass",
      columns: [
        "variant", "seed", "in halos", "in none", "area under the curve", "sd",
        "threshold [log10 Msun]", "complete there [%]",
        "first variant - this", "sd of the difference",
      ],
      rows: membership.flatMap { report in
        report.seeds.enumerated().map { number, seed in
          let difference: Outcome<MembershipDifference> =
            number > 0
            ? .unknown("reference seeds are compared")
            : report.difference ?? .unknown("it is the first")
          return [.text(report.variant), .text("\(seed.seed)")] + cells(seed.statistics)
            + cells(difference)
        }
      })
  }

  private func cells(_ statistics: Outcome<MembershipStatistics>) -> [Cell] {
    switch statistics {
    case .unknown(let reason): [Cell](repeating: .missing(reason), count: 6)
    case .known(let statistics):
      [
        .count(statistics.members), .count(statistics.field),
        .number(statistics.area, digits: 4), Cell(statistics.deviation, digits: 4),
        .number(statistics.threshold, digits: 2), .number(100 * statistics.completeness, digits: 1),
      ]
    }
  }

  private func cells(_ difference: Outcome<MembershipDifference>) -> [Cell] {
    switch difference {
    case .unknown(let reason): [Cell](repeating: .missing(reason), count: 2)
    case .known(let difference):
      [.number(difference.area, digits: 4), Cell(difference.deviation, digits: 4)]
    }
  }
}
