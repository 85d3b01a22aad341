import CKernels
import Foundation
import Testing

/// The passes over points of Gaussian mixtures, on every instruction set of this CPU.
@Suite struct GaussianMixtureTests {
  /// Not a whole number of tiles.
  static let count = 8 * 53

  struct Points {
    var x: [Double] = []
    var y: [Double] = []
    var weights: [Double] = []

    init(seed: UInt64) {
      var generator = TestGenerator(seed: seed)
      for _ in 0..<GaussianMixtureTests.count {
        x.append(Double.random(in: -3..<3, using: &generator))
        y.append(Double.random(in: -3..<3, using: &generator))
        weights.append(Double(Int.random(in: 0...3, using: &generator)))
      }
    }
  }

  /// Components with means in the square and correlations; the scales are those of a normalized mixture.
  static func components(_ count: Int) -> [halompi_gaussian] {
    var generator = TestGenerator(seed: 7)
    return (0..<count).map { _ in
      let sx = Double.random(in: 0.2..<2, using: &generator)
      let sy = Double.random(in: 0.2..<2, using: &generator)
      let slope = Double.random(in: -1..<1, using: &generator)
      let logWeight = -log(Double(count))
      let deviationY = hypot(sy, slope * sx)
      return halompi_gaussian(
        log_scale: logWeight - log(2 * Double.pi * sx * sy),
        mean_x: Double.random(in: -2..<2, using: &generator),
        mean_y: Double.random(in: -2..<2, using: &generator), inverse_xx: 1 / sx,
        inverse_yx: -slope / sy, inverse_yy: 1 / sy,
        log_scale_x: logWeight - 0.5 * log(2 * Double.pi) - log(sx), inverse_x: 1 / sx,
        log_scale_y: logWeight - 0.5 * log(2 * Double.pi) - log(deviationY),
        inverse_y: 1 / deviationY)
    }
  }

  static func step(
    _ components: [halompi_gaussian], _ points: Points, _ instructions: InstructionSet,
    _ precision: halompi_precision = HALOMPI_DOUBLE
  ) -> (likelihood: Double, sums: [halompi_gaussian_sums]) {
    var sums = [halompi_gaussian_sums](repeating: .init(), count: components.count)
    let likelihood = halompi_mixture_step(
      components, components.count, points.x, points.y, points.weights, count, &sums,
      precision, instructions.value)
    return (likelihood, sums)
  }

  static func logRatio(
    _ components: [halompi_gaussian], _ points: Points, _ instructions: InstructionSet
  ) -> Double {
    halompi_mixture_log_ratio(
      components, components.count, points.x, points.y, points.weights, count, instructions.value)
  }

  static func numbers(_ sums: [halompi_gaussian_sums]) -> [Double] {
    sums.flatMap { [$0.weight, $0.x, $0.y, $0.xx, $0.xy, $0.yy] }
  }

