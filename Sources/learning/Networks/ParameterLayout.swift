internal import Failures

/// One tensor of a network's parameters: a named, shaped range of the flat buffer.
package struct ParameterTensor: Hashable, Sendable {
  /// The role of a tensor in its network.
  package enum Role: String, Hashable, Sendable, CaseIterable {
    /// The kernels of a convolution, [kz, ky, kx, input channel, output channel].
    case convolutionWeight
    /// The biases that a convolution adds to its output channels, [output channel].
    case convolutionBias
    /// The matrix of a dense layer, [input, output].
    case denseWeight
    /// The biases that a dense layer adds to its outputs, [output].
    case denseBias
    /// A parameter of the likelihood, [1].
    case likelihood
  }

  /// The layer and the kind, such as "conv1.weight" or "dense3.bias", or the name of a parameter
  /// of the likelihood, such as "gamma".
  package let name: String

  /// The length of each axis, slowest first.
  package let shape: [Int]

  /// The elements of the flat buffer that it occupies, in C order.
  package let range: Range<Int>

  /// The role in the network.
  package let role: Role

  /// The number of inputs that each output of its layer sums over; 1 for a parameter of the likelihood.
  let fanIn: Int

  /// The number of outputs that each input of its layer goes to; 1 for a parameter of the likelihood.
  let fanOut: Int

  /// The number of elements.
  package var count: Int { range.count }
}

/// The layout of the parameter tensors of a network in one flat buffer.
///
/// The order is conv1.weight, conv1.bias, ..., dense1.weight, dense1.bias, ..., and at last
/// the parameters of the likelihood. Parameters, gradients and the optimizer's moments are buffers of
/// this one layout.
package struct ParameterLayout: Hashable, Sendable {
  /// All tensors, in the order of the buffer.
  package let tensors: [ParameterTensor]

  /// The number of parameters.
  package let count: Int

  /// The tensors of the convolutions: complete after
  /// ``NetworkEvaluator/backwardConvolutions(into:)``.
  package let convolutionRange: Range<Int>

  /// The tensors of the dense layers, and the parameters of the likelihood: complete once the dense
  /// layers have gone backward.
  package let denseRange: Range<Int>

  /// The likelihood whose parameters are the last ones.
  package let likelihood: Likelihood

  /// The parameters of the likelihood.
  package let likelihoodRange: Range<Int>

  /// Lays out the parameters of an architecture, which must be valid.
  package init(of architecture: NetworkArchitecture) {
    do { try architecture.validate() } catch { preconditionFailure(error.description) }
    var builder = Builder()
    let channels = [architecture.inputChannels] + architecture.convolutionChannels
    for layer in architecture.convolutionChannels.indices {
      let (inputs, outputs) = (channels[layer], channels[layer + 1])
      builder.add(
        "conv\(layer + 1)", weight: (.convolutionWeight, [3, 3, 3, inputs, outputs]),
        bias: .convolutionBias, fanIn: 27 * inputs, fanOut: 27 * outputs)
    }
    let convolutionCount = builder.count
    let units = [architecture.featureCount] + architecture.hiddenUnits + [1]
    for layer in 0..<units.count - 1 {
      let (inputs, outputs) = (units[layer], units[layer + 1])
      builder.add(
        "dense\(layer + 1)", weight: (.denseWeight, [inputs, outputs]),
        bias: .denseBias, fanIn: inputs, fanOut: outputs)
    }
    let weightCount = builder.count
    for parameter in architecture.likelihood.parameters {
      builder.add(parameter.name, shape: [1], role: .likelihood, fanIn: 1, fanOut: 1)
    }
    likelihood = architecture.likelihood
    likelihoodRange = weightCount..<builder.count
    tensors = builder.tensors
    count = builder.count
    convolutionRange = 0..<convolutionCount
    denseRange = convolutionCount..<builder.count
  }

  /// The tensor of that name, or nil if the network has none.
  package subscript(name: String) -> ParameterTensor? { tensors.first { $0.name == name } }

  /// Returns the likelihood with the values that parameters [count] have for it.
  package func likelihood(in parameters: UnsafePointer<Float>) -> LikelihoodValues {
    LikelihoodValues(likelihood, likelihoodRange.map { Double(parameters[$0]) })
  }

  private struct Builder {
    var tensors: [ParameterTensor] = []
    var count = 0

    mutating func add(
      _ name: String, shape: [Int], role: ParameterTensor.Role, fanIn: Int, fanOut: Int
    ) {
      let end = count + shape.reduce(1, *)
      tensors.append(
        ParameterTensor(
          name: name, shape: shape, range: count..<end, role: role, fanIn: fanIn, fanOut: fanOut))
      count = end
    }

    mutating func add(
      _ layer: String, weight: (role: ParameterTensor.Role, shape: [Int]),
      bias: ParameterTensor.Role, fanIn: Int, fanOut: Int
    ) {
      add("\(layer).weight", shape: weight.shape, role: weight.role, fanIn: fanIn, fanOut: fanOut)
      add(
        "\(layer).bias", shape: [weight.shape[weight.shape.count - 1]], role: bias, fanIn: fanIn,
        fanOut: fanOut)
    }
  }
}
