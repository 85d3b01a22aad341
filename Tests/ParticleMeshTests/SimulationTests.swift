import Failures
import FourierTransforms
import LinearTheory
import MPI
import Particles
import TestSupport
import Testing

@testable import ParticleMesh

@Suite(.serialized) struct SimulationTests {
  private let lattice = WavyLattice.crossing(particlesPerAxis: 12)

  @Test(.ranks(2...5), arguments: [2, 3])
  func bitsAreThoseOfOneRank(refinement: Int) throws {
    try withWorld { world in
      let simulation = try simulation(particlesPerAxis: 12) {
        $0.steps.count = 4
        $0.meshRefinement = refinement
        $0.spectrumRedshifts = [19, 0]
      }
      let alone = try world.split(color: world.rank, key: 0)
      var expectedSpectra: [PowerSpectrum] = []
      let expected = try simulation.run(
        from: lattice.start(simulation, on: alone), on: alone,
        spectrum: { expectedSpectra.append($1) })
      var spectra: [PowerSpectrum] = []
      let together = try simulation.run(
        from: lattice.start(simulation, on: world), on: world, spectrum: { spectra.append($1) })
      let all = try gathered(together, on: world)
      #expect(all == expected)
      #expect(spectra == expectedSpectra)
      #expect(together.sites == together.sites.sorted())
    }
  }

  @Test(arguments: [2, 3, 7])
  func bitsAreThoseOfOneThread(threads: Int) throws {
    try withWorld { world in
      let one = try simulation(particlesPerAxis: 12) { $0.steps.count = 3 }
      let several = try simulation(particlesPerAxis: 12) {
        $0.steps.count = 3
        $0.threads = threads
      }
      let expected = try one.run(from: lattice.start(one, on: world), on: world)
      let result = try several.run(from: lattice.start(several, on: world), on: world)
      #expect(result == expected)
    }
  }

  @Test func resumingAfterAnyStepGivesTheSameBits() throws {
    try withWorld { world in
      let simulation = try simulation(particlesPerAxis: 12) { $0.steps.count = 4 }
      var states: [SimulationState] = []
      let expected = try simulation.run(
        from: lattice.start(simulation, on: world), on: world, afterStep: { states.append($0) })
      let resumed = try states.map { try simulation.run(from: $0, on: world) }
      #expect(states.map(\.completedSteps) == [1, 2, 3, 4])
      #expect(resumed.allSatisfy { $0 == expected })
      #expect(states.last?.particles == expected)
    }
  }

  @Test func whatTheHookThrowsEndsTheRun() throws {
    struct Stop: Error {}
    try withWorld { world in
      let simulation = try simulation(particlesPerAxis: 12) { $0.steps.count = 4 }
      var completed = 0
      #expect(throws: Stop.self) {
        try simulation.run(
          from: lattice.start(simulation, on: world), on: world,
          progress: { completed = $0.completedSteps },
          afterStep: { if $0.completedSteps == 2 { throw Stop() } })
      }
      #expect(completed == 2)
    }
  }

  @Test func momentumIsConserved() throws {
    try withWorld { world in
      let simulation = try simulation(particlesPerAxis: 12) { $0.steps.count = 5 }
      let end = try gathered(
        try simulation.run(from: lattice.start(simulation, on: world), on: world), on: world)
      for axis in 0..<3 {
        var sum = 0.0
        var magnitude = 0.0
        for particle in 0..<end.count {
          sum += Double(end.momenta[3 * particle + axis])
          magnitude += abs(Double(end.momenta[3 * particle + axis]))
        }
        // The symmetry of the force is broken by roundings of 2^-16 of a particle only.
        #expect(abs(sum) < 1e-4 * magnitude)
      }
    }
  }

  @Test func particlesGoToTheirPlanesInTheOrderOfSites() throws {
    try withWorld { world in
      let decomposition = try MeshDecomposition(width: 9, on: world)
      let count = 1000
      var particles = scatteredParticles(
        stride(from: count - 1 - world.rank, through: 0, by: -world.size))
      for index in particles.momenta.indices { particles.momenta[index] = Float(index) }
      let before = try gathered(particles, on: world)
      try particles.distribute(over: decomposition, offset: 1 << 30, on: world)
      let after = try gathered(particles, on: world)
      #expect(after == before)
      // 1000 scattered particles: no slab of a ninth or more is without.
      #expect(particles.count > 50)
      #expect(particles.sites == particles.sites.sorted())
      for particle in 0..<particles.count {
        let shifted = particles.positions[3 * particle] &+ (1 << 30)
        let plane = Int((UInt64(shifted) * 9) >> 32)
        #expect(decomposition.planes.contains(plane))
      }
    }
  }

  @Test func aMeshAsCoarseAsTheParticlesIsWarnedOf() {
    var settings = ParticleMeshSettings()
    #expect(settings.warnings.isEmpty)
    settings.meshRefinement = 1
    #expect(settings.warnings.count == 1)
    #expect(settings.warnings.first?.contains("128 particles") == true)
  }

  @Test(arguments: [
    ("meshRefinement", changed(\.meshRefinement, 4)), ("step count", changed(\.steps.count, 0)),
    ("steps from a", changed(\.steps.start, 1.5)), ("latticeOrigin", changed(\.latticeOrigin, 1)),
    ("threads", changed(\.threads, 0)),
    ("spectrumRedshifts", changed(\.spectrumRedshifts, [20])),
  ])
  func absurdSettingsAreNamed(name: String, settings: ParticleMeshSettings) {
    var message = ""
    do throws(Failure) {
      try settings.check()
    } catch { message = "\(error)" }
    #expect(message.contains(name))
  }

  @Test func missingParticlesAreRefused() throws {
    try withWorld { world in
      let simulation = try simulation(particlesPerAxis: 13)
      #expect(throws: Failure.self) {
        try simulation.run(from: lattice.start(simulation, on: world), on: world)
      }
    }
  }

  @Test func aStateOfALongerRunIsRefused() throws {
    try withWorld { world in
      let simulation = try simulation(particlesPerAxis: 12) { $0.steps.count = 4 }
      var state = lattice.start(simulation, on: world)
      state.completedSteps = 5
      #expect(throws: Failure.self) { try simulation.run(from: state, on: world) }
    }
  }

  @Test func stepsEndAtTheirEnds() {
    let linear = TimeSteps(start: 0.1, end: 1, count: 9)
    #expect(abs(linear.scaleFactor(after: 3) - 0.4) < 1e-15)
    let logarithmic = TimeSteps(start: 0.01, end: 1, count: 4, spacing: .logarithm)
    #expect(abs(logarithmic.scaleFactor(after: 2) - 0.1) < 1e-15)
    #expect(logarithmic.scaleFactor(after: 0) == 0.01 && logarithmic.scaleFactor(after: 4) == 1)
    #expect(abs(linear.middle(of: 0) - (0.1 * 0.2).squareRoot()) < 1e-15)
    #expect(linear.nearest(to: 0.52) == 4)
  }
}

/// The usual settings with one changed.
private func changed<Value>(
  _ setting: WritableKeyPath<ParticleMeshSettings, Value>, _ value: Value
) -> ParticleMeshSettings {
  var settings = ParticleMeshSettings()
  settings[keyPath: setting] = value
  return settings
}
