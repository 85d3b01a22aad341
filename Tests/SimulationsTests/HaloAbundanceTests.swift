import Foundation
import LinearTheory
import Testing

@testable import Simulations

@Suite struct HaloAbundanceTests {
  /// The halos that Sheth and Tormen expect in the paper's box of 50 Mpc/h at z = 0.
  ///
  /// Expected numbers: colossus 1.4.0 (same cosmology, Eisenstein and Hu 1998), rounded to whole halos; masses
  /// there are in Msun/h.
  @Test(arguments: [(11.0, 2461.0), (11.5, 886), (12, 315), (12.5, 109)])
  func thePapersBoxHasAsManyHalosAsShethAndTormenExpect(start: Double, expected: Double) throws {
    let universe = UniverseSettings()
    let shift = -log10(universe.cosmology.hubble)
    let found = try universe.expectedHalos(
      .shethTormen, logMass: start + shift..<start + 0.5 + shift)
    #expect(abs(found / expected - 1) < 0.005)
  }

  /// The first bin is of 100 particles or more: Warren's 93.7 of these are in none, and 100.5 of 107 are.
  ///
  /// Numbers of halos of 2 and 4 have a mean of 3, whose error is sqrt(2 / 1 / 2) = 1.
  @Test func halosAreCountedWithAllTheirParticlesAndAsWarrenDoes() throws {
    let first = try #require(
      try HaloAbundance([[99, 100, 107], [100, 100, 107, 107]], of: UniverseSettings()).bins.first)
    #expect(first.foundByUniverse == [2, 4] && first.found == 6)
    #expect(first.correctedByUniverse == [1, 2] && first.corrected == 3)
    #expect(abs(first.boxScatter - 1.0 / 3) < 1e-12)
    let expected = try #require(first.expected[.warren])
    #expect(first.correctedRatio == 3 / expected && first.ratio(.warren) == 6 / expected)
  }
}
