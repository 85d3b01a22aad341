/// The network layer by layer over OpenBLAS: the reference that faster kernels are held to.
///
/// Activations are [z, y, x, channel]. Each pooled convolution is pooled before it is rectified,
/// which gives the same values, as the rectifier keeps the order, on an eighth of the elements.
final class ReferenceEvaluator: StagedEvaluator {
  private let weights: NetworkWeights
  private let layout: ParameterLayout
  private let convolutions: [Convolution]
  private let pools: [MaxPool?]
  private let denses: [Dense]
  private let activation: LeakyReLU

  private let workspace: Convolution.Workspace
  /// The box, then the activations after each convolution, its pool and the rectifier.
  private let features: [AlignedBuffer<Float>]
  /// The winners of each pool; empty for a convolution without one.
  private let winners: [AlignedBuffer<UInt8>]
  /// The outputs of each dense layer.
  private let units: [AlignedBuffer<Float>]
  private let unitGradients: [AlignedBuffer<Float>]
  /// The output of a convolution before its pool, then the gradient of that.
  private let unpooled: AlignedBuffer<Float>
  /// The gradient of the features of the layer that the way backward has reached.
  private let featureGradient: AlignedBuffer<Float>

  var progress = EvaluationProgress.nothing

  init(_ weights: NetworkWeights) {
    BLAS.useCallingThreadOnly()
    self.weights = weights
    layout = weights.layout
    let architecture = weights.architecture
    let widths = architecture.activationWidths
    let channels = [architecture.inputChannels] + architecture.convolutionChannels
    let layers = architecture.convolutionChannels.indices
    convolutions = layers.map {
      Convolution(
        width: widths[$0], inputChannels: channels[$0], outputChannels: channels[$0 + 1])
    }
    pools = layers.map { $0 == 0 ? nil : MaxPool(width: widths[$0], channels: channels[$0 + 1]) }
    let counts = [architecture.featureCount] + architecture.hiddenUnits + [1]
    denses = zip(counts, counts.dropFirst()).map { Dense(inputs: $0, outputs: $1) }
    activation = LeakyReLU(slope: architecture.leakySlope)

    workspace = Convolution.Workspace(for: convolutions)
    features = zip(widths, channels).map { AlignedBuffer(count: $0 * $0 * $0 * $1) }
    winners = pools.map { AlignedBuffer(count: $0?.outputCount ?? 0) }
    units = denses.map { AlignedBuffer(count: $0.outputs) }
    unitGradients = denses.map { AlignedBuffer(count: $0.outputs) }
    unpooled = AlignedBuffer(count: convolutions.dropFirst().map(\.outputCount).max() ?? 0)
    featureGradient = AlignedBuffer(count: features.dropFirst().map(\.count).max() ?? 0)
  }

  var workspaceBytes: Int {
    let buffers = features + units + unitGradients + [unpooled, featureGradient]
    return workspace.byteCount + buffers.reduce(0) { $0 + $1.byteCount }
      + winners.reduce(0) { $0 + $1.byteCount }
  }

  /// The same, told before anything is allocated.
  static func workspaceBytes(of architecture: NetworkArchitecture) -> Int {
    let widths = architecture.activationWidths
    let channels = [architecture.inputChannels] + architecture.convolutionChannels
    let convolutions = architecture.convolutionChannels.indices.map {
      Convolution(
        width: widths[$0], inputChannels: channels[$0], outputChannels: channels[$0 + 1])
    }
    let features = zip(widths, channels).map { $0 * $0 * $0 * $1 }
    let units = architecture.hiddenUnits + [1]
    let unpooled = convolutions.dropFirst().map(\.outputCount).max() ?? 0
    let gradient = features.dropFirst().max() ?? 0
    let winners = features.dropFirst(2).reduce(0, +)
    let reals = features.reduce(0, +) + 2 * units.reduce(0, +) + unpooled + gradient
    return Convolution.Workspace.byteCount(for: convolutions)
      + reals * MemoryLayout<Float>.stride + winners
  }

  func forward(_ box: UnsafePointer<Float>) -> Float {
    let parameters = weights.parameters
    arrange(box)
    for (layer, convolution) in convolutions.enumerated() {
      let output = features[layer + 1]
      let raw = pools[layer] == nil ? output.pointer : unpooled.pointer
      convolution.forward(
        features[layer].pointer, weight: parameters + weight(layer), bias: parameters + bias(layer),
        output: raw, workspace: workspace)
      pools[layer]?.forward(raw, output: output.pointer, winners: winners[layer].pointer)
      activation.forward(output.pointer, count: output.count)
    }
    for (layer, dense) in denses.enumerated() {
      let number = convolutions.count + layer
      dense.forward(
        inputOfDense(layer), weight: parameters + weight(number), bias: parameters + bias(number),
        output: units[layer].pointer)
      if layer < denses.count - 1 {
        activation.forward(units[layer].pointer, count: dense.outputs)
      }
    }
    progress = .forward
    return units[denses.count - 1].pointer[0]
  }

