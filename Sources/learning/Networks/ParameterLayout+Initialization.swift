import Randomness

extension ParameterLayout {
  /// The parameters of an untrained network, [count].
  ///
  /// Weights are uniform on [-l, l] with l = sqrt(6 / (fanIn + fanOut)), biases zero: Glorot,
  /// Bengio, "Understanding the difficulty of training deep feedforward neural networks",
  /// AISTATS 2010. A weight depends on the seed, the number of its tensor and its place there.
  package func initialized(seed: UInt64, gamma: Float) -> [Float] {
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
      case .gamma: parameters[tensor.range.lowerBound] = gamma
      }
    }
    return parameters
  }
}
