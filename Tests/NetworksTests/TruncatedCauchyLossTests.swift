import Foundation
import Testing

@testable import Networks

@Suite struct TruncatedCauchyLossTests {
  static let gammas = [0.001, 0.05, 0.2, 0.26, 1, 2]

  func value(_ y: Double, _ d: Double, _ g: Double) -> Double {
    TruncatedCauchyLoss(gamma: g).evaluate(prediction: y, truth: d).value
  }

  /// exp(-loss) is a density of the truth on [-1, 1]: in units of the Cauchy's own distribution
  /// function the Simpson sum has a smooth integrand at any width.
  @Test(arguments: gammas, [-1, -0.7, 0, 0.3, 1])
  func theLikelihoodIntegratesToOne(gamma: Double, prediction: Double) {
    let low = atan((-1 - prediction) / gamma)
    let high = atan((1 - prediction) / gamma)
    let n = 200
    var integral = 0.0
    for i in 0...n {
      let angle = low + (high - low) * Double(i) / Double(n)
      let truth = prediction + gamma * tan(angle)
      let jacobian = gamma / (cos(angle) * cos(angle))
      let weight = i == 0 || i == n ? 1.0 : i % 2 == 0 ? 2 : 4
      integral += weight * exp(-value(prediction, truth, gamma)) * jacobian
    }
    #expect(abs(integral * (high - low) / Double(3 * n) - 1) < 1e-9)
  }

  /// Across |y| = 1 the value may change by slope times step alone, and so may the slope.
  @Test(arguments: gammas, [-1, -0.4, 0.2, 1])
  func valueAndSlopeAreContinuousAtOne(gamma: Double, truth: Double) {
    let loss = TruncatedCauchyLoss(gamma: gamma)
    for side in [-1.0, 1.0] {
      let inside = loss.evaluate(prediction: side, truth: truth)
      let outside = loss.evaluate(prediction: side * 1.0.nextUp, truth: truth)
      #expect(abs(outside.value - inside.value) < 1e-11 * max(1, abs(inside.predictionGradient)))
      #expect(
        abs(outside.predictionGradient - inside.predictionGradient)
          < 1e-9 * max(1, abs(inside.predictionGradient), 1 / (gamma * gamma)))
    }
  }

  /// Central differences of the value over steps of 1e-5 gamma or |y| on both branches and beyond
  /// the clamp; the remainder is of the order of the square of the relative step and of rounding.
  @Test(
    arguments: [0.05, 0.2, 0.26, 2],
    [-4, -3.2, -2.5, -1.4, -1.01, -0.95, -0.3, 0, 0.6, 0.99, 1.02, 1.7, 2.9, 3.1, 5])
  func derivativesAreThoseOfFiniteDifferences(gamma: Double, prediction: Double) {
    for truth in [-1, -0.8, 0.1, 0.9] {
      let result = TruncatedCauchyLoss(gamma: gamma).evaluate(prediction: prediction, truth: truth)
      let step = 1e-5 * min(gamma, 1)
      let slope =
        (value(prediction + step, truth, gamma) - value(prediction - step, truth, gamma))
        / (2 * step)
      let gammaSlope =
        (value(prediction, truth, gamma + step) - value(prediction, truth, gamma - step))
        / (2 * step)
      let rounding = 1e-15 * abs(result.value) / step
      #expect(
        abs(result.predictionGradient - slope) < 1e-7 * max(1, abs(slope)) + 4 * rounding
          && abs(result.gammaGradient - gammaSlope)
            < 1e-7 * max(1, abs(gammaSlope)) + 4 * rounding,
        "truth \(truth)")
    }
  }

  /// Beyond the clamp exp(exp(3)) is constant and A y^2 goes on, as in automatic differentiation of
  /// the formula: with A < 0 the slope turns round there.
  @Test func theDoubleExponentialHasNoSlopeBeyondTheClamp() {
    let loss = TruncatedCauchyLoss(gamma: 0.2)
    let at = loss.evaluate(prediction: 3, truth: 0.5)
    let beyond = loss.evaluate(prediction: 3.0.nextUp, truth: 0.5)
    #expect(abs(at.predictionGradient - beyond.predictionGradient - exp(3 + exp(3))) < 1)
    let far = loss.evaluate(prediction: 6, truth: 0.5)
    #expect(abs(far.predictionGradient / beyond.predictionGradient - 2) < 1e-12)
    #expect(far.value.isFinite)
  }

  @Test func signsAreSymmetric() {
    let loss = TruncatedCauchyLoss(gamma: 0.26)
    for (y, d) in [(0.3, -0.8), (1.5, 0.2), (-1.1, 0.9), (4, -1)] {
      let result = loss.evaluate(prediction: y, truth: d)
      let mirrored = loss.evaluate(prediction: -y, truth: -d)
      #expect(abs(result.value - mirrored.value) <= 1e-12 * abs(result.value))
      #expect(
        abs(result.predictionGradient + mirrored.predictionGradient)
          <= 1e-12 * abs(result.predictionGradient))
      #expect(
        abs(result.gammaGradient - mirrored.gammaGradient) <= 1e-12 * abs(result.gammaGradient))
    }
  }

  @Test func notANumberIsNotHidden() {
    for (y, d, g) in [(Double.nan, 0, 0.2), (0, .nan, 0.2), (2, .nan, 0.2), (0, 0, .nan)] {
      let result = TruncatedCauchyLoss(gamma: g).evaluate(prediction: y, truth: d)
      #expect(result.value.isNaN)
      #expect(result.predictionGradient.isNaN)
      #expect(result.gammaGradient.isNaN)
    }
  }
}
