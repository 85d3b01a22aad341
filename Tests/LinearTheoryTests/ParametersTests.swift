import Failures
import Testing

@testable import LinearTheory

@Suite struct ParametersTests {
  /// Each is absurd in one way, which the error names.
  @Test(arguments: [
    (CosmologicalParameters(omegaMatter: .nan), "cosmology.omegaMatter"),
    (CosmologicalParameters(omegaMatter: -0.3), "cosmology.omegaMatter"),
    (CosmologicalParameters(omegaLambda: 1.2), "cosmology.omegaLambda"),
    (CosmologicalParameters(omegaBaryon: 0), "cosmology.omegaBaryon"),
    (CosmologicalParameters(omegaBaryon: 0.3), "not less than omegaMatter"),
    (CosmologicalParameters(hubble: 70.1), "H0 / (100 km/s/Mpc)"),
    (CosmologicalParameters(sigma8: 0), "cosmology.sigma8"),
    (CosmologicalParameters(spectralIndex: .infinity), "cosmology.spectralIndex"),
    (CosmologicalParameters(temperature: 0), "cosmology.temperature"),
    (CosmologicalParameters(omegaMatter: 0.3), "set omegaLambda to 0.7"),
  ])
  func absurdParametersAreNamed(parameters: CosmologicalParameters, words: String) throws {
    let error = try #require(throws: Failure.self) { try parameters.check() }
    #expect(error.description.contains(words), "\(error)")
    #expect(throws: Failure.self) { try LinearGrowth(parameters) }
    #expect(throws: Failure.self) { try LinearPowerSpectrum(parameters) }
  }

  @Test func massAndRadiusOfASphereAreInverse() throws {
    let parameters = CosmologicalParameters()
    try parameters.check()
    let radius = parameters.lagrangianRadius(ofMass: 1e13)
    #expect(abs(parameters.mass(inRadius: radius) / 1e13 - 1) < 1e-14)
    #expect(parameters.hubbleRate(at: 1) == 70.1 * parameters.expansionRate(at: 1))
  }
}
