internal import Networks

/// The parameters of a network in the layout of PyTorch.
///
/// Convolutions are [out, in, kz, ky, kx] where ours are [kz, ky, kx, in, out], dense layers [out, in] where
/// ours are [in, out]. PyTorch flattens features [channel, z, y, x] where we flatten [z, y, x, channel], so the
/// inputs of the first dense layer change places as well.
struct TorchLayout {
  private let voxelCount: Int

  init(of architecture: NetworkArchitecture) {
    let width = architecture.activationWidths[architecture.convolutionChannels.count]
    voxelCount = width * width * width
  }

  /// The shape of a tensor in PyTorch, slowest axis first.
  func shape(of tensor: ParameterTensor) -> [Int] {
    switch tensor.role {
    case .convolutionWeight: [tensor.shape[4], tensor.shape[3]] + tensor.shape[..<3]
    case .denseWeight: tensor.shape.reversed()
    case .convolutionBias, .denseBias, .likelihood: tensor.shape
    }
  }

  /// For each element of a tensor in PyTorch, in C order, its place in our buffer of parameters.
  func places(of tensor: ParameterTensor) -> [Int] {
    switch tensor.role {
    case .convolutionBias, .denseBias, .likelihood: return Array(tensor.range)
    case .convolutionWeight:
      return places(
        of: tensor, inner: tensor.shape[0] * tensor.shape[1] * tensor.shape[2],
        inputs: tensor.shape[3])
    case .denseWeight:
      let isFirst = tensor.name == "dense1.weight"
      let inner = isFirst ? voxelCount : 1
      return places(of: tensor, inner: inner, inputs: tensor.shape[0] / inner)
    }
  }

  /// The places of [inner, inputs, outputs] in the order [outputs, inputs, inner].
  private func places(of tensor: ParameterTensor, inner: Int, inputs: Int) -> [Int] {
    let outputs = tensor.count / (inner * inputs)
    var places: [Int] = []
    places.reserveCapacity(tensor.count)
    for output in 0..<outputs {
      for input in 0..<inputs {
        for place in 0..<inner {
          places.append(tensor.range.lowerBound + (place * inputs + input) * outputs + output)
        }
      }
    }
    return places
  }
}
