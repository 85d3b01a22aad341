import Failures
import FourierTransforms
import MPI
import Particles
import TestSupport
import Testing
import Threads

@testable import ParticleMesh

@Suite(.serialized) struct PaintingTests {
  @Test func aParticleIsSharedByTheCornersOfItsCell() throws {
    try withWorld { world in
      guard world.size == 1 else { return }
      let mesh = try DensityMesh(width: 4, on: world)
      // A cell is 2^30 wide: the particle is at (3.25, 1.5, 2).
      let quarter: UInt32 = 1 << 28
      let particles = Particles(
        sites: [0], positions: [13 * quarter, 6 * quarter, 8 * quarter], momenta: [0, 0, 0])
      #expect(try mesh.paintContrast(of: particles, on: world) == 0)
      // Density in units of the mean, which is 1/64 particles in a cell.
      let expected: [([Int], Float)] = [
        ([3, 1, 2], 0.375), ([3, 2, 2], 0.375), ([0, 1, 2], 0.125), ([0, 2, 2], 0.125),
        ([3, 1, 3], 0), ([1, 1, 2], 0),
      ]
      for (cell, share) in expected {
        #expect(mesh.mesh[cell[0], cell[1], cell[2]] == share * 64 - 1)
      }
    }
  }

  @Test func massIsConservedExactly() throws {
    try withWorld { world in
      let mesh = try DensityMesh(width: 12, threads: WorkerThreads(count: 3), on: world)
      var particles = scatteredParticles(stride(from: world.rank, to: 10_000, by: world.size))
      try particles.distribute(over: mesh.decomposition, on: world)
      // The integers of all cells add up to the particles' units.
      let missing = try mesh.paintContrast(of: particles, on: world)
      #expect(missing == 0)
    }
  }

  @Test func aCellThatOverflowsIsNoticed() throws {
    try withWorld { world in
      guard world.size == 1 else { return }
      let mesh = try DensityMesh(width: 4, on: world)
      let crowd = 65_536
      let particles = Particles(
        sites: (0..<Int64(crowd)).map { $0 },
        positions: [UInt32](repeating: 1 << 30, count: 3 * crowd),
        momenta: [Float](repeating: 0, count: 3 * crowd))
      #expect(throws: Failure.self) { try mesh.assign(particles, on: world) }
    }
  }

  @Test func readoutIsTheAdjointOfPainting() throws {
    try withWorld { world in
      guard world.size == 1 else { return }
      let width = 6
      let mesh = try DensityMesh(width: width, on: world)
      var particles = scatteredParticles(0..<50)
      let probe = (0..<width * width * width).map { Float(($0 * 7919) % 1009) / 1009 - 0.5 }
      func gradient(_ place: [Int], _ axis: Int) -> Double {
        func value(_ shift: Int) -> Double {
          var place = place
          place[axis] = (place[axis] + shift + width) % width
          return Double(probe[(place[0] * width + place[1]) * width + place[2]])
        }
        return (8 * (value(1) - value(-1)) - (value(2) - value(-2))) / 12
      }

      #expect(try mesh.paintContrast(of: particles, on: world) == 0)
      var painted = [0.0, 0, 0]
      for cell in probe.indices {
        let (x, y, z) = (cell / (width * width), cell / width % width, cell % width)
        let density = Double(mesh.mesh[x, y, z] + 1) * 50 / Double(probe.count)
        for axis in 0..<3 { painted[axis] += density * gradient([x, y, z], axis) }
        mesh.mesh[x, y, z] = probe[cell]
      }
      mesh.addForce(
        beside: try mesh.neighbouringPlanes(on: world), times: 2, to: &particles)
      for axis in 0..<3 {
        let read = (0..<50).reduce(0.0) { $0 + Double(particles.momenta[3 * $1 + axis]) } / 2
        // Weights are rounded to 2^-16 of a particle: eight of them, 50 particles, at most; a
        // gradient of values within 0.5 is 1.5 at most.
        #expect(abs(painted[axis] - read) < 50 * 8 * 0x1p-17 * 1.5)
        #expect(abs(read) > 0.01)
      }
    }
  }

  // The negative control of painting in integers: floats depend on who paints first.
  @Test func floatPaintingDependsOnOrderAndIntegersDoNot() throws {
    try withWorld { world in
      guard world.size == 1 else { return }
      let forward = scatteredParticles(0..<4000)
      let backward = scatteredParticles((0..<4000).reversed())
      #expect(floatPainted(forward, width: 8) != floatPainted(backward, width: 8))

      let mesh = try DensityMesh(width: 8, on: world)
      #expect(try bits(mesh, forward, on: world) == bits(mesh, backward, on: world))
    }
  }

  private func bits(
    _ mesh: DensityMesh, _ particles: Particles, on communicator: borrowing Communicator
  ) throws -> [UInt32] {
    #expect(try mesh.paintContrast(of: particles, on: communicator) == 0)
    let cells = 0..<mesh.decomposition.width
    return cells.flatMap { x in
      cells.flatMap { y in cells.map { z in mesh.mesh[x, y, z].bitPattern } }
    }
  }

  /// Clouds in cells with sums in floats, as usual codes make them.
  private func floatPainted(_ particles: Particles, width: Int) -> [Float] {
    var cells = [Float](repeating: 0, count: width * width * width)
    for particle in 0..<particles.count {
      let places = (0..<3).map { axis -> (Int, Float) in
        let scaled = UInt64(particles.positions[3 * particle + axis]) * UInt64(width)
        return (Int(scaled >> 32), Float(UInt32(truncatingIfNeeded: scaled)) * 0x1p-32)
      }
      for corner in 0..<8 {
        var weight: Float = 1
        var cell = 0
        for (axis, place) in places.enumerated() {
          let isUpper = corner >> axis & 1
          weight *= isUpper == 1 ? place.1 : 1 - place.1
          cell = cell * width + (place.0 + isUpper) % width
        }
        cells[cell] += weight
      }
    }
    return cells
  }
}
