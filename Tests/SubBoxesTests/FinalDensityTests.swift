import Failures
import Fields
import Foundation
import MPI
import Randomness
import Snapshots
import TestSupport
import Testing

@testable import SubBoxes

/// Particles at random places, half of them in a clump on a face of the box, with lengths of all sizes.
struct SyntheticFinalParticles {
  static let boxSize = 10.0

  let gridSize: Int
  let particles: FinalParticles

  init(gridSize: Int) {
    self.gridSize = gridSize
    var stream = RandomStream(seed: 3, for: .test, index: UInt64(gridSize))
    var positions: [Float] = []
    var lengths: [Float] = []
    for site in 0..<gridSize * gridSize * gridSize {
      for axis in 0..<3 {
        let u = stream.uniform()
        let place = site % 2 == 0 ? u : (axis == 0 ? 1 : 0.3) + 0.08 * (u - 0.5)
        positions.append(Float(Self.boxSize * (place < 1 ? place : place - 1)))
      }
      lengths.append(
        Float(site % 2 == 0 ? 0.3 + 0.4 * stream.uniform() : 0.02 + 0.05 * stream.uniform()))
    }
    particles = FinalParticles(positions: positions, smoothingLengths: lengths)
  }

  func write(to path: String, on communicator: borrowing Communicator, isComplete: Bool = true)
    throws
  {
    let planes = PlaneDecomposition(gridSize: gridSize, ranks: communicator.size)
      .planes(of: communicator.rank)
    var slab = FieldSlab(gridSize: gridSize, planes: planes)
    if isComplete {
      let sites = slab.sites
      slab.finalParticles = FinalParticles(
        positions: Array(particles.positions[3 * sites.lowerBound..<3 * sites.upperBound]),
        smoothingLengths: Array(particles.smoothingLengths[sites]))
    }
    let description = FieldDescription(
      name: "final", gridSize: gridSize, boxSize: Self.boxSize,
      cosmology: Cosmology(omegaMatter: 0.279, omegaLambda: 0.721, hubble: 0.701),
      particleMass: 1e9, initialRedshift: 99, finalRedshift: 0, label: .fof)
    try FieldFile.write(
      slab, HaloTable(), description, creator: "SubBoxesTests", to: path, on: communicator)
  }

  /// log10 of the density at a place, by all particles and the 27 nearest images of the box.
  func logDensity(at place: [Double], leastLength: Double) -> Double {
    var sum = 0.0
    for particle in particles.smoothingLengths.indices {
      let h = max(Double(particles.smoothingLengths[particle]), leastLength)
      var offsets: [[Double]] = []
      for axis in 0..<3 {
        let distance = Double(particles.positions[3 * particle + axis]) - place[axis]
        offsets.append([-1, 0, 1].map { distance + $0 * Self.boxSize }.filter { abs($0) < 2 * h })
      }
      for x in offsets[0] {
        for y in offsets[1] {
          for z in offsets[2] {
            let q = (x * x + y * y + z * z).squareRoot() / h
            let spline =
              q < 1 ? 1 - 1.5 * q * q + 0.75 * q * q * q : q < 2 ? pow(2 - q, 3) / 4 : 0
            sum += spline / (.pi * h * h * h)
          }
        }
      }
    }
    let volume = pow(Self.boxSize / Double(gridSize), 3)
    return log10(max(sum * volume, 0.01))
  }
}

extension CollectiveTests {
  @Suite struct FinalDensityTests {
    private static let width = 9
    private static let voxelSize = 0.1

