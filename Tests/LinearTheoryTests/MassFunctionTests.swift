import Foundation
import Testing

@testable import LinearTheory

@Suite struct MassFunctionTests {
  /// The names of ``abundanceReferences``, and how far colossus' interpolation of sigma(M) reaches.
  private static let names: [(MassFunction, String, tolerance: Double)] = [
    (.pressSchechter, "PS_own", 3e-4), (.shethTormen, "ST_own", 3e-4),
    (.jenkins, "Jenkins01_fof_colossus", 3e-3), (.watson, "Watson13_fof_colossus", 3e-3),
    (.warren, "Warren06_fof_colossus", 3e-3), (.tinker, "Tinker08_200m_colossus", 3e-3),
  ]

  @Test(arguments: abundanceReferences.indices)
  func abundancesAgreeWithTheirReferences(index: Int) throws {
    let parameters = CosmologicalParameters()
    let growth = try LinearGrowth(parameters)
    let spectrum = try LinearPowerSpectrum(parameters)
    let (logMass, references) = abundanceReferences[index]
    let mass = pow(10, logMass)
    let slope = try #require(references["dlnsig_dlnM"])
    #expect(abs(try spectrum.sigmaSlope(mass: mass) / slope - 1) < 1e-4)
    for (function, name, tolerance) in Self.names {
      let reference = try #require(references[name])
      let value = try spectrum.haloAbundance(function, mass: mass, growth: growth)
      #expect(abs(value / reference - 1) < tolerance, "\(name): \(value) against \(reference)")
    }
  }

  /// Expected numbers: `modelWarren06` of colossus 1.4.0, which is a function of sigma alone.
  @Test(arguments: [
    (3, 0.26694062142602903), (2, 0.3098994894963414), (1.5, 0.32755648161013706),
    (1.2, 0.3139583431108716), (1, 0.27367499682129437), (0.8, 0.1881086399910802),
  ])
  func warrensMultiplicityIsThatOfAnotherProgram(sigma: Double, expected: Double) {
    #expect(abs(MassFunction.warren.multiplicity(sigma: sigma) / expected - 1) < 1e-12)
  }

  /// 1 - N^-0.6 is 1 - 1/8 at 32 = 2^5 particles and 1 - 1/64 at 1024 = 2^10.
  @Test(arguments: [(32, 28.0), (1024, 1008.0)])
  func smallHalosAreCountedWithFewerParticles(linked: Int, counted: Double) {
    #expect(abs(MassFunction.countedParticles(of: linked) - counted) < 1e-9)
  }

  /// Press and Schechter's, and Sheth and Tormen's by their normalization, put all mass into halos.
  @Test(arguments: [MassFunction.pressSchechter, .shethTormen])
  func allMassIsInHalos(function: MassFunction) {
    var sum = 0.0
    let step = 0.01
    for index in -6000...600 {
      let sigma = exp(-Double(index) * step)
      sum += function.multiplicity(sigma: sigma) * step
    }
    #expect(abs(sum - 1) < 2e-3)
  }

  /// Halos were rarer, most of all the heavy ones; abundances of another time use its sigma.
  @Test(arguments: MassFunction.allCases)
  func heavyHalosWereRarer(function: MassFunction) throws {
    let parameters = CosmologicalParameters()
    let growth = try LinearGrowth(parameters)
    let spectrum = try LinearPowerSpectrum(parameters)
    func ratio(_ mass: Double) throws -> Double {
      try spectrum.haloAbundance(function, mass: mass, growth: growth, scaleFactor: 0.5)
        / spectrum.haloAbundance(function, mass: mass, growth: growth)
    }
    let (light, heavy) = (try ratio(1e13), try ratio(1e14))
    #expect(heavy < light && light < 1 && heavy > 0)
  }
}
