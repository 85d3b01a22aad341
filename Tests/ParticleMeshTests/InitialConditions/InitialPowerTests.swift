import Foundation
import FourierTransforms
import LinearTheory
import MPI
import Particles
import TestSupport
import Testing

@testable import ParticleMesh

@Suite(.ranks(1...1)) struct InitialPowerTests {
  /// The particles at z = 99, painted and measured as those of any time, have the power of the spectrum.
  ///
  /// A field of fixed amplitude has no cosmic variance. What is left is the product of first and second
  /// order, which changes its sign with the field's: the mean of the pair is without, and off by at most
  /// 0.7 %. Expected: P(k) D1^2, averaged over the modes of each shell. The control is a field of random
  /// amplitudes.
  @Test func particlesAtRedshift99HaveTheInputPower() throws {
    let fixed = try ratios(.init(seed: 3, amplitudesAreFixed: true))
    let partner = try ratios(
      .init(seed: 3, amplitudesAreFixed: true, phasesAreInverted: true))
    #expect(largestDeviation(fixed) < 0.02)
    #expect(largestDeviation(zip(fixed, partner).map { ($0 + $1) / 2 }) < 0.01)
    #expect(largestDeviation(try ratios(.init(seed: 3))) > 0.03)
  }

  /// Displaced lattice sites have power at multiples of the lattice's wavenumber, which a coarse mesh
  /// takes for that of long waves: at z = 799, where second order is nothing, 0.9 % on a mesh of twice
  /// as many cells as sites along each axis and 0.3 % on one of four times as many.
  @Test func whatIsLeftIsTheMeshOfTheMeasurement() throws {
    let settings = WhiteNoise.Settings(seed: 3, amplitudesAreFixed: true)
    let coarse = largestDeviation(try ratios(settings, at: 1 / 800.0, refinement: 2))
    let fine = largestDeviation(try ratios(settings, at: 1 / 800.0, refinement: 4))
    #expect(coarse < 0.01)
    #expect(fine < 0.004 && fine < coarse / 2.5)
  }

  private func largestDeviation(_ ratios: [Double]) -> Double {
    ratios.map { abs($0 - 1) }.max() ?? .nan
  }

  /// The measured power over that expected in the shells below half of the particles' Nyquist wavenumber.
  private func ratios(
    _ settings: WhiteNoise.Settings, at a: Double = 0.01, refinement: Int = 4
  ) throws -> [Double] {
    let universe = try SmallUniverse()
    let width = 64
    var ratios: [Double] = []
    try withWorld { world in
      let transform = try FourierTransform(width: width, on: world)
      let motion = universe.motion(
        of: try universe.field(settings).modes(on: transform.decomposition), transform)
      var particles = try motion.particles(at: a, order: .first, on: world)
      // Lattice sites are in the middle of cells.
      let offset = UInt32((1 << 32) / (2 * refinement * width))
      let mesh = try DensityMesh(width: refinement * width, offset: offset, on: world)
      try particles.distribute(over: mesh.decomposition, offset: offset, on: world)
      try mesh.assign(particles, on: world)
      let measured = try mesh.powerSpectrum(
        in: universe.box, subtractsShotNoise: false, on: world)

      let growth = universe.growth.first(at: a)
      let most = width / 4
      var expected = [(power: Double, modes: Double)](repeating: (0, 0), count: most)
      for x in -most...most {
        for y in -most...most {
          for z in -most...most {
            let length = Double(x * x + y * y + z * z).squareRoot()
            let shell = Int(length + 0.5) - 1
            guard (0..<most - 1).contains(shell) else { continue }
            let k = 2 * .pi / universe.box.width * length
            expected[shell].power += try universe.spectrum.value(at: k) * growth * growth
            expected[shell].modes += 1
          }
        }
      }
      for shell in 0..<most - 1 {
        ratios.append(measured.powers[shell] * expected[shell].modes / expected[shell].power)
      }
    }
    return ratios
  }
}
