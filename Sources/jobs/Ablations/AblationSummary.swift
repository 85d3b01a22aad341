internal import Foundation
internal import Statistics
internal import Text

/// The result of an ablation: how variants differ from the first one, seed by seed.
package struct AblationSummary: Codable, Hashable, Sendable {
  /// A number that every finished run has.
  package enum Quantity: String, Codable, CodingKeyRepresentable, CaseIterable, Hashable, Sendable {
    /// The mean negative log-likelihood of the validation samples in the best epoch [nats].
    case validationLikelihood
    /// Pearson's r of predicted and true log10 M.
    case correlation
    /// Half of the 16-84 % range of log10 Mpred/Mtrue [dex].
    case scatter
  }

  /// A run with its numbers.
  package struct Measurement: Codable, Hashable, Sendable {
    /// The variant of the run.
    package var variant: String
    /// The seed of the run.
    package var seed: UInt64
    /// Its numbers; those of predictions only where there are some.
    package var values: [Quantity: Double]

    /// Makes the numbers of a run.
    package init(variant: String, seed: UInt64, values: [Quantity: Double]) {
      self.variant = variant
      self.seed = seed
      self.values = values
    }
  }

  /// The difference of a variant from the first one in one quantity.
  struct Comparison: Codable, Hashable, Sendable {
    /// The variant.
    package let variant: String
    /// The first variant, which it is compared with.
    let baseline: String
    /// The quantity that is compared.
    package let quantity: Quantity
    /// The seeds of which both runs are done.
    package let seeds: [UInt64]
    /// The value of the variant less that of the first one, of each seed.
    package let differences: [Double]
    /// The mean of the differences.
    package let mean: Double
    /// Half the width of the 95 % interval of the mean (Student's t); `nil` with less than two pairs.
    package let halfWidth: Double?
  }

  /// A run that is not in the comparison.
  package struct MissingRun: Codable, Hashable, Sendable {
    /// The name of the run.
    package let name: String
    /// The reason: the state of the run, and why it failed.
    package let reason: String
  }

  /// The number of runs of the ablation.
  package let runs: Int

  /// The finished runs with their numbers.
  let measurements: [Measurement]

  /// The variants after the first, each in all quantities.
  let comparisons: [Comparison]

  /// The runs that are not done.
  package let missing: [MissingRun]

  /// Compares runs.
  ///
  /// - Parameters:
  ///   - measurements: The finished runs.
  ///   - missing: The others.
  ///   - variants: The variants; all others are compared with the first.
  package init(_ measurements: [Measurement], missing: [MissingRun], variants: [String]) {
    runs = measurements.count + missing.count
    self.measurements = measurements
    self.missing = missing
    comparisons = variants.dropFirst().flatMap { variant in
      Quantity.allCases.compactMap { quantity in
        Self.compare(variant, with: variants[0], in: quantity, of: measurements)
      }
    }
  }

  private static func compare(
    _ variant: String, with baseline: String, in quantity: Quantity, of runs: [Measurement]
  ) -> Comparison? {
    func values(of variant: String) -> [UInt64: Double] {
      let own = runs.filter { $0.variant == variant }
      return Dictionary(
        uniqueKeysWithValues: own.compactMap { run in
          run.values[quantity].map { (run.seed, $0) }
        })
    }
    let (old, new) = (values(of: baseline), values(of: variant))
    let seeds = old.keys.filter { new[$0] != nil }.sorted()
    guard !seeds.isEmpty else { return nil }
    let differences = seeds.compactMap { seed in old[seed].flatMap { a in new[seed].map { $0 - a } }
    }
    let count = Double(differences.count)
    let mean = differences.reduce(0, +) / count
    var halfWidth: Double?
    if differences.count > 1 {
      let variance = differences.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / (count - 1)
      let t = StudentT.centralQuantile(0.95, freedom: differences.count - 1)
      halfWidth = t * (variance / count).squareRoot()
    }
    return Comparison(
      variant: variant, baseline: baseline, quantity: quantity, seeds: seeds,
      differences: differences, mean: mean, halfWidth: halfWidth)
  }
}

extension AblationSummary: CustomStringConvertible {
  /// The summary as JSON for a program.
  package var json: String { String(decoding: jsonFile(of: self), as: UTF8.self) }

  /// The comparisons and what is missing, in lines for a person.
  package var description: String {
    var lines = ["runs         \(measurements.count) of \(runs) done"]
    for run in missing { lines.append("missing      \(run.name): \(run.reason)") }
    for comparison in comparisons {
      let (baseline, variant) = (comparison.baseline, comparison.variant)
      let quantity = comparison.quantity
      lines.append(
        "\(quantity.label.padding(toLength: 13, withPad: " ", startingAt: 0))"
          + "\(variant) - \(baseline): \(signed(comparison.mean))\(quantity.unit), "
          + interval(comparison) + "; means \(digits(mean(of: variant, quantity))) and "
          + digits(mean(of: baseline, quantity)))
    }
    if comparisons.isEmpty { lines.append("no two variants have a finished run of the same seed") }
    return lines.joined(separator: "\n")
  }

  private func interval(_ comparison: Comparison) -> String {
    let count = comparison.seeds.count
    guard let halfWidth = comparison.halfWidth else { return "1 pair, so no interval" }
    return "95 % interval \(signed(comparison.mean - halfWidth)) to "
      + "\(signed(comparison.mean + halfWidth)) (\(count) pairs)"
  }

  private func mean(of variant: String, _ quantity: Quantity) -> Double {
    let values = measurements.filter { $0.variant == variant }.compactMap { $0.values[quantity] }
    return values.reduce(0, +) / Double(values.count)
  }

  private func signed(_ value: Double) -> String { String(format: "%+.4g", value) }
}

extension AblationSummary.Quantity {
  fileprivate var label: String {
    switch self {
    case .validationLikelihood: "validation"
    case .correlation: "correlation"
    case .scatter: "scatter"
    }
  }

  fileprivate var unit: String {
    switch self {
    case .validationLikelihood: " nats"
    case .correlation: ""
    case .scatter: " dex"
    }
  }
}
