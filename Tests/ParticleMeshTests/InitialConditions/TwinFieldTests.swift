import Foundation
import LinearTheory
import MPI
import ParticleMesh
import Particles
import TestSupport
import Testing

@testable import FourierTransforms

@Suite struct TwinFieldTests {
  private static let width = 24

  private func twin(
    _ universe: SmallUniverse, above: Double, inverted: Bool = false
  ) -> LinearField {
    LinearField(
      WhiteNoise(.init(seed: 5, phasesAreInverted: inverted)), spectrum: universe.spectrum,
      in: universe.box, reseeding: Reseeding(seed: 99, above: above))
  }

  /// Up to the wavenumber, inclusive, modes are those of the original bit for bit; above they are as independent as
  /// those of two seeds: the correlation of n pairs of numbers is 0 within 5/sqrt(n).
  @Test(arguments: [1.0, 1.5, 2.6])
  func aTwinHasTheModesUpToTheWavenumberAndNoOthers(above: Double) throws {
    let universe = try SmallUniverse()
    try withWorld { world in
      let alone = try world.split(color: world.rank, key: 0)
      let transform = try FourierTransform(width: Self.width, on: alone)
      let original = modes(
        of: try universe.field(.init(seed: 5)).modes(on: transform.decomposition))
      let other = modes(of: try twin(universe, above: above).modes(on: transform.decomposition))
      var (shared, differing) = (0, 0)
      var (products, squares, otherSquares) = (0.0, 0.0, 0.0)
      for (wavenumber, mode) in original {
        let k = 2 * .pi / universe.box.width * Double(wavenumber.squared).squareRoot()
        let twin = try #require(other[wavenumber])
        if k <= above {
          #expect(twin.real.bitPattern == mode.real.bitPattern)
          #expect(twin.imaginary.bitPattern == mode.imaginary.bitPattern)
          shared += 1
        } else {
          let amplitude = try universe.spectrum.value(at: k).squareRoot()
          let one = [Double(mode.real) / amplitude, Double(mode.imaginary) / amplitude]
          let two = [Double(twin.real) / amplitude, Double(twin.imaginary) / amplitude]
          products += one[0] * two[0] + one[1] * two[1]
          squares += one[0] * one[0] + one[1] * one[1]
          otherSquares += two[0] * two[0] + two[1] * two[1]
          differing += mode.real.bitPattern != twin.real.bitPattern ? 1 : 0
        }
      }
      let above = original.count - shared
      #expect(shared > 20 && above > 1000 && differing == above)
      #expect(
        abs(products / (squares * otherSquares).squareRoot()) < 5 / Double(above).squareRoot())
      #expect(abs(otherSquares / squares - 1) < 0.1)
    }
  }

  /// The twin of an inverted realization is the inverted twin, so that pairs stay pairs.
  @Test func aTwinOfInvertedPhasesHasTheOppositeSign() throws {
    let universe = try SmallUniverse()
    try withWorld { world in
      let alone = try world.split(color: world.rank, key: 0)
      let transform = try FourierTransform(width: 8, on: alone)
      let one = modes(of: try twin(universe, above: 0.6).modes(on: transform.decomposition))
      let other = modes(
        of: try twin(universe, above: 0.6, inverted: true).modes(on: transform.decomposition))
      for (wavenumber, mode) in one {
        #expect(other[wavenumber]?.real == -mode.real)
        #expect(other[wavenumber]?.imaginary == -mode.imaginary)
      }
    }
  }

  @Test(.ranks(1...3))
  func aTwinIsTheSameForAnyNumberOfRanks() throws {
    let universe = try SmallUniverse()
    try withWorld { world in
      func bits(_ communicator: borrowing Communicator) throws -> [UInt32] {
        let transform = try FourierTransform(width: 12, on: communicator)
        var modes: [UInt32] = []
        try twin(universe, above: 1).modes(on: transform.decomposition).forEachMode {
          modes += [$1.real.bitPattern, $1.imaginary.bitPattern]
        }
        return try communicator.allGatherVarying(modes).elements
      }
      let together = try bits(world)
      let alone = try world.split(color: world.rank, key: 0)
      let expected = try bits(alone)
      let equal = try world.allGatherVarying([together == expected ? Int64(1) : 0]).elements
      #expect(equal == [Int64](repeating: 1, count: world.size))
    }
  }
}
