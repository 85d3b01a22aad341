internal import Networks

/// The work of a layer of the network for one sample: from its shape, not measured.
struct KernelWork {
  /// The layer, such as "conv3", or the two that are computed together.
  let name: String

  /// The operations of dense direct convolution, forward and backward: two for each product [10^9].
  let directForward, directBackward: Double

  /// The operations of the products that the kernels make; transforms and pools are not counted [10^9].
  let actualForward, actualBackward: Double

  /// The data that a pass must read and write at least once [10^6 bytes].
  let megabytesForward, megabytesBackward: Double

  /// The convolutions with their pools; the first entry is conv1 and conv2.
  static func convolutions(of architecture: NetworkArchitecture) -> [KernelWork] {
    let channels = architecture.convolutionChannels
    let widths = architecture.activationWidths
    return (1..<channels.count).map { layer in
      let (inputs, outputs) = (Double(channels[layer - 1]), Double(channels[layer]))
      let (width, windows) = (Double(widths[layer]), Double(widths[layer + 1]))
      let (voxels, pooled) = (width * width * width, windows * windows * windows)
      let products = inputs * outputs
      // Winograd's tiles have two windows in x and 96 products for each pair of channels.
      let tiles = windows * windows * ((windows + 1) / 2).rounded(.down)
      let isFirst = layer == 1
      let boxChannels = Double(architecture.inputChannels)
      let first = isFirst ? 54e-9 * boxChannels * inputs * voxels : 0
      // The first convolution's output is never stored: the box is read instead.
      let input = isFirst ? boxChannels * voxels : inputs * voxels
      let forwardBytes = 4 * (input + 96 * products) + 5 * outputs * pooled
      let backwardBytes =
        4 * (input * (isFirst ? 1 : 2) + 2 * 27 * products) + 9 * outputs * pooled
      return KernelWork(
        name: isFirst ? "conv1 + conv2" : "conv\(layer + 1)",
        directForward: 54e-9 * products * voxels + first,
        directBackward: 108e-9 * products * voxels + first,
        actualForward: 192e-9 * products * tiles + first,
        actualBackward: 108e-9 * products * pooled + 2 * first,
        megabytesForward: 1e-6 * forwardBytes, megabytesBackward: 1e-6 * backwardBytes)
    }
  }

  /// The dense layers together: every weight is read once and makes one product.
  static func dense(of architecture: NetworkArchitecture) -> KernelWork {
    let counts = [architecture.featureCount] + architecture.hiddenUnits + [1]
    let products = zip(counts, counts.dropFirst()).reduce(0.0) { $0 + Double($1.0 * $1.1) }
    return KernelWork(
      name: "dense", directForward: 2e-9 * products, directBackward: 4e-9 * products,
      actualForward: 2e-9 * products, actualBackward: 4e-9 * products,
      megabytesForward: 4e-6 * products, megabytesBackward: 8e-6 * products)
  }
}
