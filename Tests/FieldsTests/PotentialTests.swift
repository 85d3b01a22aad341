import Failures
import Foundation
import HDF5
import MPI
import TestSupport
import Testing

@testable import Fields

/// The potential of waves, which Poisson's equation gives in closed form: a wave of the density
/// contrast of amplitude A and wavenumber k is one of the potential of amplitude -A / k^2.
@Suite(.serialized) struct PotentialTests {
  private static let boxSize = 25.0

  /// Two waves on a mean that is not 1, which the potential must not see.
  private func slab(_ gridSize: Int, _ planes: Range<Int>) -> (FieldSlab, expected: [Float]) {
    var slab = FieldSlab(gridSize: gridSize, planes: planes)
    var expected: [Float] = []
    for (index, site) in slab.sites.enumerated() {
      let place = [site / (gridSize * gridSize), site / gridSize % gridSize, site % gridSize]
      let phase = { (wave: [Int]) in
        2 * Double.pi * Double(zip(wave, place).reduce(0) { $0 + $1.0 * $1.1 }) / Double(gridSize)
      }
      let (first, second) = (cos(phase([1, 0, 0])), sin(phase([-1, 1, 1])))
      slab.density[index] = Float(1.25 + 0.03 * first + 0.02 * second)
      let square = pow(2 * .pi / Self.boxSize, 2)
      expected.append(Float(-0.03 * first / square - 0.02 * second / (3 * square)))
    }
    return (slab, expected)
  }

  /// 4e-7 of the largest amplitude, 0.47 (Mpc/h)^2, is a few roundings of the density, 1.25 +- 0.05.
  @Test(.ranks(1...4), arguments: [3, 6, 15])
  func wavesHaveTheirPotentialOnAnyNumberOfRanks(gridSize: Int) throws {
    try withWorld { world in
      let planes = PlaneDecomposition(gridSize: gridSize, ranks: world.size).planes(of: world.rank)
      let (slab, expected) = slab(gridSize, planes)
      let solver = PotentialSolver(boxSize: Self.boxSize, threads: 1)
      let together = try solver.potential(of: slab, on: world)
      let own = try world.split(color: world.rank, key: 0)
      let alone = try PotentialSolver(boxSize: Self.boxSize, threads: 2).potential(
        of: self.slab(gridSize, 0..<gridSize).0, on: own)
      #expect(together.bits == Array(alone[slab.sites]).bits)
      for (found, expected) in zip(together, expected) {
        #expect(abs(found - expected) < 2e-6, "\(found) instead of \(expected)")
      }
    }
  }

  @Test(.ranks(1...4)) func aFileHoldsThePotentialIfItWasAskedFor() throws {
    try withWorld { world in
      let fixture = FieldFixture(gridSize: 5)
      let folder = try temporaryDirectory("fields-potential")
      var slab = fixture.slab(of: world)
      let without = try fixture.write(to: folder + "/without.h5", on: world)
      slab.potential = slab.density.map { ($0 - 1) * 3 }
      let with = try fixture.write(slab, to: folder + "/with.h5", on: world)
      try world.barrier()

      let file = try FieldFile.open(folder + "/with.h5")
      try file.verifyChecksums()
      #expect(try file.read(.potential) == file.read(.density).map { ($0 - 1) * 3 })
      let (density, potential) = (with.densityMoments, with.moments(of: .potential))
      #expect(file.metadata == with)
      #expect(abs((potential?.mean ?? .nan) - 3 * (density.mean - 1)) < 1e-6)
      #expect(
        abs((potential?.standardDeviation ?? .nan) - 3 * density.standardDeviation) < 1e-6)
      #expect(with.moments(of: .logMass) == nil)
      #expect(without.moments(of: .potential) == nil && without.densityMoments == density)
      // A training on the density goes on when the potential is added.
      #expect(with.fingerprint == without.fingerprint)
      try file.close()

      let other = try FieldFile.open(folder + "/without.h5")
      let error = #expect(throws: Failure.self) { try other.read(.potential) }
      #expect(error?.description.contains("Set fields.potential to true") == true)
      try other.close()
    }
  }

  @Test func aPotentialThatIsNoNumberIsRefused() throws {
    try withWorld { world in
      let own = try world.split(color: world.rank, key: 0)
      let fixture = FieldFixture(gridSize: 5)
      var slab = fixture.slab(0..<5)
      slab.potential = slab.density
      slab.potential?[17] = .infinity
      let path = try temporaryDirectory("fields-infinite") + "/file-\(worldRank).h5"
      let error = #expect(throws: AgreedFailure.self) {
        try fixture.write(slab, to: path, on: own)
      }
      let message = "\(error?.underlying, default: "none")"
      #expect(message.contains("the potential at site 17 [0, 3, 2] is inf"))
    }
  }
}
