import Testing

@testable import Networks

@Suite struct PriorsTests {
  /// One convolution of one channel, dense layers 27 -> 2 -> 1.
  let layout = NetworkArchitecture(boxWidth: 3, convolutionChannels: [1], hiddenUnits: [2])
    .parameters

  /// The convolution has 27 weights 0.5.
  ///
  /// First dense layer: one group (3, -4), the others zero.
  @Test func thePenaltyIsThatComputedByHand() throws {
    var parameters = [Float](repeating: 0, count: layout.count)
    let convolution = try #require(layout["conv1.weight"])
    let dense = try #require(layout["dense1.weight"])
    let last = try #require(layout["dense2.weight"])
    for place in convolution.range { parameters[place] = 0.5 }
    parameters[dense.range.lowerBound + 2] = 3
    parameters[dense.range.lowerBound + 3] = -4
    let priors = Priors(alpha: 0.5, layout: layout)
    let penalty = 0.5 * (27 * 0.25 + 3 + 4 + 5)
    #expect(priors.penalty(parameters) == penalty)

    var gradient = [Float](repeating: 1, count: layout.count)
    priors.addGradient(parameters, to: &gradient)
    for place in convolution.range { #expect(gradient[place] == 1 + 0.5 * 2 * 0.5) }
    let expected: [Float] = [1, 1, 1 + 0.5 * (1 + 3 / 5), 1 - 0.5 * (1 + 4 / 5)]
    for (value, expected) in zip(gradient[dense.range], expected) {
      #expect(abs(value - expected) < 1e-6)
    }
    for place in last.range { #expect(gradient[place] == 1) }

    // Biases, the last layer and gamma are free.
    for tensor in layout.tensors where tensor.role != .convolutionWeight && tensor != dense {
      for place in tensor.range { parameters[place] = 7 }
    }
    #expect(priors.penalty(parameters) == penalty)
  }

  @Test func theGradientIsThatOfFiniteDifferences() {
    let priors = Priors(alpha: 0.25, layout: layout)
    let parameters = randomNumbers(layout.count, index: 20)
    var gradient = [Float](repeating: 0, count: layout.count)
    priors.addGradient(parameters, to: &gradient)
    for place in 0..<layout.count where abs(parameters[place]) > 0x1p-8 {
      let step: Float = 0x1p-12
      var (above, below) = (parameters, parameters)
      above[place] += step
      below[place] -= step
      let slope =
        (priors.penalty(above) - priors.penalty(below)) / Double(above[place] - below[place])
      #expect(abs(Double(gradient[place]) - slope) < 1e-5)
    }
  }

  /// The penalty of Xavier weights for alpha 10^-2.5 is expected to be 68.8.
  ///
  /// It is the sum of n l^2/3 over the convolutions, of
  /// n l/2 and groups l sqrt(outputs/3) over dense1 and dense2. Draws scatter by some 0.05.
  @Test func thePenaltyOfThePublishedNetworkAtTheStartIsThatExpected() {
    let layout = NetworkArchitecture().parameters
    let priors = Priors(alpha: 0.003_162_277_660_168_379_4, layout: layout)
    let penalty = priors.penalty(layout.initialized(seed: 1))
    #expect(abs(penalty - 68.8) < 0.2)
  }
}