  @Test(arguments: [1, 2, 5, 64])
  func everyInstructionSetGivesTheSameBits(_ componentCount: Int) {
    let components = Self.components(componentCount)
    let points = Points(seed: 2)
    for precision in [HALOMPI_DOUBLE, HALOMPI_SINGLE] {
      let expected = Self.step(components, points, .portable, precision)
      for instructions in InstructionSet.supported {
        let result = Self.step(components, points, instructions, precision)
        #expect(result.likelihood.bitPattern == expected.likelihood.bitPattern)
        #expect(
          Self.numbers(result.sums).map(\.bitPattern)
            == Self.numbers(expected.sums).map(\.bitPattern))
      }
    }
    let expectedRatio = Self.logRatio(components, points, .portable)
    for instructions in InstructionSet.supported {
      #expect(
        Self.logRatio(components, points, instructions).bitPattern == expectedRatio.bitPattern)
    }
  }

  /// Floats are right to their precision, and no better: they are not doubles by another name.
  @Test(arguments: [1, 5, 64])
  func singlePrecisionIsRightToAFewFloats(_ componentCount: Int) {
    let components = Self.components(componentCount)
    let points = Points(seed: 3)
    let exact = Self.step(components, points, .portable)
    let single = Self.step(components, points, .portable, HALOMPI_SINGLE)
    let error = abs(single.likelihood / exact.likelihood - 1)
    #expect(error < 3e-7 && error > 1e-12)
    let scale = points.weights.reduce(0, +)
    for (own, expected) in zip(Self.numbers(single.sums), Self.numbers(exact.sums)) {
      #expect(abs(own - expected) < 5e-6 * max(abs(expected), 0.01 * scale))
    }
  }

  /// Against the same sums written plainly, with the exp and log of the C library.
  @Test(arguments: InstructionSet.supported)
  func theSumsAreThoseOfTheDefinition(_ instructions: InstructionSet) {
    let components = Self.components(5)
    let points = Points(seed: 3)
    var likelihood = 0.0
    var ratio = 0.0
    var sums = [Double](repeating: 0, count: 30)
    for i in 0..<Self.count {
      var joint: [Double] = []
      var ofX = 0.0
      var ofY = 0.0
      for c in components {
        let dx = points.x[i] - c.mean_x
        let dy = points.y[i] - c.mean_y
        let u = c.inverse_xx * dx
        let v = c.inverse_yx * dx + c.inverse_yy * dy
        joint.append(exp(c.log_scale - 0.5 * (u * u + v * v)))
        ofX += exp(c.log_scale_x - 0.5 * dx * dx * c.inverse_x * c.inverse_x)
        ofY += exp(c.log_scale_y - 0.5 * dy * dy * c.inverse_y * c.inverse_y)
      }
      let density = joint.reduce(0, +)
      likelihood += points.weights[i] * log(density)
      ratio += points.weights[i] * (log(density) - log(ofX) - log(ofY))
      for (k, c) in components.enumerated() {
        let r = points.weights[i] * joint[k] / density
        let dx = points.x[i] - c.mean_x
        let dy = points.y[i] - c.mean_y
        for (place, term) in [1, dx, dy, dx * dx, dx * dy, dy * dy].enumerated() {
          sums[6 * k + place] += r * term
        }
      }
    }
    let result = Self.step(components, points, instructions)
    #expect(abs(result.likelihood - likelihood) < 1e-13 * abs(likelihood))
    #expect(abs(Self.logRatio(components, points, instructions) - ratio) < 1e-12 * abs(ratio))
    for (own, expected) in zip(Self.numbers(result.sums), sums) {
      #expect(abs(own - expected) < 1e-12 * max(1, abs(expected)))
    }
  }

  /// Points a million deviations away have densities far below the smallest number; their logarithm is exact.
  @Test(arguments: InstructionSet.supported)
  func distantPointsKeepTheirLogarithm(_ instructions: InstructionSet) {
    let components = [
      halompi_gaussian(
        log_scale: 0, mean_x: 0, mean_y: 0, inverse_xx: 1, inverse_yx: 0, inverse_yy: 1,
        log_scale_x: 0, inverse_x: 1, log_scale_y: 0, inverse_y: 1),
      halompi_gaussian(
        log_scale: 0, mean_x: 1, mean_y: 0, inverse_xx: 1, inverse_yx: 0, inverse_yy: 1,
        log_scale_x: 0, inverse_x: 1, log_scale_y: 0, inverse_y: 1),
    ]
    let x = [Double](repeating: -1e6, count: 8)
    let zeros = [Double](repeating: 0, count: 8)
    let weights = [1.0] + [Double](repeating: 0, count: 7)
    var sums = [halompi_gaussian_sums](repeating: .init(), count: 2)
    let likelihood = halompi_mixture_step(
      components, 2, x, zeros, weights, 8, &sums, HALOMPI_DOUBLE, instructions.value)
    #expect(likelihood == -5e11)
    #expect(sums[0].weight == 1)
    #expect(sums[1].weight < 1e-250)
    #expect(abs(sums[0].x + 1e6) < 1e-6)
  }
}
