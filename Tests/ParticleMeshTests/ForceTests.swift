import Foundation
import FourierTransforms
import MPI
import Particles
import TestSupport
import Testing

@testable import ParticleMesh

@Suite(.serialized, .ranks(1...1)) struct ForceTests {
  struct Case: Sendable {
    var laplacian: ForceLaplacian
    var refinement: Int
    var wavenumber: Int
    var expected: Double
  }

  // Expected: an independent implementation with numpy's transforms in double precision, painting in
  // floats, 32^3 particles in the middle of cells displaced along x by 0.05 spacings sin(2 pi k x / L).
  @Test(arguments: [
    Case(laplacian: .threePoint, refinement: 1, wavenumber: 1, expected: 0.99674),
    Case(laplacian: .threePoint, refinement: 2, wavenumber: 1, expected: 1.00320),
    Case(laplacian: .threePoint, refinement: 2, wavenumber: 4, expected: 1.04882),
    Case(laplacian: .threePoint, refinement: 3, wavenumber: 4, expected: 1.00944),
    Case(laplacian: .continuous, refinement: 2, wavenumber: 1, expected: 1.00012),
    Case(laplacian: .continuous, refinement: 2, wavenumber: 8, expected: 1.03102),
  ])
  func aDisplacedLatticeIsAttractedAsLinearTheorySays(example: Case) throws {
    let ratio = try forceRatio(example)
    #expect(abs(ratio - example.expected) < 2e-4)
  }

  // From the same source: on the corners of cells the lattice's images are not damped.
  @Test func onTheCornersOfCellsTheForceIsTooStrong() throws {
    let example = Case(laplacian: .threePoint, refinement: 2, wavenumber: 4, expected: 1.22131)
    let ratio = try forceRatio(example, offset: 0)
    #expect(abs(ratio - example.expected) < 2e-4)
  }

  @Test(arguments: [(0.0, 1), (0.0, 2), (0.0, 3), (0.5, 1), (0.5, 2), (0.5, 3), (0.25, 2)])
  func latticeSitesAreInTheMiddleOfCells(origin: Double, refinement: Int) throws {
    let simulation = try simulation(particlesPerAxis: 10) {
      $0.latticeOrigin = origin
      $0.meshRefinement = refinement
    }
    let cell = 0x1p32 / Double(simulation.meshWidth)
    let site = origin * Double(refinement) + Double(simulation.meshOffset) / cell
    #expect(abs(site - site.rounded(.down) - 0.5) < 1e-6)
  }

  @Test func kernelsAreThoseOfTheContinuumAtLongWaves() throws {
    let decomposition = try MeshDecomposition(width: 64, rank: 0, of: 1)
    for kind in ForceLaplacian.allCases {
      let kernels = DifferenceKernels(decomposition, kind)
      let wave = 2 * Double.pi / 64
      // The differences are exact to second order for the Laplacian and to fourth for the gradient.
      #expect(abs(Double(kernels.laplacian[1]) / (wave * wave) - 1) < wave * wave / 11)
      #expect(abs(Double(kernels.gradient[63]) / -wave - 1) < wave * wave * wave * wave / 29)
      #expect(kernels.gradient[32] == 0)
      #expect(kernels.laplacian[63] == kernels.laplacian[1])
    }
  }

  /// The force on the displaced lattice in units of the displacement: 1 in linear theory.
  private func forceRatio(_ example: Case, offset: UInt32? = nil) throws -> Double {
    let lattice = WavyLattice(
      particlesPerAxis: 32,
      waves: [.init(axis: 0, wavenumber: (example.wavenumber, 0, 0), amplitude: 0.05)])
    let simulation = try simulation(particlesPerAxis: 32) {
      $0.meshRefinement = example.refinement
    }
    var ratio = 0.0
    try withWorld { world in
      let mesh = try DensityMesh(
        width: simulation.meshWidth, offset: offset ?? simulation.meshOffset, on: world)
      var particles = lattice.particles(
        sites: stride(from: world.rank, to: 32 * 32 * 32, by: world.size), growth: 1, momentum: 0)
      try particles.distribute(over: mesh.decomposition, offset: mesh.offset, on: world)
      try mesh.assign(particles, on: world)
      let kernels = DifferenceKernels(mesh.decomposition, example.laplacian)
      try mesh.kick(&particles, by: 1, kernels, on: world)
      var product = 0.0
      var square = 0.0
      for particle in 0..<particles.count {
        let wave = lattice.displacement(Int(particles.sites[particle]))[0]
        product += Double(particles.momenta[3 * particle]) * wave
        square += wave * wave
      }
      // The force is in cells, of which there are `refinement` to a spacing.
      ratio =
        try world.allReduce(product, .sum) / world.allReduce(square, .sum)
        / Double(example.refinement)
    }
    return ratio
  }
}
