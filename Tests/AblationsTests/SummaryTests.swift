import Foundation
import Testing

@testable import Ablations

private func run(
  _ variant: String, _ seed: UInt64, _ likelihood: Double, correlation: Double? = nil
) -> AblationSummary.Measurement {
  var values: [AblationSummary.Quantity: Double] = [.validationLikelihood: likelihood]
  values[.correlation] = correlation
  return .init(variant: variant, seed: seed, values: values)
}

@Test func differencesArePairedBySeed() throws {
  let summary = AblationSummary(
    [
      run("raw", 1, 1.0), run("averaged", 1, 1.5), run("raw", 2, 3.0), run("averaged", 2, 3.7),
      run("raw", 3, 2.0), run("averaged", 3, 2.6), run("raw", 4, 9.0),
    ], missing: [.init(name: "averaged-seed4", reason: "failed, because it diverged")],
    variants: ["raw", "averaged"])
  let comparison = try #require(summary.comparisons.first)
  #expect(summary.comparisons.count == 1)
  #expect(comparison.seeds == [1, 2, 3])
  // Differences 0.5, 0.7, 0.6: mean 0.6, standard deviation 0.1, t = 4.303 with two degrees of freedom.
  #expect(abs(comparison.mean - 0.6) < 1e-12)
  #expect(abs((comparison.halfWidth ?? 0) - 4.3027 * 0.1 / 3.0.squareRoot()) < 1e-4)
  let text = "\(summary)"
  #expect(text.contains("7 of 8 done"))
  #expect(text.contains("averaged-seed4: failed, because it diverged"))
  #expect(text.contains("averaged - raw: +0.6 nats, 95 % interval +0.3516 to +0.8484 (3 pairs)"))
}

@Test func onePairHasADifferenceAndNoInterval() throws {
  let summary = AblationSummary(
    [run("a", 1, 2, correlation: 0.8), run("b", 1, 1, correlation: 0.7), run("c", 2, 5)],
    missing: [], variants: ["a", "b", "c"])
  #expect(summary.comparisons.map(\.quantity) == [.validationLikelihood, .correlation])
  #expect(summary.comparisons.allSatisfy { $0.halfWidth == nil && $0.variant == "b" })
  let read = try JSONDecoder().decode(AblationSummary.self, from: Data(summary.json.utf8))
  #expect(read == summary)
}

@Test func withoutAPairThereIsNothingToCompare() {
  let summary = AblationSummary(
    [run("a", 1, 2), run("b", 2, 1)], missing: [], variants: ["a", "b"])
  #expect(summary.comparisons.isEmpty)
  #expect("\(summary)".contains("no two variants have a finished run of the same seed"))
}
