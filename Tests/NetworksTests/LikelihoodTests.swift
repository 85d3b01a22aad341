import Foundation
import Testing

@testable import Networks

@Suite struct LikelihoodTests {
  private let wide = LikelihoodValues(.truncatedCauchy, [0.26])

  @Test func everyParameterStartsWithinItsBoundsAndHasANameOfItsOwn() {
    let parameters = Likelihood.allCases.flatMap(\.parameters)
    #expect(Set(parameters.map(\.name)).count == parameters.count)
    for parameter in parameters {
      #expect(parameter.bounds.contains(Float(parameter.initialValue)), "\(parameter.name)")
      #expect(!parameter.isPositive || parameter.bounds.lowerBound > 0, "\(parameter.name)")
    }
  }

  @Test(arguments: Likelihood.allCases)
  func aLayoutEndsWithTheParametersOfItsLikelihood(likelihood: Likelihood) {
    var architecture = NetworkArchitecture(
      boxWidth: 3, convolutionChannels: [1], hiddenUnits: [])
    architecture.likelihood = likelihood
    let layout = architecture.parameters
    let names = layout.tensors.filter { $0.role == .likelihood }.map(\.name)
    #expect(names == likelihood.parameters.map(\.name))
    #expect(layout.likelihoodRange == layout.count - names.count..<layout.count)
    let parameters = layout.initialized(seed: 1)
    #expect(
      layout.likelihood(in: parameters).values
        == likelihood.parameters.map { Double(Float($0.initialValue)) })
  }

  @Test(arguments: [(0.3, 0.1), (-1.4, 0.2), (0.9, -0.9)])
  func theLossAndItsSlopesAreThoseOfTheTruncatedCauchy(prediction: Double, truth: Double) {
    let expected = TruncatedCauchyLoss(gamma: 0.26).evaluate(prediction: prediction, truth: truth)
    var gradient: [Float] = [.nan, 7]
    let loss = wide.evaluate(
      prediction: prediction, truth: truth, parameterGradient: &gradient)
    #expect(loss.value == expected.value)
    #expect(loss.predictionGradient == expected.predictionGradient)
    #expect(gradient == [Float(expected.gammaGradient), 7])
    #expect(wide.density(of: truth, at: prediction) == exp(-expected.value))
  }

  /// Beside the other members of an object, as `metrics.jsonl` and `report.json` have them.
  @Test func valuesAreWrittenUnderTheNamesOfTheirParameters() throws {
    #expect(
      String(decoding: try JSONEncoder().encode(wide), as: UTF8.self) == "{\"gamma\":0.26}")
    let decoder = JSONDecoder()
    let line = Data("{\"kind\":\"step\",\"gamma\":0.26}".utf8)
    #expect(try decoder.decode(LikelihoodValues.self, from: line) == wide)
    let diverged = try decoder.decode(LikelihoodValues.self, from: Data("{\"gamma\":null}".utf8))
    #expect(diverged["gamma"]?.isNaN == true && !diverged.areFinite)
    #expect(diverged["sigma"] == nil)
    #expect(throws: DecodingError.self) {
      try decoder.decode(LikelihoodValues.self, from: Data("{\"kind\":\"step\"}".utf8))
    }
  }

  /// Models and benchmarks of before name no likelihood, and those of the same network have their bytes.
  @Test func anArchitectureNamesNoLikelihoodUnlessItIsAnotherOne() throws {
    let encoder = JSONEncoder()
    encoder.outputFormatting = .sortedKeys
    let architecture = NetworkArchitecture(
      boxWidth: 9, convolutionChannels: [2], hiddenUnits: [3], leakySlope: 0.5)
    let data = try encoder.encode(architecture)
    #expect(
      String(decoding: data, as: UTF8.self)
        == "{\"boxWidth\":9,\"convolutionChannels\":[2],\"hiddenUnits\":[3],\"leakySlope\":0.5}")
    #expect(try JSONDecoder().decode(NetworkArchitecture.self, from: data) == architecture)
  }
}