    /// Files of one communicator of several at a time have the name of their owner.
    private func withStore(
      gridSizes: [Int], of owner: String = "all", on world: borrowing Communicator,
      _ body: ([SyntheticFinalParticles], FinalParticleStore) throws -> Void
    ) throws {
      let folder = try temporaryDirectory("final-density")
      let simulations = gridSizes.map { SyntheticFinalParticles(gridSize: $0) }
      var paths: [String] = []
      for (index, simulation) in simulations.enumerated() {
        paths.append("\(folder)/\(index)-\(owner).h5")
        try simulation.write(to: paths[index], on: world)
      }
      let store = try FinalParticleStore(
        NetworkInput(.finalDensity, finalVoxelSize: Self.voxelSize), of: paths,
        settings: StreamSettings(), on: world)
      try body(simulations, store)
      try world.barrier()
      try store.free()
    }

    private func box(
      _ store: FinalParticleStore, _ simulation: Int, _ site: Int, width: Int = Self.width,
      _ orientation: CubeOrientation = .identity
    ) throws -> [Float] {
      let write = store.boxWriter(boxWidth: width, standardization: .none)
      var box = [Float](repeating: .nan, count: width * width * width)
      let sample = Sample(
        simulation: Int32(simulation), site: Int64(site), logMass: 12, radius: 0, halo: 0)
      try box.withUnsafeMutableBufferPointer {
        try write(OrientedSample(sample, orientation), $0.baseAddress.unsafelyUnwrapped)
      }
      return box
    }

    /// Sites 1, 7 and 343 lie in the clump on the face of the box, and their boxes go across it.
    ///
    /// 2e-5 dex is the rounding of positions to single precision in units of small kernels.
    @Test(.ranks(1...4), arguments: [(0, 1), (0, 7), (0, 12), (1, 343), (1, 100)])
    func voxelsHoldTheSmoothedDensityAroundTheParticle(simulation: Int, site: Int) throws {
      try withWorld { world in
        try withStore(gridSizes: [6, 7], on: world) { simulations, store in
          let found = try box(store, simulation, site % simulations[simulation].siteCount)
          let known = simulations[simulation]
          let site = site % known.siteCount
          for voxel in stride(from: 0, to: found.count, by: 7) {
            let index = [voxel / 81, voxel / 9 % 9, voxel % 9]
            let place = (0..<3).map {
              Double(known.particles.positions[3 * site + $0])
                + Double(index[$0] - 4) * Self.voxelSize
            }
            let exact = known.logDensity(at: place, leastLength: Self.voxelSize / 2)
            #expect(abs(Double(found[voxel]) - exact) < 2e-5, "voxel \(index)")
          }
        }
      }
    }

    /// The box in the orientation is the one of the field with its voxels at other places: of an odd width to the last
    /// bit, of an even width within the rounding of positions, the voxels of a box one wider.
    @Test(arguments: [0, 5, 13, 22, 31, 47], [5, 8])
    func anOrientedBoxShowsTheSameDensityElsewhere(number: Int, width: Int) throws {
      let orientation = CubeOrientation.all[number]
      let wide = width | 1
      try withWorld { world in
        let alone = try world.split(color: world.rank, key: 0)
        try withStore(gridSizes: [6], of: "\(world.rank)", on: alone) { _, store in
          let plain = try box(store, 0, 7, width: wide)
          let found = try box(store, 0, 7, width: width, orientation)
          for voxel in found.indices {
            let offset = [voxel / (width * width), voxel / width % width, voxel % width]
              .map { $0 - width / 2 }
            let place = orientation.fieldOffset(of: offset).map { $0 + wide / 2 }
            let expected = plain[(place[0] * wide + place[1]) * wide + place[2]]
            if width == wide {
              #expect(found[voxel] == expected)
            } else {
              #expect(abs(found[voxel] - expected) < 1e-4)
            }
          }
        }
      }
    }

    /// A box wider than the simulation holds every particle as often as it is seen.
    @Test func boxesMayBeWiderThanTheSimulation() throws {
      try withWorld { world in
        let alone = try world.split(color: world.rank, key: 0)
        try withStore(gridSizes: [4], of: "\(world.rank)", on: alone) { simulations, store in
          let width = 103
          let found = try box(store, 0, 2, width: width)
          // Voxels a whole box of 100 voxels apart.
          for voxel in 0..<3 {
            let first = (voxel * width + 1) * width + 2
            let second = ((voxel + 100) * width + 101) * width + 102
            #expect(abs(found[first] - found[second]) < 1e-3)
          }
        }
      }
    }

