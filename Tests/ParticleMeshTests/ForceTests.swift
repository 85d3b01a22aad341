import CKernels
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
      let factors = LaplacianKernel(decomposition, kind).factors
      let wave = 2 * Double.pi / 64
      // The difference is exact to second order.
      #expect(abs(Double(factors[1]) / (wave * wave) - 1) < wave * wave / 11)
      #expect(factors[63] == factors[1])
    }
  }

  // A plane wave times FastPM's kernel '3_4', which is the continuum's wavenumber to fourth order. Particles are on
  // the corners of all cells of a slab of one plane, whose rows end with values that are none.
  @Test(arguments: [1, 2, 3, 4, 5, 6, 12])
  func theForceOfAWaveIsThatOfFastPM(width: Int) {
    let stride = width + 3
    let slab = halompi_slab(
      width: width, offset: 0, first_plane: 0, plane_stride: width * stride, row_stride: stride)
    func position(_ cell: Int) -> UInt32 {
      UInt32((Double(cell) * 0x1p32 / Double(width)).rounded(.up))
    }
    let positions: [UInt32] = (0..<width * width).flatMap {
      [0, position($0 / width), position($0 % width)]
    }
    for axis in 0..<3 {
      for wavenumber in 0...width / 2 {
        let wave = 2 * Double.pi * Double(wavenumber) / Double(width)
        func value(_ place: [Int], _ shift: Double) -> Float {
          Float(sin(wave * Double(place[axis]) + 0.3 + shift))
        }
        let planes = (-2..<4).map { x in
          (0..<width * stride).map {
            $0 % stride < width ? value([x, $0 / stride, $0 % stride], 0) : .nan
          }
        }
        var momenta = [Float](repeating: 0, count: 3 * width * width)
        withPointers(planes) {
          halompi_kick(positions, width * width, slab, $0, 2, &momenta)
        }
        let factor = Float((8 * sin(wave) - sin(2 * wave)) / 6)
        for (place, momentum) in momenta.enumerated() {
          let (particle, component) = (place / 3, place % 3)
          let wave = value([0, particle / width, particle % width], .pi / 2)
          #expect(abs(momentum - (component == axis ? 2 * factor * wave : 0)) < 4e-6)
        }
      }
    }
  }

  private func withPointers(
    _ planes: [[Float]], _ body: ([UnsafePointer<Float>?]) -> Void
  ) {
    let copies = planes.map { plane in
      let copy = UnsafeMutablePointer<Float>.allocate(capacity: plane.count)
      copy.initialize(from: plane, count: plane.count)
      return copy
    }
    body(copies.map { UnsafePointer($0) })
    for copy in copies { copy.deallocate() }
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
      let kernel = LaplacianKernel(mesh.decomposition, example.laplacian)
      try mesh.kick(&particles, by: 1, kernel, on: world)
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
