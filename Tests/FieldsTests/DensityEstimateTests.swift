import Foundation
import MPI
import TestSupport
import Testing

@testable import Fields

/// Points of the additive recurrence by powers of the inverse of the plastic number's sibling in
/// three dimensions, in a box of 10: even, and drawn towards the middle by a cube.
enum QuasiRandomPoints {
  static let boxSize = 10.0

  static func spread(_ count: Int) -> [Double] { unit(count).map { boxSize * $0 } }

  static func clustered(_ count: Int) -> [Double] {
    unit(count).map {
      let c = 2 * $0 - 1
      return boxSize * (0.5 + 0.5 * c * c * c)
    }
  }

  private static func unit(_ count: Int) -> [Double] {
    let steps = [0.8191725133961645, 0.6710436067037893, 0.5497004779019703]
    return (0..<count).flatMap { index in
      steps.map { (0.5 + Double(index) * $0).truncatingRemainder(dividingBy: 1) }
    }
  }
}

/// The sites of a cubic lattice in a box [Mpc/h].
func latticePositions(_ side: Int, boxSize: Double) -> [Double] {
  (0..<side * side * side).flatMap { site in
    [site / (side * side), site / side % side, site % side].map {
      Double($0) * boxSize / Double(side)
    }
  }
}

@Suite(.serialized) struct DensityEstimateTests {
  /// Densities by comparing every pair, in double precision.
  private func bruteForce(_ positions: [Double], boxSize: Double, neighbours: Int) -> [Double] {
    let count = positions.count / 3
    return (0..<count).map { target in
      var distances = (0..<count).map { other in
        (0..<3).reduce(0.0) { sum, axis in
          let d = abs(positions[3 * target + axis] - positions[3 * other + axis])
          let nearest = min(d, boxSize - d)
          return sum + nearest * nearest
        }.squareRoot()
      }
      distances.sort()
      let h = distances[neighbours - 1] / 2
      let sum = distances[..<neighbours].reduce(0.0) { sum, r in
        let q = r / h
        return sum
          + (q < 1 ? 1 - 1.5 * q * q + 0.75 * q * q * q : 0.25 * (2 - q) * (2 - q) * (2 - q))
      }
      return sum / (Double.pi * h * h * h) * boxSize * boxSize * boxSize / Double(count)
    }
  }

  /// Estimates with the points dealt out to the ranks, and brings the densities together.
  private func estimate(
    _ positions: [Double], boxSize: Double, neighbours: Int = 32, threads: Int = 1,
    on world: borrowing Communicator
  ) throws -> [Float] {
    let count = positions.count / 3
    let mine = world.rank * count / world.size..<(world.rank + 1) * count / world.size
    let densities = try DensityEstimate(neighbours: neighbours, threads: threads).densities(
      at: Array(positions[3 * mine.lowerBound..<3 * mine.upperBound]), boxSize: boxSize, on: world)
    return try world.allGatherVarying(densities).elements
  }

  @Test(.ranks(1...4), arguments: [40, 250], [8, 32])
  func everyDensityIsThatOfComparingAllPairs(count: Int, neighbours: Int) throws {
    try withWorld { world in
      var worst = 0.0
      for positions in [QuasiRandomPoints.spread(count), QuasiRandomPoints.clustered(count)] {
        let densities = try estimate(
          positions, boxSize: 10, neighbours: neighbours, on: world)
        let expected = bruteForce(positions, boxSize: 10, neighbours: neighbours)
        for (density, exact) in zip(densities, expected) {
          worst = max(worst, abs(Double(density) / exact - 1))
        }
        #expect(densities.count == count)
      }
      // Offsets in a cell have 24 bits, and clustered points are hundreds of times closer.
      #expect(worst < 1e-5)
    }
  }

  /// SIMULATION section 4: measured for 32 neighbours, whose farthest are two spacings away.
  @Test(.ranks(1...4), arguments: [6, 10, 16]) func aPerfectLatticeHasTheKnownDensity(
    side: Int
  ) throws {
    try withWorld { world in
      let densities = try estimate(latticePositions(side, boxSize: 25), boxSize: 25, on: world)
      #expect(densities.allSatisfy { abs(Double($0) - 0.999972466) < 1e-6 })
    }
  }

  @Test(.ranks(1...4)) func densitiesEqualThoseOfPynbody() throws {
    try withWorld { world in
      for (positions, expected, tolerance) in [
        (QuasiRandomPoints.spread(4096), PynbodyDensities.spread, 1e-6),
        (QuasiRandomPoints.clustered(4096), PynbodyDensities.clustered, 2e-5),
      ] {
        let densities = try estimate(positions, boxSize: 10, on: world)
        let worst = expected.indices.map { abs(Double(densities[40 * $0]) / expected[$0] - 1) }
          .max()
        #expect(try #require(worst) < tolerance)
      }
    }
  }

  @Test(.ranks(1...4)) func theBitsDependNeitherOnRanksNorThreadsNorOrder() throws {
    try withWorld { world in
      let positions = QuasiRandomPoints.clustered(2000)
      let alone = try world.split(color: world.rank, key: 0)
      let single = try estimate(positions, boxSize: 10, on: alone)
      let threaded = try estimate(positions, boxSize: 10, threads: 3, on: world)
      let reversed = stride(from: 1999, through: 0, by: -1).flatMap {
        Array(positions[3 * $0..<3 * $0 + 3])
      }
      let backwards = try estimate(reversed, boxSize: 10, on: world)
      #expect(threaded.bits == single.bits)
      #expect(backwards.reversed().map(\.bitPattern) == single.bits)
    }
  }

  /// Half a box further everything is the same but for rounding of the positions.
  @Test func theBoxIsPeriodic() throws {
    try withWorld { world in
      let positions = QuasiRandomPoints.spread(1000)
      let moved = positions.map { $0 >= 5 ? $0 - 5 : $0 + 5 }
      let alone = try world.split(color: world.rank, key: 0)
      let here = try estimate(positions, boxSize: 10, on: alone)
      let there = try estimate(moved, boxSize: 10, on: alone)
      #expect(zip(here, there).allSatisfy { abs($0 / $1 - 1) < 1e-5 })
    }
  }

  /// The volume that a particle stands for is 1/density: all together they fill the box, up to the
  /// resolution of the estimate.
  @Test func theVolumesOfTheParticlesFillTheBox() throws {
    try withWorld { world in
      let alone = try world.split(color: world.rank, key: 0)
      let densities = try estimate(QuasiRandomPoints.spread(4096), boxSize: 10, on: alone)
      let volume = densities.reduce(0.0) { $0 + 1 / Double($1) } / 4096
      #expect(abs(volume - 1) < 0.05)
    }
  }

  @Test(.ranks(1...4)) func tooFewParticlesAndTooManyAtOnePointAreRefused() throws {
    try withWorld { world in
      var reported: [Int64] = []
      for (positions, reason) in [
        (QuasiRandomPoints.spread(31), "31 particles have no 32 nearest neighbours"),
        ([Double](repeating: 5, count: 300), "at one point"),
      ] {
        var isNamed = false
        do {
          _ = try estimate(positions, boxSize: 10, on: world)
        } catch {
          isNamed = "\(error)".contains(reason)
        }
        // The rank that knows the reason says it; the others know which rank that is.
        reported.append(try world.allReduce(isNamed ? 1 : 0, .sum))
      }
      #expect(reported == [1, 1])
    }
  }
}
