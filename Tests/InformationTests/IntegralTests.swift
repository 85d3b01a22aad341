import Foundation
import Testing

@testable import Information

@Suite struct IntegralTests {
  /// Values by quadrature with an error below 1e-13, as the fixture's provenance says.
  @Test func quadratureGivesTheInformationOfKnownMixtures() throws {
    for known in try KnownMixture.load() {
      let integral = try GaussianMixture(known.components).mutualInformation()
      #expect(abs(integral.value - known.information) < 1e-6, "\(known.name): \(integral)")
      #expect(integral.error < 1e-5)
    }
  }

  /// A mass that many rows share makes a component a thousandth as wide as the others.
  ///
  /// The reference is the trapezoidal rule over the plane with x = width * sinh(t), which resolves both.
  @Test(arguments: [1e-1, 1e-3, 1e-6])
  func thinComponentsAreResolved(width: Double) throws {
    typealias Part = (weight: Double, x: Double, sx: Double, y: Double, sy: Double)
    let parts: [Part] = [(0.7, 0, 1, 0, 1), (0.3, 0, width, 0.8, 0.5)]
    func gauss(_ z: Double, _ mean: Double, _ deviation: Double) -> Double {
      let u = (z - mean) / deviation
      return exp(-0.5 * u * u) / (deviation * (2 * Double.pi).squareRoot())
    }
    let stepT = asinh(9 / width) / 300
    let stepY = 18.0 / 160
    let places = (-80...80).map { Double($0) * stepY }
    let ofY = places.map { y in parts.reduce(0) { $0 + $1.weight * gauss(y, $1.y, $1.sy) } }
    var expected = 0.0
    for number in -300...300 {
      let t = Double(number) * stepT
      let shares = parts.map { $0.weight * gauss(width * sinh(t), $0.x, $0.sx) }
      let ofX = shares.reduce(0, +)
      for (y, py) in zip(places, ofY) {
        let joint = zip(parts, shares).reduce(0) { $0 + $1.1 * gauss(y, $1.0.y, $1.0.sy) }
        guard joint > 1e-300 else { continue }
        expected += joint * log(joint / (ofX * py)) * width * cosh(t) * stepT * stepY
      }
    }
    let mixture = GaussianMixture(
      parts.map { [$0.weight, $0.x, $0.y, $0.sx * $0.sx, 0, $0.sy * $0.sy] })
    let integral = try mixture.mutualInformation()
    #expect(abs(integral.value - expected) < 1e-6, "\(integral), expected \(expected)")
    #expect(integral.error < 1e-5)
    let swapped = GaussianMixture(
      parts.map { [$0.weight, $0.y, $0.x, $0.sy * $0.sy, 0, $0.sx * $0.sx] })
    #expect(abs(try swapped.mutualInformation().value - integral.value) < 1e-6)
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
