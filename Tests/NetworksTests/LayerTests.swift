import Testing

@testable import Networks

@Suite struct MaxPoolTests {
  @Test(arguments: [1, 2, 3, 4, 5, 7])
  func theOutputIsThatOfPlainLoops(width: Int) {
    let pool = MaxPool(width: width, channels: 3)
    let input = randomNumbers(width * width * width * 3, index: 5)
    var output = [Float](repeating: .nan, count: pool.outputCount)
    var winners = [UInt8](repeating: 255, count: pool.outputCount)
    pool.forward(input, output: &output, winners: &winners)
    #expect(
      doubles(output) == BruteForce.maxPool(doubles(input), width: width, channels: 3))
    #expect(winners.allSatisfy { $0 < 8 })
  }

  /// The inputs differ by at least 1, so a step of 1/4 changes no winner and the difference is
  /// exact.
  @Test(arguments: [1, 2, 3, 5])
  func theGradientIsThatOfFiniteDifferences(width: Int) {
    let pool = MaxPool(width: width, channels: 2)
    let count = width * width * width * 2
    let input = (0..<count).map { Float(($0 * 89) % 509) - 250 }
    let outputGradient = randomNumbers(pool.outputCount, index: 6)
    var output = [Float](repeating: .nan, count: pool.outputCount)
    var winners = [UInt8](repeating: 255, count: pool.outputCount)
    var inputGradient = [Float](repeating: .nan, count: count)
    pool.forward(input, output: &output, winners: &winners)
    pool.backward(
      outputGradient: outputGradient, winners: winners, inputGradient: &inputGradient)
    for i in 0..<count {
      var stepped = doubles(input)
      stepped[i] += 0.25
      let after = BruteForce.maxPool(stepped, width: width, channels: 2)
      let derivative = zip(zip(after, output), outputGradient).reduce(0) {
        $0 + ($1.0.0 - Double($1.0.1)) / 0.25 * Double($1.1)
      }
      #expect(Double(inputGradient[i]) == derivative)
    }
  }

  @Test(arguments: 0..<8)
  func notANumberWinsWhereverItIs(place: Int) {
    let pool = MaxPool(width: 2, channels: 1)
    var input = randomNumbers(8, index: 7)
    input[place] = .nan
    var output: [Float] = [0]
    var winners: [UInt8] = [0]
    pool.forward(input, output: &output, winners: &winners)
    #expect(output[0].isNaN)
    #expect(winners[0] == UInt8(place))
  }

  @Test func theFirstOfEqualVoxelsWins() {
    let pool = MaxPool(width: 2, channels: 1)
    var output: [Float] = [0]
    var winners: [UInt8] = [255]
    pool.forward([-3, 1, 1, 0, 1, -1, 1, 1], output: &output, winners: &winners)
    #expect(output == [1])
    #expect(winners == [1])
  }

  /// Padding with zeros would win over these.
  @Test func paddingNeverWins() {
    let pool = MaxPool(width: 3, channels: 1)
    let input = (0..<27).map { Float($0) - 100 }
    var output = [Float](repeating: 0, count: 8)
    var winners = [UInt8](repeating: 0, count: 8)
    pool.forward(input, output: &output, winners: &winners)
    #expect(output == [-87, -86, -84, -83, -78, -77, -75, -74])
  }
}

@Suite struct LeakyReLUTests {
  @Test func negativeValuesAreScaledAndOthersKept() {
    var values: [Float] = [-2, -0.5, 0, 0.25, 3]
    LeakyReLU(slope: 0.03).forward(&values, count: 5)
    #expect(values == [-2 * 0.03, -0.5 * 0.03, 0, 0.25, 3])
  }

  /// Away from 0 the layer is linear, so the difference over 1/8 is exact but for rounding.
  @Test func theGradientIsThatOfFiniteDifferences() {
    let layer = LeakyReLU(slope: 0.25)
    let inputs: [Float] = [-2, -0.5, 0.25, 3]
    let outputGradient: [Float] = [1, -2, 3, -4]
    var outputs = inputs
    layer.forward(&outputs, count: 4)
    var after = inputs.map { $0 + 0.125 }
    layer.forward(&after, count: 4)
    var gradient = outputGradient
    layer.backward(outputs: outputs, gradient: &gradient, count: 4)
    for i in 0..<4 { #expect(gradient[i] == (after[i] - outputs[i]) / 0.125 * outputGradient[i]) }
  }

  /// The convention of PyTorch's leaky_relu.
  @Test func theDerivativeAtZeroIsTheSlope() {
    var gradient: [Float] = [2]
    LeakyReLU(slope: 0.03).backward(outputs: [0], gradient: &gradient, count: 1)
    #expect(gradient == [0.06])
  }

  @Test func notANumberStaysOne() {
    var values: [Float] = [.nan]
    LeakyReLU(slope: 0.03).forward(&values, count: 1)
    #expect(values[0].isNaN)
  }
}

@Suite struct DenseTests {
  @Test(arguments: [(1, 1), (3, 5), (130, 17)])
  func outputAndGradientsAreThoseOfPlainLoops(inputs: Int, outputs: Int) {
    let layer = Dense(inputs: inputs, outputs: outputs)
    let input = randomNumbers(inputs, index: 8)
    let weight = randomNumbers(inputs * outputs, index: 9)
    let bias = randomNumbers(outputs, index: 10)
    let outputGradient = randomNumbers(outputs, index: 11)
    var output = [Float](repeating: .nan, count: outputs)
    var weightGradient = [Float](repeating: .nan, count: weight.count)
    var biasGradient = [Float](repeating: .nan, count: outputs)
    var inputGradient = [Float](repeating: .nan, count: inputs)
    layer.forward(input, weight: weight, bias: bias, output: &output)
    layer.backwardParameters(
      input: input, outputGradient: outputGradient, weightGradient: &weightGradient,
      biasGradient: &biasGradient)
    layer.backwardInput(
      outputGradient: outputGradient, weight: weight, inputGradient: &inputGradient)

    let (x, w, b) = (doubles(input), doubles(weight), doubles(bias))
    #expect(worstError(output, BruteForce.dense(x, weight: w, bias: b)) < 1e-6)
    // Linear in each argument: the difference over a step of 1 is the derivative.
    func derivative(_ stepped: (_ step: Double) -> [Double]) -> Double {
      zip(zip(stepped(0.5), stepped(-0.5)), outputGradient).reduce(0) {
        $0 + ($1.0.0 - $1.0.1) * Double($1.1)
      }
    }
    func stepped(_ values: [Double], _ i: Int, _ step: Double) -> [Double] {
      var result = values
      result[i] += step
      return result
    }
    let expectedInput = x.indices.map { i in
      derivative { BruteForce.dense(stepped(x, i, $0), weight: w, bias: b) }
    }
    #expect(worstError(inputGradient, expectedInput) < 1e-6)
    let probes = Array(stride(from: 0, to: w.count, by: max(1, w.count / 50)))
    let expectedWeight = probes.map { i in
      derivative { BruteForce.dense(x, weight: stepped(w, i, $0), bias: b) }
    }
    #expect(worstError(probes.map { weightGradient[$0] }, expectedWeight) < 1e-6)
    #expect(biasGradient == outputGradient)
  }
}
