internal import Foundation

extension Report: CustomStringConvertible {
  /// The answer in some lines: information of the variants, their difference, and how collapse models compare.
  package var description: String {
    var lines: [String] = []
    let halos = particles.halos.value.map { " in \($0) halos" } ?? ""
    lines.append(
      row(
        "particles", "\(particles.count)\(halos), \(particles.simulations.joined(separator: ", "))")
    )
    for variant in variants {
      guard let seed = variant.seeds.first else { continue }
      lines.append(
        row(
          variant.name,
          "\(text(seed.information)), r = \(text(seed.statistics.correlation)), scatter "
            + "\(text(seed.statistics.scatter)) dex, bias \(text(seed.statistics.bias)) dex"
            + (variant.seeds.count > 1
              ? " (seed \(seed.seed) of \(variant.seeds.count); sd over seeds "
                + "\(text(variant.seedScatter.informationDeviation)) nats)" : "")))
    }
    for difference in differences {
      lines.append(
        row("\(difference.first) - \(difference.second)", text(difference.overall)))
    }
    for joint in joint { lines.append(contentsOf: rows(of: joint)) }
    if let membership { lines.append(row("membership", text(membership))) }
    for twin in twins { lines.append(row(twin)) }
    switch collapse {
    case .unknown(let reason): lines.append(row("EPS, ST", "none: \(reason)"))
    case .known(let models):
      for model in models {
        let share = model.shareWithout.value.map { String(format: "%.0f %%", 100 * $0) } ?? "?"
        let networks = model.networks.map { "\($0.variant) \(short($0.information))" }
        lines.append(
          row(
            model.model.shortName,
            "\(text(model.information)) on \(model.count) particles (\(share) never cross); there: "
              + networks.joined(separator: ", ")))
      }
    }
    if !warnings.isEmpty {
      lines.append(row("warnings", "\(warnings.count), in report.html"))
    }
    for gap in gaps { lines.append(row("missing", "\(gap.subject): \(gap.reason)")) }
    return lines.joined(separator: "\n")
  }

  /// The areas under the curve of the variants, by their reference seeds.
  private func text(_ membership: [MembershipReport]) -> String {
    "area under the curve, in halos or in none: "
      + membership.map { report in
        guard let statistics = report.seeds.first?.statistics.value else {
          return "\(report.variant) unknown"
        }
        let error = statistics.deviation.value.map { String(format: " +- %.4f", $0) } ?? ""
        return report.variant + String(format: " %.4f", statistics.area) + error
      }.joined(separator: ", ")
  }

  /// Returns the lines on what the variants of a pair say beyond each other.
  private func rows(of joint: JointReport) -> [String] {
    joint.parts[1...2].map { name, part in
      switch part {
      case .unknown(let reason): row(name, "unknown (\(reason))")
      case .known(let part):
        row(
          name,
          String(format: "%.3f", part.value)
            + (part.standardError.map {
              String(format: " +- %.3f", $0)
            } ?? "") + " nats"
            + (part.significance.value.map { String(format: ", %.1f sd", $0) } ?? ""))
      }
    }
  }

  /// Returns the line on a twin: its information, and the networks' shares of it.
  private func row(_ twin: TwinReport) -> String {
    let without = twin.shareWithout.value.map { String(format: "%.0f %%", 100 * $0) } ?? "?"
    let networks = twin.networks.map { network in
      "\(network.variant) \(short(network.information))"
        + (network.share.value.map { share in
          String(format: ", %.0f", 100 * share.value)
            + (share.deviation.value.map { String(format: " +- %.0f", 100 * $0) } ?? "")
            + " % of it"
        } ?? "")
    }
    return row(
      twin.name,
      "\(text(twin.information)) on \(twin.count) particles (\(without) in none of its halos); there: "
        + networks.joined(separator: "; "))
  }

  private func row(_ name: String, _ text: String) -> String {
    name.padding(toLength: max(16, name.count + 1), withPad: " ", startingAt: 0) + text
  }

  private func text(_ outcome: Outcome<Double>) -> String {
    switch outcome {
    case .known(let value): String(format: "%.3f", value)
    case .unknown(let reason): "unknown (\(reason))"
    }
  }

  private func text(_ outcome: Outcome<InformationSummary>) -> String {
    switch outcome {
    case .unknown(let reason): "MI unknown (\(reason))"
    case .known(let estimate):
      "MI = \(short(outcome)) nats"
        + (estimate.equivalentScatter.value.map { String(format: " (noise of %.2f dex)", $0) } ?? "")
    }
  }

  /// The value and its error, that over halos if there is one.
  private func short(_ outcome: Outcome<InformationSummary>) -> String {
    guard let estimate = outcome.value else { return "unknown" }
    let error = estimate.standardError
    return String(format: "%.3f", estimate.value)
      + (error.map { String(format: " +- %.3f", $0) } ?? "")
  }

  private func text(_ outcome: Outcome<InformationDifference>) -> String {
    switch outcome {
    case .unknown(let reason): return "unknown (\(reason))"
    case .known(let difference):
      let interval = String(
        format: "%.3f +- %.3f nats, 95 %% in [%.3f, %.3f]", difference.value,
        difference.deviation, difference.interval.lowerBound, difference.interval.upperBound)
      return interval
        + (difference.significance.value.map { String(format: ", %.1f sd", $0) } ?? "")
    }
  }
}
