import Foundation
import Information
import Testing

@Suite struct IntegralTests {
  /// Values by quadrature with an error below 1e-13, as the fixture's provenance says.
  @Test func quadratureGivesTheInformationOfKnownMixtures() throws {
    for known in try KnownMixture.load() {
      let integral = try GaussianMixture(known.components).mutualInformation()
      #expect(abs(integral.value - known.information) < 1e-6, "\(known.name): \(integral)")
      #expect(integral.error < 1e-5)
    }
  }

  @Test func monteCarloAgreesWithQuadratureWithinItsError() throws {
    for known in try KnownMixture.load() {
      let integral = try GaussianMixture(known.components)
        .mutualInformation(samples: 20_000, seed: 1)
      #expect(
        abs(integral.value - known.information) < 4.5 * integral.error + 1e-12, "\(known.name)")
      #expect(integral.error < 0.02)
    }
  }

  @Test func theLogRatioAtPointsIsThatOfTheReference() throws {
    for known in try KnownMixture.load() {
      for (point, expected) in zip(known.points, known.logRatios) {
        let ratio = try GaussianMixture(known.components)
          .meanLogRatio(of: WeightedPoints(x: [point[0]], y: [point[1]]))
        #expect(abs(ratio - expected) < 1e-11 * max(1, abs(expected)), "\(known.name)")
      }
    }
  }

  /// One Gaussian: -1/2 ln(1 - rho^2).
  @Test(arguments: [0, 0.1, -0.6, 0.9, 0.999, 0.999_999_9])
  func oneGaussianHasTheInformationOfItsCorrelation(rho: Double) throws {
    let mixture = GaussianMixture([[1, 3, -5, 4, 2 * 10 * rho, 100]])
    let expected = -0.5 * log1p(-rho * rho)
    #expect(abs(try mixture.mutualInformation().value - expected) < 1e-8)
  }

  @Test func aMixtureOfAPointIsNoMixture() {
    let mixture = GaussianMixture([[0.5, 0, 0, 1, 0, 1], [0.5, 0, 0, 1, 1, 1]])
    #expect(throws: InformationError.singular(component: 1)) { try mixture.mutualInformation() }
  }
}