    @Test(.ranks(1...4)) func boxesAndTheirScaleAreTheSameForAnyNumberOfRanks() throws {
      try withWorld { world in
        let alone = try world.split(color: world.rank, key: 0)
        var boxes: [[[UInt32]]] = []
        var scales: [InputStandardization] = []
        func look(_ store: FinalParticleStore, _ communicator: borrowing Communicator) throws {
          let sites = [(0, 5), (0, 8), (1, 300), (1, 3)]
          boxes.append(try sites.map { try box(store, $0.0, $0.1).map(\.bitPattern) })
          let samples = (0..<70).map {
            Sample(simulation: Int32($0 % 2), site: Int64(3 * $0), logMass: 12, radius: 0, halo: 0)
          }
          scales.append(
            try store.standardization(
              ofFirst: 1, samples: samples, boxWidth: Self.width, on: communicator))
        }
        try withStore(gridSizes: [6, 7], on: world) { try look($1, world) }
        try withStore(gridSizes: [6, 7], of: "\(world.rank)", on: alone) { try look($1, alone) }
        #expect(boxes[0] == boxes[1])
        #expect(scales[0] == scales[1])
      }
    }

    /// The scale is that of the voxels of the first 64 boxes, computed here one after the other.
    @Test func theScaleIsThatOfTheVoxelsOfTheFirstBoxes() throws {
      try withWorld { world in
        let alone = try world.split(color: world.rank, key: 0)
        try withStore(gridSizes: [6], of: "\(world.rank)", on: alone) { _, store in
          let samples = (0..<100).map {
            Sample(simulation: 0, site: Int64(2 * $0), logMass: 12, radius: 0, halo: 0)
          }
          let scale = try store.standardization(
            ofFirst: 1, samples: samples, boxWidth: Self.width, on: alone
          ).channels[0]
          let values = try samples.prefix(64).flatMap {
            try box(store, 0, Int($0.site)).map { Double($0) }
          }
          let mean = values.reduce(0, +) / Double(values.count)
          let variance = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(values.count)
          #expect(abs(scale.mean - mean) < 1e-10)
          #expect(abs(scale.standardDeviation - variance.squareRoot()) < 1e-10)
          #expect(throws: AgreedFailure.self) {
            try store.standardization(ofFirst: 1, samples: [], boxWidth: Self.width, on: alone)
          }
        }
      }
    }

    @Test(.ranks(1...2)) func filesWithoutParticlesAndSmallBudgetsAreRefused() throws {
      try withWorld { world in
        let path = try temporaryDirectory("final-density") + "/without.h5"
        let simulation = SyntheticFinalParticles(gridSize: 6)
        try simulation.write(to: path, on: world, isComplete: false)
        let input = NetworkInput(.finalDensity, finalVoxelSize: 0.1)
        let missing = #expect(throws: AgreedFailure.self) {
          try FinalParticleStore(input, of: [path], settings: StreamSettings(), on: world)
        }
        var settings = StreamSettings()
        settings.mode = .stream
        try simulation.write(to: path, on: world)
        let streamed = #expect(throws: AgreedFailure.self) {
          try FinalParticleStore(input, of: [path], settings: settings, on: world)
        }
        if missing?.rank == world.rank {
          #expect(agreed(missing)?.remedy.contains("Set fields.final to true") == true)
        }
        if streamed?.rank == world.rank {
          #expect(agreed(streamed)?.remedy.contains("stream.mode to auto") == true)
        }
      }
    }
  }
}

extension SyntheticFinalParticles {
  var siteCount: Int { gridSize * gridSize * gridSize }
}
