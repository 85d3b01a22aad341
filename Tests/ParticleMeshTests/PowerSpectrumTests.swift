import Foundation
import FourierTransforms
import MPI
import Particles
import TestSupport
import Testing
import Threads

@testable import ParticleMesh

@Suite(.serialized) struct PowerSpectrumTests {
  private let box = PeriodicBox(width: 25)

  @Test func particlesAtRandomHaveShotNoiseOnly() throws {
    try withWorld { world in
      let count = 20_000
      let mesh = try DensityMesh(width: 16, threads: WorkerThreads(count: 2), on: world)
      var particles = scatteredParticles(stride(from: world.rank, to: count, by: world.size))
      try particles.distribute(over: mesh.decomposition, on: world)
      try mesh.assign(particles, on: world)
      let noisy = try mesh.powerSpectrum(in: box, subtractsShotNoise: false, on: world)
      let clean = try mesh.powerSpectrum(in: box, subtractsShotNoise: true, on: world)

      let shotNoise = pow(box.width, 3) / Double(count)
      for shell in 0..<noisy.modeCounts.count {
        // The power of n modes, half of them independent, scatters by sqrt(2 / n); four sigma.
        let scatter = 4 * (2 / Double(noisy.modeCounts[shell])).squareRoot() * shotNoise
        // Past half of the Nyquist wavenumber the window amplifies what it removes.
        if shell < 4 { #expect(abs(noisy.powers[shell] - shotNoise) < scatter) }
        #expect(abs(clean.powers[shell]) < 2 * scatter)
      }
    }
  }

  @Test func aPlaneWaveHasItsPowerInItsShell() throws {
    try withWorld { world in
      // Displacements of amplitude s make a density wave of amplitude k s, to first order.
      let lattice = WavyLattice(
        particlesPerAxis: 16, box: box,
        waves: [.init(axis: 1, wavenumber: (0, 1, 0), amplitude: 0.01)])
      // The lattice is in the middle of cells.
      let mesh = try DensityMesh(width: 32, offset: 1 << 26, on: world)
      let all = stride(from: world.rank, to: 16 * 16 * 16, by: world.size)
      var particles = lattice.particles(sites: all, growth: 1, momentum: 0)
      try particles.distribute(over: mesh.decomposition, offset: mesh.offset, on: world)
      try mesh.assign(particles, on: world)
      let spectrum = try mesh.powerSpectrum(in: box, subtractsShotNoise: false, on: world)

      let fundamental = 2 * Double.pi / box.width
      let contrast = fundamental * 0.01 * box.width / 16
      // Two modes of amplitude contrast / 2 each.
      let expected = 2 * contrast * contrast / 4 * pow(box.width, 3)
      let measured = spectrum.powers[0] * Double(spectrum.modeCounts[0])
      #expect(abs(measured / expected - 1) < 0.01)
      #expect(spectrum.powers[1] < 1e-4 * spectrum.powers[0])
      #expect(abs(spectrum.wavenumbers[0] / fundamental - 1.27) < 0.2)
      // 18 wavevectors of integers have a length from 0.5 to below 1.5: 6 of length 1, 12 of sqrt 2.
      #expect(spectrum.modeCounts[0] == 18)
    }
  }
}
