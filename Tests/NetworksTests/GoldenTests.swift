import Failures
import Foundation
import TestSupport
import Testing

@testable import Networks

/// Expected values: PyTorch in double precision, `Tests/References/README.md`.
@Suite struct GoldenTests {
  private func fixture(_ name: String) throws -> URL {
    try #require(
      Bundle.module.url(forResource: name, withExtension: "json", subdirectory: "Fixtures"))
  }

  @Test(arguments: NetworkKernels.allCases, ["network-19", "network-9-4-channels"])
  func allQuantitiesAgreeWithPyTorch(kernels: NetworkKernels, name: String) throws {
    let reference = try GoldenReference(contentsOf: fixture(name))
    #expect(reference.architecture.inputChannels == (name == "network-19" ? 1 : 4))
    let results = try GoldenCheck.run(reference, kernels: kernels)
    let gradients = reference.architecture.parameters.tensors.map { "gradient of \($0.name)" }
    #expect(
      results.map(\.quantity)
        == ["loss vector", "prediction", "likelihood", "penalty", "loss", "gamma"] + gradients)
    for result in results {
      #expect(result.passed, "\(result.quantity): \(result.worstError) > \(result.tolerance)")
    }
  }

  /// The negative control: values of another network do not pass, at the first step alone.
  @Test func anotherSlopeOfTheRectifierIsNoticed() throws {
    let json = try JSONSerialization.jsonObject(with: Data(contentsOf: fixture("network-19")))
    var fields = try #require(json as? [String: Any])
    fields["activation_slope"] = 0.031
    fields["steps"] = try #require(fields["steps"] as? [Any]).prefix(1).map { $0 }
    let changed = try JSONDecoder().decode(
      GoldenReference.self, from: JSONSerialization.data(withJSONObject: fields))
    let failed = try GoldenCheck.run(changed, kernels: .reference).filter { !$0.passed }
    #expect(failed.contains { $0.quantity == "prediction" })
    #expect(failed.contains { $0.quantity == "gradient of conv1.weight" })
  }

  @Test func aFileThatDoesNotFitIsRefusedByName() throws {
    let scratch = try ScratchFolder()
    let file = scratch.url.appending(path: "golden.json")
    try "{}".write(to: file, atomically: true, encoding: .utf8)
    let error = #expect(throws: Failure.self) {
      try GoldenReference(contentsOf: file)
    }
    #expect(error?.action.contains(file.path) == true)
    #expect(error?.description.hasPrefix("cannot use the golden values in") == true)
  }

  @Test func anErrorThatIsNotANumberDoesNotPass() {
    #expect(!GoldenResult(quantity: "x", worstError: .nan, tolerance: 1).passed)
  }
}
