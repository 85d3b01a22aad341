import CKernels
import Testing

/// The exact reduction and the optimizer, on every instruction set of this CPU.
@Suite struct ElementwiseTests {
  /// Not multiples of the vector length, so that the remainders are tested too.
  static let count = 1003

  static func accumulate(
    _ values: [Float], exponent: Int32, into accumulator: inout [Int64],
    _ instructions: InstructionSet
  ) -> halompi_accumulation {
    halompi_accumulate_fixed(values, &accumulator, values.count, exponent, instructions.value)
  }

  @Test(arguments: InstructionSet.supported)
  func accumulationAddsTheNearestIntegers(_ instructions: InstructionSet) {
    var generator = TestGenerator(seed: 1)
    var sums = [Int64](repeating: 0, count: Self.count)
    var expected = sums
    for scale: Float in [1e-12, 1e-3, 1, 1000] {
      let values = generator.values(Self.count, scale: scale)
      #expect(
        Self.accumulate(values, exponent: 40, into: &sums, instructions) == HALOMPI_ACCUMULATED)
      for i in values.indices {
        let scaled = Double(values[i]) * 0x1p40
        expected[i] += Int64(scaled.rounded(.toNearestOrEven))
      }
    }
    #expect(sums == expected)
  }

  @Test(arguments: InstructionSet.supported)
  func tiesAreRoundedToEvenAndTheRangeEndsBelowTwoToTheFiftyOne(
    _ instructions: InstructionSet
  ) {
    var sums = [Int64](repeating: 10, count: 6)
    let ties: [Float] = [0.5, 1.5, -0.5, -1.5, 2.5, -0.0]
    #expect(Self.accumulate(ties, exponent: 0, into: &sums, instructions) == HALOMPI_ACCUMULATED)
    #expect(sums == [10, 12, 10, 8, 12, 10])

    let below = (Float(0x1p51)).nextDown
    var extremes: [Int64] = [0, 0]
    #expect(
      Self.accumulate([below, -below], exponent: 0, into: &extremes, instructions)
        == HALOMPI_ACCUMULATED)
    #expect(extremes == [Int64(below), -Int64(below)])
  }

  @Test(arguments: InstructionSet.supported)
  func oneBadValueAnywhereIsReported(_ instructions: InstructionSet) {
    let cases: [(Float, halompi_accumulation)] = [
      (0x1p51, HALOMPI_OUT_OF_RANGE), (-0x1p51, HALOMPI_OUT_OF_RANGE),
      (.greatestFiniteMagnitude, HALOMPI_OUT_OF_RANGE), (.infinity, HALOMPI_NOT_FINITE),
      (-.infinity, HALOMPI_NOT_FINITE), (.nan, HALOMPI_NOT_FINITE),
    ]
    for (bad, expected) in cases {
      for position in [0, 17, 500, Self.count - 1] {
        var values = [Float](repeating: 1, count: Self.count)
        values[position] = bad
        var sums = [Int64](repeating: 0, count: Self.count)
        #expect(Self.accumulate(values, exponent: 0, into: &sums, instructions) == expected)
      }
    }
  }

  @Test(arguments: InstructionSet.supported)
  func meansOfFixedPointSumsAreRoundedOnce(_ instructions: InstructionSet) {
    var generator = TestGenerator(seed: 2)
    let sums = (0..<Self.count).map { _ in
      Int64.random(in: -(1 << 53)...(1 << 53), using: &generator)
    }
    var means = [Float](repeating: .nan, count: Self.count)
    let scale = 0x1p-40 / 64
    halompi_fixed_to_float(sums, &means, sums.count, scale, instructions.value)
    #expect(means == sums.map { Float(Double($0) * scale) })
  }

  @Test(arguments: InstructionSet.supported)
  func amsgradDoesPlainFloatArithmetic(_ instructions: InstructionSet) {
    var generator = TestGenerator(seed: 3)
    let step = halompi_amsgrad_step(
      rate: 5e-5, first_decay: 0.9, first_share: 0.1, second_decay: 0.999, second_share: 0.001,
      epsilon: 1e-8)
    var gradient = generator.values(Self.count, scale: 1)
    gradient[500] = .nan
    let start = generator.values(Self.count, scale: 1)
    let squares = generator.values(Self.count, scale: 1).map { $0 * $0 }
    let largestBefore = generator.values(Self.count, scale: 1).map { $0 * $0 }
    var first = generator.values(Self.count, scale: 1)
    let firstBefore = first
    var second = squares
    var largest = largestBefore
    var parameters = start
    halompi_amsgrad(
      step, gradient, &first, &second, &largest, &parameters, Self.count, instructions.value)
    for i in gradient.indices {
      let g = gradient[i]
      guard g == g else {
        #expect(first[i].isNaN && second[i].isNaN && largest[i].isNaN && parameters[i].isNaN)
        continue
      }
      let m = step.first_decay * firstBefore[i] + step.first_share * g
      let v = step.second_decay * squares[i] + step.second_share * (g * g)
      let vHat = max(largestBefore[i], v)
      let w = start[i] - step.rate * m / (vHat.squareRoot() + step.epsilon)
      #expect(first[i] == m && second[i] == v && largest[i] == vHat && parameters[i] == w)
    }
  }
}
