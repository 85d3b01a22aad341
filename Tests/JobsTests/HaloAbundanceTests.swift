import Foundation
import LinearTheory
import Testing

@testable import Jobs

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
}
