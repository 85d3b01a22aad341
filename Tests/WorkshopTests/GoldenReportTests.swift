import DurableFiles
import Testing

@testable import Failures
@testable import Networks
@testable import Workshop

@Test func aReportListsEveryQuantityAndNamesThoseBeyondTheTolerance() throws {
  let report = GoldenReport(
    file: "g.json",
    results: [
      GoldenResult(quantity: "loss", worstError: 2.04e-6, tolerance: 1e-4),
      GoldenResult(quantity: "prediction", worstError: 3e-4, tolerance: 1e-4),
      GoldenResult(quantity: "gamma", worstError: .nan, tolerance: 1e-4),
    ])
  #expect(
    report.description.split(separator: "\n").map(String.init) == [
      "g.json: worst relative error per quantity",
      "loss        2.0e-06 of 1e-04",
      "prediction  3.0e-04 of 1e-04  BEYOND",
      "gamma       nan of 1e-04  BEYOND",
    ])
  let failure = try #require(report.failure)
  #expect(failure.reason == "prediction, gamma are beyond the tolerance")
  #expect(failure.exitCode.rawValue == 1)
  #expect(failure.description.contains("prediction, gamma are beyond the tolerance"))
}

@Test func aReportWithinTheTolerancesHasNoFailure() {
  let result = GoldenResult(quantity: "loss", worstError: 1e-4, tolerance: 1e-4)
  #expect(GoldenReport(file: "g.json", results: [result]).failure == nil)
}

@Test func aMissingFileOfGoldenValuesIsNamed() {
  let error = #expect(throws: FileError.self) {
    try GoldenReport(file: "/nowhere/g.json", kernels: .reference)
  }
  #expect(error?.description.contains("/nowhere/g.json") == true)
  #expect(error?.exitCode == .missingInput)
}
