internal import Foundation

/// A number that a likelihood trains beside the weights of the network.
package struct LikelihoodParameter: Hashable, Sendable {
  /// The name, under which it stands in files and logs.
  package let name: String

  /// The meaning in a few words, such as "the width of the likelihood".
  package let meaning: String

  /// The exact definition, for the captions of figures.
  package let definition: String

  /// The unit of its values.
  package let unit: String

  /// The symbol that figures label its axis with, in gnuplot's enhanced text.
  package let symbol: String

  /// The value that a training starts with, unless its settings say another.
  let initialValue: Double

  /// The values that it is clipped to after each update that trains it.
  package let bounds: ClosedRange<Float>

  /// Whether no distribution has zero or a negative value of it.
  package let isPositive: Bool
}

/// The loss of one sample and its slope.
package struct LossEvaluation: Hashable, Sendable {
  /// The negative logarithm of the likelihood [nats].
  package let value: Double

  /// The derivative with respect to the prediction.
  package let predictionGradient: Double
}

/// The distribution of the truth about a network's prediction, whose negative logarithm is the loss.
///
/// It owns the parameters that are trained beside the weights: the layout of the parameters, the
/// optimizer, logs, files and figures take their names, values and bounds from it. One likelihood is one
/// file with its parameters and its loss, and a case here.
package enum Likelihood: String, Codable, Hashable, Sendable, CaseIterable {
  /// A Cauchy distribution truncated to [-1, 1]: ``TruncatedCauchyLoss``.
  case truncatedCauchy

  /// The parameters, in the order of the layout; none if the distribution is fixed.
  ///
  /// No two likelihoods have parameters of one name, by which a file says which likelihood it is of.
  package var parameters: [LikelihoodParameter] {
    switch self {
    case .truncatedCauchy: TruncatedCauchyLoss.parameters
    }
  }

  /// The values that the parameters start with, [parameter].
  package var initialValues: [Double] { parameters.map(\.initialValue) }
}

/// A likelihood with values of its parameters.
package struct LikelihoodValues: Hashable, Sendable {
  /// The likelihood.
  package let likelihood: Likelihood

  /// The values of its parameters, in their order.
  package let values: [Double]

  /// Makes a likelihood of as many values as it has parameters.
  package init(_ likelihood: Likelihood, _ values: [Double]) {
    precondition(
      values.count == likelihood.parameters.count, "values of another likelihood's parameters")
    self.likelihood = likelihood
    self.values = values
  }

  /// The values with the parameters that they are of.
  package var named: [(parameter: LikelihoodParameter, value: Double)] {
    Array(zip(likelihood.parameters, values))
  }

  /// The value of the parameter of that name, or nil if the likelihood has none.
  package subscript(name: String) -> Double? { named.first { $0.parameter.name == name }?.value }

  /// Whether all values are finite numbers.
  package var areFinite: Bool { values.allSatisfy(\.isFinite) }

  /// Returns the density of a truth at a prediction; its integral over the truths from -1 to 1 is 1.
  package func density(of truth: Double, at prediction: Double) -> Double {
    exp(-evaluate(prediction: prediction, truth: truth).value)
  }

  /// Computes the loss of one sample and its slopes.
  ///
  /// - Parameters:
  ///   - prediction: The network's prediction, on the scale of the scaled truth.
  ///   - truth: The scaled truth.
  ///   - parameterGradient: The destination of the derivatives with respect to the parameters,
  ///     [parameter].
  /// - Returns: The loss and its slope.
  @inline(__always)
  package func evaluate(
    prediction: Double, truth: Double, parameterGradient: UnsafeMutablePointer<Float>? = nil
  ) -> LossEvaluation {
    switch likelihood {
    case .truncatedCauchy:
      let loss = TruncatedCauchyLoss(gamma: values[0])
        .evaluate(prediction: prediction, truth: truth)
      parameterGradient?[0] = Float(loss.gammaGradient)
      return LossEvaluation(value: loss.value, predictionGradient: loss.predictionGradient)
    }
  }
}

extension LikelihoodValues: Codable {
  private struct Key: CodingKey {
    let stringValue: String
    var intValue: Int? { nil }
    init(stringValue: String) { self.stringValue = stringValue }
    init?(intValue: Int) { nil }
  }

  /// Writes the values under the names of their parameters, beside what else the object has.
  package func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: Key.self)
    for (parameter, value) in named {
      try container.encode(value, forKey: Key(stringValue: parameter.name))
    }
  }

  /// Reads the values of the likelihood whose parameters an object names; `null` is NaN.
  package init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: Key.self)
    // The one that says most of them: a fixed likelihood has none, and fits any object.
    let found = Likelihood.allCases.filter { likelihood in
      likelihood.parameters.allSatisfy { container.contains(Key(stringValue: $0.name)) }
    }.max { $0.parameters.count < $1.parameters.count }
    guard let found else {
      throw DecodingError.dataCorrupted(
        .init(
          codingPath: decoder.codingPath,
          debugDescription: "there are no values of the parameters of a likelihood"))
    }
    self.init(
      found,
      try found.parameters.map { parameter in
        let key = Key(stringValue: parameter.name)
        return try container.decodeNil(forKey: key)
          ? .nan : container.decode(Double.self, forKey: key)
      })
  }
}
