import Testing

@testable import Networks

/// Expected values: ``BruteForce`` in double precision; single precision allows 1e-6 of the largest
/// value for the sums of some hundred products here.
@Suite struct ConvolutionTests {
  struct Case: CustomTestStringConvertible {
    let width: Int
    let inputs: Int
    let outputs: Int
    let elementsPerSlab: Int
    var testDescription: String { "[\(width)^3, \(inputs)] -> \(outputs), slab \(elementsPerSlab)" }
  }

  /// Widths of one, two and more voxels; slabs of one row, of several that do not divide the box,
  /// and of all rows.
  static let cases = [
    Case(width: 1, inputs: 3, outputs: 2, elementsPerSlab: 1 << 19),
    Case(width: 2, inputs: 1, outputs: 4, elementsPerSlab: 1),
    Case(width: 3, inputs: 2, outputs: 3, elementsPerSlab: 27 * 2 * 3 * 4),
    Case(width: 5, inputs: 1, outputs: 1, elementsPerSlab: 27 * 5 * 3),
    Case(width: 5, inputs: 4, outputs: 3, elementsPerSlab: 27 * 4 * 5 * 7),
    Case(width: 6, inputs: 5, outputs: 8, elementsPerSlab: 1 << 19),
  ]

  struct Fixture {
    let layer: Convolution
    let workspace: Convolution.Workspace
    let input: [Float]
    let weight: [Float]
    let bias: [Float]
    let outputGradient: [Float]

    init(_ test: Case) {
      layer = Convolution(
        width: test.width, inputChannels: test.inputs, outputChannels: test.outputs,
        elementsPerSlab: test.elementsPerSlab)
      workspace = Convolution.Workspace(for: [layer])
      input = randomNumbers(test.width * test.width * test.width * test.inputs, index: 1)
      weight = randomNumbers(27 * test.inputs * test.outputs, index: 2)
      bias = randomNumbers(test.outputs, index: 3)
      outputGradient = randomNumbers(layer.outputCount, index: 4)
    }

    func expected(input: [Double], weight: [Double], bias: [Double]) -> [Double] {
      BruteForce.convolution(
        input, width: layer.width, inputs: layer.inputChannels, outputs: layer.outputChannels,
        weight: weight, bias: bias)
    }

    /// The derivative of the product of output and its gradient along a step.
    ///
    /// The layer is
    /// linear in each of its arguments, so the difference over a step of 1 is exact.
    func derivative(_ output: (_ step: Double) -> [Double]) -> Double {
      zip(zip(output(0.5), output(-0.5)), outputGradient).reduce(0) {
        $0 + ($1.0.0 - $1.0.1) * Double($1.1)
      }
    }
  }

  func stepped(_ values: [Float], _ i: Int, _ step: Double) -> [Double] {
    var result = doubles(values)
    result[i] += step
    return result
  }

  @Test(arguments: cases)
  func theOutputIsThatOfPlainLoops(test: Case) {
    let fixture = Fixture(test)
    var output = [Float](repeating: .nan, count: fixture.layer.outputCount)
    fixture.layer.forward(
      fixture.input, weight: fixture.weight, bias: fixture.bias, output: &output,
      workspace: fixture.workspace)
    let expected = fixture.expected(
      input: doubles(fixture.input), weight: doubles(fixture.weight), bias: doubles(fixture.bias))
    #expect(worstError(output, expected) < 1e-6)
  }

  @Test(arguments: cases)
  func theGradientsAreThoseOfFiniteDifferences(test: Case) {
    let fixture = Fixture(test)
    let (input, weight, bias) = (fixture.input, fixture.weight, fixture.bias)
    var weightGradient = [Float](repeating: .nan, count: weight.count)
    var biasGradient = [Float](repeating: .nan, count: bias.count)
    var inputGradient = [Float](repeating: .nan, count: input.count)
    fixture.layer.backwardParameters(
      input: input, outputGradient: fixture.outputGradient, weightGradient: &weightGradient,
      biasGradient: &biasGradient, workspace: fixture.workspace)
    fixture.layer.backwardInput(
      outputGradient: fixture.outputGradient, weight: weight, inputGradient: &inputGradient,
      workspace: fixture.workspace)

    let (x, w, b) = (doubles(input), doubles(weight), doubles(bias))
    func probes(_ count: Int) -> [Int] { Array(stride(from: 0, to: count, by: max(1, count / 20))) }
    let weightProbes = probes(weight.count)
    let inputProbes = probes(input.count)
    #expect(
      worstError(
        weightProbes.map { weightGradient[$0] },
        weightProbes.map { i in
          fixture.derivative {
            fixture.expected(input: x, weight: stepped(weight, i, $0), bias: b)
          }
        }) < 1e-6)
    #expect(
      worstError(
        biasGradient,
        bias.indices.map { i in
          fixture.derivative { fixture.expected(input: x, weight: w, bias: stepped(bias, i, $0)) }
        }) < 1e-6)
    #expect(
      worstError(
        inputProbes.map { inputGradient[$0] },
        inputProbes.map { i in
          fixture.derivative { fixture.expected(input: stepped(input, i, $0), weight: w, bias: b) }
        }) < 1e-6)
  }

  /// <convolve(x), g> = <x, transpose(g)> for every x and g, without bias: every element takes
  /// part.
  @Test(arguments: cases)
  func theWayBackwardIsTheTransposeOfTheWayForward(test: Case) {
    let fixture = Fixture(test)
    let none = [Float](repeating: 0, count: fixture.bias.count)
    var output = [Float](repeating: .nan, count: fixture.layer.outputCount)
    var inputGradient = [Float](repeating: .nan, count: fixture.input.count)
    fixture.layer.forward(
      fixture.input, weight: fixture.weight, bias: none, output: &output,
      workspace: fixture.workspace)
    fixture.layer.backwardInput(
      outputGradient: fixture.outputGradient, weight: fixture.weight,
      inputGradient: &inputGradient, workspace: fixture.workspace)
    let forward = dot(output, fixture.outputGradient)
    let backward = dot(fixture.input, inputGradient)
    let scale = (dot(output, output) * dot(fixture.outputGradient, fixture.outputGradient))
      .squareRoot()
    #expect(abs(forward - backward) < 1e-6 * scale)
  }
}
