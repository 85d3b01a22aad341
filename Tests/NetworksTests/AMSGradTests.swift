import Testing

@testable import Networks

@Suite struct AMSGradTests {
  let layout = NetworkArchitecture(boxWidth: 3, convolutionChannels: [1], hiddenUnits: [])
    .parameters

  func update(
    _ optimizer: inout AMSGrad, _ parameters: inout [Float], first: Float, gamma: Float = 0
  ) {
    var gradient = [Float](repeating: 0, count: layout.count)
    gradient[0] = first
    gradient[layout.likelihoodRange.lowerBound] = gamma
    optimizer.update(&parameters, gradient: gradient)
  }

  /// The equations by hand in double precision: gradients 2, -0.5, 0.25, rate 0.1, start 1.
  @Test func stepsAreThoseComputedByHand() {
    var optimizer = AMSGrad(AMSGrad.Settings(learningRate: 0.1), layout: layout)
    var parameters = [Float](repeating: 0, count: layout.count)
    parameters[0] = 1
    parameters[layout.likelihoodRange.lowerBound] = 0.2
    let steps: [(gradient: Float, w: Double, m: Double, v: Double)] = [
      (gradient: 2.0, w: 0.9000000158113858, m: 0.19999999999999996, v: 0.0040000000000000036),
      (gradient: -0.5, w: 0.8530532058953002, m: 0.12999999999999998, v: 0.004246000000000004),
      (gradient: 0.25, w: 0.8093298502571923, m: 0.14199999999999996, v: 0.004304254000000004),
    ]
    for (number, step) in steps.enumerated() {
      update(&optimizer, &parameters, first: step.gradient)
      #expect(optimizer.state.step == number + 1)
      #expect(abs(Double(parameters[0]) - step.w) < 2e-7)
      #expect(abs(Double(optimizer.state.m[0]) - step.m) < 1e-7)
      #expect(abs(Double(optimizer.state.v[0]) - step.v) < 1e-9)
    }
    #expect(parameters[1] == 0)
    #expect(parameters[layout.likelihoodRange.lowerBound] == 0.2)
  }

  /// What makes it AMSGrad: after a large gradient, zeros shrink v but not vhat.
  @Test func theLargestSecondMomentIsKept() {
    var optimizer = AMSGrad(layout: layout)
    var parameters = [Float](repeating: 0, count: layout.count)
    update(&optimizer, &parameters, first: 10)
    let largest = optimizer.state.vhat[0]
    for _ in 0..<5 { update(&optimizer, &parameters, first: 0) }
    #expect(optimizer.state.vhat[0] == largest)
    #expect(optimizer.state.v[0] < largest)
  }

  @Test func gammaStaysWithinItsBounds() {
    var optimizer = AMSGrad(AMSGrad.Settings(learningRate: 10), layout: layout)
    var parameters = [Float](repeating: 0, count: layout.count)
    parameters[layout.likelihoodRange.lowerBound] = 0.2
    update(&optimizer, &parameters, first: 0, gamma: 1)
    #expect(parameters[layout.likelihoodRange.lowerBound] == 0.001)
    for _ in 0..<30 { update(&optimizer, &parameters, first: 0, gamma: -1) }
    #expect(parameters[layout.likelihoodRange.lowerBound] == 2)
  }

  @Test func aFixedGammaIsLeftAlone() {
    var optimizer = AMSGrad(AMSGrad.Settings(gammaIsFixed: true), layout: layout)
    var parameters = [Float](repeating: 0, count: layout.count)
    parameters[layout.likelihoodRange.lowerBound] = 0.3
    update(&optimizer, &parameters, first: 1, gamma: 1)
    #expect(parameters[layout.likelihoodRange.lowerBound] == 0.3)
    #expect(optimizer.state.m[layout.likelihoodRange.lowerBound] == 0)
    #expect(parameters[0] < 0)
  }

  @Test func aResumedOptimizerContinuesWithTheSameBits() {
    var whole = AMSGrad(layout: layout)
    var expected = randomNumbers(layout.count, index: 30)
    var parameters = expected
    var first = AMSGrad(layout: layout)
    func gradient(_ step: UInt64) -> [Float] { randomNumbers(layout.count, index: 31 + step) }
    for step in 0..<6 as Range<UInt64> { whole.update(&expected, gradient: gradient(step)) }
    for step in 0..<3 as Range<UInt64> { first.update(&parameters, gradient: gradient(step)) }
    var second = AMSGrad(resuming: first.state, layout: layout)
    for step in 3..<6 as Range<UInt64> { second.update(&parameters, gradient: gradient(step)) }
    #expect(parameters == expected)
    #expect(second.state == whole.state)
  }

  @Test func notANumberIsNotHidden() {
    var optimizer = AMSGrad(layout: layout)
    var parameters = [Float](repeating: 0, count: layout.count)
    update(&optimizer, &parameters, first: .nan, gamma: .nan)
    #expect(parameters[0].isNaN)
    #expect(parameters[layout.likelihoodRange.lowerBound].isNaN)
    #expect(optimizer.state.vhat[0].isNaN)
    #expect(parameters[1] == 0)
  }
}
