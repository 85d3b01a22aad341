import CKernels
import Foundation
import Testing

/// The density of smoothed particles on voxels, on every instruction set of this CPU.
@Suite struct SmoothingTests {
  private static let width = 11

  /// Some particles inside the cube, across its faces, and beyond its reach, of all sizes of kernels.
  private static let particles: [Float] = {
    var generator = TestGenerator(seed: 7)
    let uniform = generator.values(4 * 400, scale: 1)
    return (0..<400).flatMap { index -> [Float] in
      let u = uniform[4 * index..<4 * index + 4].map { abs($0).truncatingRemainder(dividingBy: 1) }
      return [16 * u[0] - 2.5, 16 * u[1] - 2.5, 16 * u[2] - 2.5, 0.5 + 5 * u[3] * u[3] * u[3]]
    }
  }()

  private func density(of particles: [Float], _ instructions: InstructionSet) -> [Float] {
    var density = [Float](repeating: 0, count: Self.width * Self.width * Self.width)
    halompi_smooth_particles(
      particles, particles.count / 4, Int32(Self.width), &density, instructions.value)
    return density
  }

  /// By the definition, every particle at every voxel, in double precision.
  private func exactDensity(of particles: [Float]) -> [Double] {
    (0..<Self.width * Self.width * Self.width).map { voxel in
      let place =
        [voxel / (Self.width * Self.width), voxel / Self.width % Self.width]
        + [voxel % Self.width]
      return stride(from: 0, to: particles.count, by: 4).reduce(0.0) { sum, start in
        let square = (0..<3).reduce(0.0) {
          $0 + pow(Double(place[$1]) - Double(particles[start + $1]), 2)
        }
        let h = Double(particles[start + 3])
        let q = square.squareRoot() / h
        let spline =
          q < 1 ? 1 - 1.5 * q * q + 0.75 * q * q * q : q < 2 ? pow(2 - q, 3) / 4 : 0
        return sum + spline / (.pi * h * h * h)
      }
    }
  }

  /// 2e-6 of the largest density is some roundings of a sum of up to 400 terms.
  @Test(arguments: InstructionSet.supported)
  func everyVoxelHasTheSumOfItsParticlesKernels(_ instructions: InstructionSet) throws {
    let found = density(of: Self.particles, instructions)
    let exact = exactDensity(of: Self.particles)
    let largest = try #require(exact.max())
    #expect(exact.count { $0 > 0 } > 1300)
    for (found, exact) in zip(found, exact) {
      #expect(abs(Double(found) - exact) < 2e-6 * largest)
    }
  }

  @Test func theBitsAreThoseOfEveryInstructionSet() {
    let all = InstructionSet.supported.map { density(of: Self.particles, $0) }
    for each in all { #expect(each.map(\.bitPattern) == all[0].map(\.bitPattern)) }
  }

  /// The integral of the kernel is 1; a sum over voxels is one to a percent for h of two voxels.
  @Test func aParticleAmidTheCubeHasTheMassOfOne() {
    let mass = density(of: [5.2, 4.9, 5.4, 2], .portable).reduce(0, +)
    #expect(abs(mass - 1) < 0.01)
  }

  @Test func particlesThatDoNotReachTheCubeAddNothing() {
    let outside: [Float] = [-3, 5, 5, 1.5, 5, 13.1, 5, 1.5, 5, 5, .greatestFiniteMagnitude, 2]
    #expect(density(of: outside, .portable).allSatisfy { $0 == 0 })
  }
}