  func backwardDense(outputGradient: Float, into gradient: UnsafeMutablePointer<Float>) {
    let parameters = weights.parameters
    precondition(progress != .nothing, "backwardDense without a forward before it")
    unitGradients[denses.count - 1].pointer[0] = outputGradient
    for (layer, dense) in denses.enumerated().reversed() {
      let number = convolutions.count + layer
      let incoming = unitGradients[layer].pointer
      if layer < denses.count - 1 {
        activation.backward(
          outputs: units[layer].pointer, gradient: incoming, count: dense.outputs)
      }
      dense.backwardParameters(
        input: inputOfDense(layer), outputGradient: incoming,
        weightGradient: gradient + weight(number), biasGradient: gradient + bias(number))
      dense.backwardInput(
        outputGradient: incoming, weight: parameters + weight(number),
        inputGradient: layer == 0 ? featureGradient.pointer : unitGradients[layer - 1].pointer)
    }
    progress = .backwardDense
  }

  func backwardConvolutions(into gradient: UnsafeMutablePointer<Float>) {
    backward(parametersInto: gradient, boxInto: nil)
  }

  /// Goes backward through the convolutions to the box after ``backwardDense(outputGradient:into:)``, and writes the
  /// gradient of the box, [channel, w, w, w].
  func backwardBox(into boxGradient: UnsafeMutablePointer<Float>) {
    backward(parametersInto: nil, boxInto: boxGradient)
  }

  private func backward(
    parametersInto gradient: UnsafeMutablePointer<Float>?,
    boxInto boxGradient: UnsafeMutablePointer<Float>?
  ) {
    let parameters = weights.parameters
    precondition(
      progress == .backwardDense,
      "a way backward through convolutions without one through dense layers")
    for (layer, convolution) in convolutions.enumerated().reversed() {
      let output = features[layer + 1]
      var incoming = featureGradient.pointer
      activation.backward(outputs: output.pointer, gradient: incoming, count: output.count)
      if let pool = pools[layer] {
        pool.backward(
          outputGradient: incoming, winners: winners[layer].pointer,
          inputGradient: unpooled.pointer)
        incoming = unpooled.pointer
      }
      if let gradient {
        convolution.backwardParameters(
          input: features[layer].pointer, outputGradient: incoming,
          weightGradient: gradient + weight(layer), biasGradient: gradient + bias(layer),
          workspace: workspace)
      }
      if layer > 0 {
        convolution.backwardInput(
          outputGradient: incoming, weight: parameters + weight(layer),
          inputGradient: featureGradient.pointer, workspace: workspace)
      } else if let boxGradient {
        // The box itself is not needed any more, and its gradient takes its place.
        convolution.backwardInput(
          outputGradient: incoming, weight: parameters + weight(layer),
          inputGradient: features[0].pointer, workspace: workspace)
        disarrange(into: boxGradient)
      }
    }
    progress = boxGradient == nil ? .forward : .nothing
  }

  /// Brings what is in the place of the box from the order of activations into [channel, z, y, x].
  private func disarrange(into box: UnsafeMutablePointer<Float>) {
    let channels = weights.architecture.inputChannels
    let voxels = features[0].count / channels
    for channel in 0..<channels {
      for voxel in 0..<voxels {
        box[channel * voxels + voxel] = features[0].pointer[voxel * channels + channel]
      }
    }
  }

  /// Brings a box [channel, z, y, x] into the order of activations.
  private func arrange(_ box: UnsafePointer<Float>) {
    let channels = weights.architecture.inputChannels
    let voxels = features[0].count / channels
    for channel in 0..<channels {
      for voxel in 0..<voxels {
        features[0].pointer[voxel * channels + channel] = box[channel * voxels + voxel]
      }
    }
  }

  private func inputOfDense(_ layer: Int) -> UnsafePointer<Float> {
    UnsafePointer(layer == 0 ? features[convolutions.count].pointer : units[layer - 1].pointer)
  }

  /// Returns the index of a layer's first weight; dense layers count after convolutions.
  private func weight(_ layer: Int) -> Int { layout.tensors[2 * layer].range.lowerBound }

  /// Returns the index of a layer's first bias; dense layers count after convolutions.
  private func bias(_ layer: Int) -> Int { layout.tensors[2 * layer + 1].range.lowerBound }
}
