import CKernels
import Testing

/// The dense layers against plain loops in double precision.
@Suite struct DenseTests {
  /// Inputs and outputs: whole vectors, remainders, the network's last layer.
  static let shapes = [(1, 1), (7, 16), (128, 1), (31, 37), (64, 256), (100, 300)]

  struct Result: Equatable {
    var outputs: [Float]
    var weightGradient: [Float]
    var biasGradient: [Float]
    var inputGradient: [Float]
  }

  static func run(
    inputs: [Float], weights: [Float], bias: [Float], outputGradient: [Float],
    _ instructions: InstructionSet
  ) -> Result {
    let (i, o) = (inputs.count, bias.count)
    var result = Result(
      outputs: [Float](repeating: .nan, count: o),
      weightGradient: [Float](repeating: .nan, count: i * o),
      biasGradient: [Float](repeating: .nan, count: o),
      inputGradient: [Float](repeating: .nan, count: i))
    var gradient = outputGradient
    halompi_dense_forward(weights, bias, inputs, &result.outputs, i, o, 0.03, instructions.value)
    halompi_dense_backward(
      weights, inputs, result.outputs, &gradient, &result.weightGradient, &result.biasGradient,
      &result.inputGradient, i, o, 0.03, instructions.value)
    return result
  }

  @Test(arguments: shapes)
  func denseLayersAreThoseOfPlainLoopsAndHaveTheSameBitsEverywhere(
    _ inputCount: Int, _ outputCount: Int
  ) {
    var generator = TestGenerator(seed: UInt64(inputCount))
    let inputs = generator.values(inputCount, scale: 1)
    let weights = generator.values(inputCount * outputCount, scale: 0.1)
    let bias = generator.values(outputCount, scale: 0.1)
    let outputGradient = generator.values(outputCount, scale: 1)
    let results = InstructionSet.supported.map {
      Self.run(
        inputs: inputs, weights: weights, bias: bias, outputGradient: outputGradient, $0)
    }
    #expect(results.allSatisfy { $0 == results[0] })

    var outputs = bias.map(Double.init)
    for i in 0..<inputCount {
      for o in 0..<outputCount {
        outputs[o] += Double(inputs[i]) * Double(weights[i * outputCount + o])
      }
    }
    let slopes = outputs.map { $0 > 0 ? 1 : Double(Float(0.03)) }
    outputs = zip(outputs, slopes).map { $0 * $1 }
    let gradient = zip(outputGradient, slopes).map { Double($0) * $1 }
    var weightGradient: [Double] = []
    var inputGradient: [Double] = []
    for i in 0..<inputCount {
      weightGradient += gradient.map { Double(inputs[i]) * $0 }
      inputGradient.append(
        (0..<outputCount).reduce(0) { $0 + Double(weights[i * outputCount + $1]) * gradient[$1] })
    }
    #expect(relativeError(results[0].outputs, outputs) < 1e-6)
    #expect(relativeError(results[0].biasGradient, gradient) < 1e-6)
    #expect(relativeError(results[0].weightGradient, weightGradient) < 1e-6)
    #expect(relativeError(results[0].inputGradient, inputGradient) < 1e-6)
  }
}
