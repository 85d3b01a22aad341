import CKernels
import Foundation
import Testing

/// The passes over points of Gaussian mixtures in space, on every instruction set of this CPU.
@Suite struct SpatialMixtureTests {
  /// Not a whole number of tiles.
  static let count = 8 * 53

  /// Coordinates and weights.
  static func points() -> [[Double]] {
    var generator = TestGenerator(seed: 4)
    let coordinates = (0..<3).map { _ in
      (0..<count).map { _ in Double.random(in: -3..<3, using: &generator) }
    }
    return coordinates + [(0..<count).map { _ in Double(Int.random(in: 0...3, using: &generator)) }]
  }

  static func components(_ count: Int) -> [halompi_spatial_gaussian] {
    var generator = TestGenerator(seed: 9)
    func random(_ range: Range<Double>) -> Double { Double.random(in: range, using: &generator) }
    return (0..<count).map { _ in
      let (xx, yy, zz) = (random(0.5..<4), random(0.5..<4), random(0.5..<4))
      return halompi_spatial_gaussian(
        log_scale: log(xx * yy * zz / Double(count)) - 1.5 * log(2 * Double.pi),
        mean_x: random(-2..<2), mean_y: random(-2..<2), mean_z: random(-2..<2), inverse_xx: xx,
        inverse_yx: random(-1..<1), inverse_yy: yy, inverse_zx: random(-1..<1),
        inverse_zy: random(-1..<1), inverse_zz: zz)
    }
  }

  static func step(
    _ components: [halompi_spatial_gaussian], _ instructions: InstructionSet,
    _ precision: halompi_precision = HALOMPI_DOUBLE
  ) -> [Double] {
    let points = points()
    var sums = [halompi_spatial_sums](repeating: .init(), count: components.count)
    let likelihood = halompi_spatial_mixture_step(
      components, components.count, points[0], points[1], points[2], points[3], count, &sums,
      precision, instructions.value)
    return [likelihood]
      + sums.flatMap { [$0.weight, $0.x, $0.y, $0.z, $0.xx, $0.xy, $0.xz, $0.yy, $0.yz, $0.zz] }
  }

  static func cell(
    _ components: [halompi_spatial_gaussian], _ instructions: InstructionSet
  ) -> Double {
    let places = (0..<24).map { Double($0 % 8) / 4 - 1 }
    let weights = (0..<24).map { 1 + Double($0) / 24 }
    return halompi_spatial_mixture_cell(
      components, components.count, [0.1, 0.2, 0.3], [1, 0.5, 2, -0.5, 0.25, 1.5], places, weights,
      instructions.value)
  }

  @Test(arguments: [1, 2, 5, 64])
  func everyInstructionSetGivesTheSameBits(_ componentCount: Int) {
    let components = Self.components(componentCount)
    for instructions in InstructionSet.supported {
      for precision in [HALOMPI_DOUBLE, HALOMPI_SINGLE] {
        #expect(
          Self.step(components, instructions, precision).map(\.bitPattern)
            == Self.step(components, .portable, precision).map(\.bitPattern))
      }
      #expect(
        Self.cell(components, instructions).bitPattern
          == Self.cell(components, .portable).bitPattern)
    }
  }

  @Test(arguments: [1, 5, 64])
  func singlePrecisionIsRightToAFewFloats(_ componentCount: Int) {
    let components = Self.components(componentCount)
    let exact = Self.step(components, .portable)
    let single = Self.step(components, .portable, HALOMPI_SINGLE)
    let error = abs(single[0] / exact[0] - 1)
    #expect(error < 3e-7 && error > 1e-12)
    let scale = Self.points()[3].reduce(0, +)
    for (own, expected) in zip(single, exact).dropFirst() {
      #expect(abs(own - expected) < 5e-6 * max(abs(expected), 0.01 * scale))
    }
  }

  /// ln p of one point, and the responsibilities, with the exp and log of the C library.
  private func density(
    _ components: [halompi_spatial_gaussian], _ x: Double, _ y: Double, _ z: Double
  ) -> (log: Double, shares: [Double]) {
    let parts = components.map { c -> Double in
      let (dx, dy, dz) = (x - c.mean_x, y - c.mean_y, z - c.mean_z)
      let u = c.inverse_xx * dx
      let v = c.inverse_yx * dx + c.inverse_yy * dy
      let w = c.inverse_zx * dx + c.inverse_zy * dy + c.inverse_zz * dz
      return exp(c.log_scale - 0.5 * (u * u + v * v + w * w))
    }
    let sum = parts.reduce(0, +)
    return (log(sum), parts.map { $0 / sum })
  }

  @Test func theSumsAreThoseOfTheDefinition() {
    let components = Self.components(3)
    let points = Self.points()
    var expected = [Double](repeating: 0, count: 31)
    for row in 0..<Self.count {
      let (x, y, z, weight) = (points[0][row], points[1][row], points[2][row], points[3][row])
      let (log, shares) = density(components, x, y, z)
      expected[0] += weight * log
      for (k, c) in components.enumerated() {
        let r = weight * shares[k]
        let (dx, dy, dz) = (x - c.mean_x, y - c.mean_y, z - c.mean_z)
        let moments = [1, dx, dy, dz, dx * dx, dx * dy, dx * dz, dy * dy, dy * dz, dz * dz]
        for (place, moment) in moments.enumerated() { expected[1 + 10 * k + place] += r * moment }
      }
    }
    for (value, expected) in zip(Self.step(components, .portable), expected) {
      #expect(abs(value - expected) < 1e-9 * max(1, abs(expected)))
    }
    var cell = 0.0
    for (k, j, i) in (0..<512).map({ ($0 / 64, $0 / 8 % 8, $0 % 8) }) {
      let (u, v, w) = (Double(i) / 4 - 1, Double(j) / 4 - 1, Double(k) / 4 - 1)
      let weight =
        (1 + Double(i) / 24) * (1 + Double(8 + j) / 24) * (1 + Double(16 + k) / 24)
      cell +=
        weight
        * density(
          components, 0.1 + u, 0.2 + 0.5 * u + 2 * v, 0.3 - 0.5 * u + 0.25 * v + 1.5 * w
        ).log
    }
    #expect(abs(Self.cell(components, .portable) / cell - 1) < 1e-12)
  }
}
