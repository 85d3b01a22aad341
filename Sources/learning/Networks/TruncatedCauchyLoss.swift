internal import Foundation

/// The negative log-likelihood of a truth, given a prediction and the width of a Cauchy
/// distribution truncated to [-1, 1].
///
/// With truth d, prediction y and width g, for |y| <= 1
///
///     ln g + ln(1 + ((d - y)/g)^2) + ln[atan((1 - y)/g) - atan((-1 - y)/g)]
///
/// and beyond exp(exp(|y|)) + A y^2 + B, where A and B, functions of d and g, make value and slope
/// continuous at |y| = 1. Inside the double exponential |y| is clamped at 3, where its slope ends.
///
/// Lucie-Smith et al. 2024, appendix C, doi:10.1103/PhysRevD.109.063524.
package struct TruncatedCauchyLoss: Hashable, Sendable {
  /// The width g of the distribution, positive.
  package let gamma: Double

  /// The parameters that are trained beside the weights: gamma alone.
  package static let parameters = [
    LikelihoodParameter(
      name: "gamma", meaning: "the width of the likelihood",
      definition: "half width at half maximum of the likelihood, in scaled labels",
      unit: "scaled label", symbol: "{/:Italic γ}", initialValue: 0.2, bounds: 0.001...2,
      isPositive: true)
  ]

  /// The |y| beyond which the double exponential stays constant.
  static let clamp = 3.0

  /// The loss of one sample and its derivatives.
  package struct Evaluation: Hashable, Sendable {
    /// The loss [nats].
    package let value: Double

    /// The derivative with respect to the prediction.
    package let predictionGradient: Double

    /// The derivative with respect to gamma.
    let gammaGradient: Double
  }

  /// Makes the loss for a width.
  package init(gamma: Double) { self.gamma = gamma }

  /// Returns the loss of one sample and its derivatives.
  package func evaluate(prediction: Double, truth: Double) -> Evaluation {
    abs(prediction) <= 1
      ? inside(prediction: prediction, truth: truth)
      : outside(prediction: prediction, truth: truth)
  }

  private func inside(prediction y: Double, truth d: Double) -> Evaluation {
    let g = gamma
    let (u, a, b) = ((d - y) / g, (1 - y) / g, (-1 - y) / g)
    let mass = atan(a) - atan(b)
    let (slopeU, slopeA, slopeB) = (2 * u / (1 + u * u), 1 / (1 + a * a), 1 / (1 + b * b))
    return Evaluation(
      value: log(g) + log1p(u * u) + log(mass),
      predictionGradient: (-slopeU + (slopeB - slopeA) / mass) / g,
      gammaGradient: (1 - u * slopeU + (b * slopeB - a * slopeA) / mass) / g)
  }

  private func outside(prediction y: Double, truth d: Double) -> Evaluation {
    let g = gamma
    let e = M_E
    let s = y < 0 ? -1.0 : 1.0
    let r = d - s
    let q = r * r + g * g
    // R = s r / q, P = 4 g + g^3, K = atan(2/g), T = 2 / (P K), and their derivatives to g.
    let R = s * r / q
    let dR = -2 * g * R / q
    let P = 4 * g + g * g * g
    let K = atan(2 / g)
    let dLogK = -2 / (g * g + 4) / K
    let T = 2 / (P * K)
    let dT = -T * ((4 + 3 * g * g) / P + dLogK)
    let A = -exp(1 + e) / 2 - R - T
    let B = (e - 2) * exp(e) / 2 + R + T + log1p(r * r / (g * g)) + log(g) + log(K)
    let dB = dR + dT - 2 * r * r / (g * q) + 1 / g + dLogK

    let isClamped = abs(y) > Self.clamp
    let wall = exp(exp(isClamped ? Self.clamp : abs(y)))
    return Evaluation(
      value: wall + A * y * y + B,
      predictionGradient: (isClamped ? 0 : s * exp(abs(y)) * wall) + 2 * A * y,
      gammaGradient: (-dR - dT) * y * y + dB)
  }
}
