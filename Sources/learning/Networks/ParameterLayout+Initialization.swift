internal import Randomness

extension ParameterLayout {
  /// Makes the parameters of an untrained network, [count].
  ///
  /// Weights are uniform on [-l, l] with l = sqrt(6 / (fanIn + fanOut)), biases zero: Glorot,
  /// Bengio, "Understanding the difficulty of training deep feedforward neural networks",
  /// AISTATS 2010. A weight depends on the seed, the number of its tensor and its place there.
  ///
  /// - Parameters:
  ///   - seed: The seed of the weights.
  ///   - values: The values of the likelihood's parameters, in their order; the likelihood's own without
  ///     it.
  /// - Returns: The parameters.
  package func initialized(seed: UInt64, likelihood values: [Double]? = nil) -> [Float] {
    let values = values ?? likelihood.initialValues
    precondition(
      values.count == likelihoodRange.count, "values of another likelihood's parameters")
    var parameters = [Float](repeating: 0, count: count)
    for (number, tensor) in tensors.enumerated() {
      switch tensor.role {
      case .convolutionWeight, .denseWeight:
        let limit = (6 / Double(tensor.fanIn + tensor.fanOut)).squareRoot()
        var stream = RandomStream(seed: seed, for: .initialWeights, index: UInt64(number))
        for place in tensor.range {
          parameters[place] = Float(limit * (2 * stream.uniform() - 1))
        }
      case .convolutionBias, .denseBias: break
      case .likelihood:
        let place = tensor.range.lowerBound
        parameters[place] = Float(values[place - likelihoodRange.lowerBound])
      }
    }
    return parameters
  }
}
