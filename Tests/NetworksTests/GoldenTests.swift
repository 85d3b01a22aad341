import Failures
import Foundation
import Testing

@testable import Networks

/// Expected values: PyTorch in double precision, `Tests/References/README.md`.
@Suite struct GoldenTests {
  func reference() throws -> GoldenReference {
    let fixture = try #require(
      Bundle.module.url(
        forResource: "network-19", withExtension: "json", subdirectory: "Fixtures"))
    return try GoldenReference(contentsOf: fixture)
  }

  @Test(arguments: NetworkKernels.allCases)
  func allQuantitiesAgreeWithPyTorch(kernels: NetworkKernels) throws {
    let reference = try reference()
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
    let fixture = try #require(
      Bundle.module.url(
        forResource: "network-19", withExtension: "json", subdirectory: "Fixtures"))
    let json = try JSONSerialization.jsonObject(with: Data(contentsOf: fixture))
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
    let file = FileManager.default.temporaryDirectory
      .appending(path: "golden-\(UUID().uuidString).json")
    try "{}".write(to: file, atomically: true, encoding: .utf8)
    defer { try? FileManager.default.removeItem(at: file) }
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
