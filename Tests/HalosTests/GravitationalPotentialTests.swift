import Testing

@testable import Halos

@Suite struct GravitationalPotentialTests {
  @Test func twoPointsAttractEachOtherAsThePlummerFormulaSays() {
    let potential = GravitationalPotential(softening: 12, openingAngle: 0.5, largestDirectSum: 9)
    // Separation 5 (3, 4) and softening 12: -1/13.
    let points = [1.0, 1, 1, 4, 5, 1]
    for potentials in [
      potential.directPotentials(of: points), potential.treePotentials(of: points),
    ] {
      #expect(potentials.allSatisfy { abs($0 + 1 / 13.0) < 1e-15 })
    }
    #expect(
      potential.potentials(at: [1, 1, 1], of: [4, 5, 1, -2, -3, 1])
        .allSatisfy { abs($0 + 2 / 13.0) < 1e-15 })
    #expect(potential.directPotentials(of: [7, 7, 7]) == [0])
    #expect(potential.treePotentials(of: [7, 7, 7]) == [0])
    #expect(potential.potentials(of: []).isEmpty)
  }

  @Test func theTreeAgreesWithTheSumOverPairsInAHalo() throws {
    var mixer = Mixer(state: 5)
    let points = mixer.isothermalSphere(count: 1500, radius: 1).flatMap { $0 }
    let potential = GravitationalPotential(
      softening: 0.02, openingAngle: 0.5, largestDirectSum: 100)
    let exact = potential.directPotentials(of: points)
    let deviations = zip(potential.potentials(of: points), exact).map { abs($0 / $1 - 1) }
    let rms = (deviations.reduce(0) { $0 + $1 * $1 } / 1500).squareRoot()
    #expect(rms < 1e-3)
    #expect(try #require(deviations.max()) < 5e-3)
    // A wide angle is coarser; an angle of zero opens everything.
    var coarse = potential
    coarse.openingAngle = 0
    let opened = zip(coarse.potentials(of: points), exact).map { abs($0 / $1 - 1) }
    #expect(try #require(opened.max()) < 1e-12)
  }

  @Test func pointsAtOnePlaceDoNotEndTheTree() {
    let potential = GravitationalPotential(softening: 0.5, openingAngle: 0.5, largestDirectSum: 0)
    let points = [Double](repeating: 3, count: 3 * 50)
    #expect(potential.treePotentials(of: points).allSatisfy { abs($0 + 98) < 1e-12 })
  }
}
