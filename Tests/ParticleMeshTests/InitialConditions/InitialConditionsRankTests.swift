import MPI
import ParticleMesh
import Particles
import TestSupport
import Testing
import Threads

@testable import FourierTransforms

@Suite struct InitialConditionsRankTests {
  /// Modes, particles of both orders and the field found again are those of one rank, bit for bit.
  @Test(.ranks(1...5))
  func initialConditionsAreTheSameForAnyNumberOfRanks() throws {
    let universe = try SmallUniverse()
    try withWorld { world in
      for threads in [1, 3] {
        let together = try bits(universe, threads: threads, on: world)
        let alone = try world.split(color: world.rank, key: 0)
        let expected = try bits(universe, threads: 1, on: alone)
        let equal = try world.allGatherVarying([together == expected ? Int64(1) : 0]).elements
        #expect(equal == [Int64](repeating: 1, count: world.size))
      }
    }
  }

  /// All ranks' particles, linear density and modes that were found again, in the order of sites.
  private func bits(
    _ universe: SmallUniverse, threads: Int, on communicator: borrowing Communicator
  ) throws -> [[UInt32]] {
    let width = 12
    let transform = try FourierTransform(
      width: width, threads: WorkerThreads(count: threads), on: communicator)
    let motion = universe.motion(
      of: try universe.field(.init(seed: 8))
        .modes(on: transform.decomposition, threads: transform.threads), transform)
    var parts: [[UInt32]] = []
    for (a, order) in [(0.01, LagrangianPerturbation.Order.first), (0.05, .second)] {
      let particles = try motion.particles(at: a, order: order, on: communicator)
      parts.append(try communicator.allGatherVarying(particles.positions).elements)
      let momenta = particles.momenta.map(\.bitPattern)
      parts.append(try communicator.allGatherVarying(momenta).elements)
      let found = try LagrangianPerturbation.linearModes(
        undoing: particles.displacements(
          fromPlanes: transform.decomposition.planes, width: width, in: universe.box),
        at: a, order: order, transform: transform, growth: universe.growth, in: universe.box,
        on: communicator)
      var modes: [UInt32] = []
      found.forEachMode { modes += [$1.real.bitPattern, $1.imaginary.bitPattern] }
      parts.append(try communicator.allGatherVarying(modes).elements)
    }
    let density = try motion.linearDensity(at: 0.01, on: communicator)
    parts.append(
      try communicator.allGatherVarying(cells(of: density).map(\.bitPattern)).elements)
    return parts
  }
}
