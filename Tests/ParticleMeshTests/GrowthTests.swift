import Foundation
import LinearTheory
import MPI
import ParticleMesh
import Particles
import TestSupport
import Testing

@Suite(.serialized, .ranks(1...1)) struct GrowthTests {
  /// A wave of k / k_Nyquist = 1/16 that is still linear today: 0.05 spacings.
  private let lattice = WavyLattice(
    particlesPerAxis: 32, waves: [.init(axis: 0, wavenumber: (1, 0, 0), amplitude: 0.05)])

  // Expected: the same steps of two numbers, displacement and momentum, in Python in double precision with
  // the force of linear theory times 1.0032, which discreteness makes of it (see ForceTests).
  @Test(arguments: [(1, 1.00267), (2, 1.00339), (5, 1.00411), (10, 1.00437), (40, 1.00449)])
  func aLinearModeGrowsByDInAnyNumberOfSteps(steps: Int, expected: Double) throws {
    let ratio = try growthRatio(steps: steps, factors: .fastPM)
    #expect(abs(ratio - 1) < 0.01)
    #expect(abs(ratio - expected) < 2e-4)
  }

  // Expected as above; with a force that is not 1.0032 too strong both are 1 to 1e-15.
  @Test(arguments: [(TimeSteps.Spacing.scaleFactor, 1.00397), (.logarithm, 1.00426)])
  func theSpacingOfStepsHardlyMattersForALinearMode(
    spacing: TimeSteps.Spacing, expected: Double
  ) throws {
    let ratio = try growthRatio(steps: 4, factors: .fastPM, spacing: spacing)
    #expect(abs(ratio - expected) < 2e-4)
  }

  // The force is 1.0032 times that of linear theory (see ForceTests), which the growth follows.
  @Test(arguments: [1, 2, 5, 10, 40]) func aLinearModeGrowsByDInAnyNumberOfBullFrogSteps(
    steps: Int
  ) throws {
    #expect(abs(try growthRatio(steps: steps, factors: .bullFrog) - 1) < 0.01)
  }

  // The negative control, expected from the same Python.
  @Test(arguments: [(1, 0.4857), (5, 0.8307), (10, 0.9290)])
  func standardFactorsLoseGrowthInFewSteps(steps: Int, expected: Double) throws {
    #expect(abs(try growthRatio(steps: steps, factors: .standard) - expected) < 2e-4)
  }

  @Test func momentumIsOfLinearTheoryAtTheEnd() throws {
    try withWorld { world in
      let simulation = try simulation(particlesPerAxis: 32) { $0.steps.count = 3 }
      let end = try gathered(
        try simulation.run(from: lattice.start(simulation, on: world), on: world), on: world)
      let growth = simulation.growth
      let spacing = lattice.box.width / 32
      let ratio = amplitude(of: { Double(end.momenta[3 * $0]) / spacing }, end)
      // p = a^2 E f1 D1 displacement at a = 1, where E = D1 = 1.
      #expect(abs(ratio / growth.firstRate(at: 1) - 1) < 0.01)
    }
  }

  /// The amplitude of the displacement at the end in units of the waves'.
  private func growthRatio(
    steps: Int, factors: TimeStepFactors.Scheme, spacing: TimeSteps.Spacing = .scaleFactor
  ) throws -> Double {
    var ratio = 0.0
    try withWorld { world in
      let simulation = try simulation(particlesPerAxis: 32) {
        $0.steps.count = steps
        $0.steps.spacing = spacing
        $0.factors = factors
      }
      let end = try gathered(
        try simulation.run(from: lattice.start(simulation, on: world), on: world), on: world)
      let still = lattice.particles(sites: 0..<end.count, growth: 0, momentum: 0)
      ratio = amplitude(
        of: { particle in
          let moved = end.positions[3 * particle] &- still.positions[3 * particle]
          return Double(Int32(bitPattern: moved)) * 0x1p-32 * 32
        }, end)
    }
    return ratio
  }

  /// The projection of a quantity of the particles on the wave, whose own is 1.
  private func amplitude(of quantity: (Int) -> Double, _ particles: Particles) -> Double {
    var product = 0.0
    var square = 0.0
    for particle in 0..<particles.count {
      let wave = lattice.displacement(particle)[0]
      product += quantity(particle) * wave
      square += wave * wave
    }
    return product / square
  }
}
