internal import CKernels
internal import Threads

/// The network by the fused kernels in C.
///
/// Of the activations of a box only those after a pool are kept, with the places of their maxima: the
/// first convolution and everything before a pool are computed again where they are needed.
final class FastEvaluator: StagedEvaluator {
  private let weights: NetworkWeights
  private let network: FastNetwork
  private let counts: [Int]
  private let tensors: [ParameterTensor]
  private let slope: Float
  /// The threads that share each stage of a pass.
  private let team: ThreadTeam

  private let workspace: UnsafeMutableRawPointer
  /// The features, then the outputs of each dense layer.
  private let units: [AlignedBuffer<Float>]
  private let unitGradients: [AlignedBuffer<Float>]

  var progress = EvaluationProgress.nothing

  init(_ weights: NetworkWeights, _ network: FastNetwork, threads: Int) {
    team = ThreadTeam(size: threads)
    self.weights = weights
    self.network = network
    let architecture = weights.architecture
    slope = architecture.leakySlope
    counts = [architecture.featureCount] + architecture.hiddenUnits + [1]
    tensors = Array(weights.layout.tensors.dropFirst(2 * architecture.convolutionChannels.count))
    workspace = .allocate(
      byteCount: halompi_workspace_bytes(network.handle, threads), alignment: 64)
    units = counts.map { AlignedBuffer(count: $0) }
    unitGradients = counts.map { AlignedBuffer(count: $0) }
  }

  deinit { workspace.deallocate() }

  var workspaceBytes: Int {
    halompi_workspace_bytes(network.handle, team.size)
      + (units + unitGradients).reduce(0) { $0 + $1.byteCount }
  }

  func forward(_ box: UnsafePointer<Float>) -> Float {
    let parameters = weights.parameters
    for stage in 0..<halompi_stage_count(network.handle) {
      team.perform { part in
        halompi_forward_stage(
          network.handle, parameters, network.prepared, box, workspace, units[0].pointer, stage,
          part, team.size)
      }
    }
    for layer in 0..<counts.count - 1 {
      halompi_dense_forward(
        parameters + weight(layer), parameters + bias(layer), units[layer].pointer,
        units[layer + 1].pointer, counts[layer], counts[layer + 1], slope(of: layer),
        HALOMPI_FASTEST)
    }
    progress = .forward
    return units[counts.count - 1].pointer[0]
  }

  func backwardDense(outputGradient: Float, into gradient: UnsafeMutablePointer<Float>) {
    precondition(progress != .nothing, "backwardDense without a forward before it")
    unitGradients[counts.count - 1].pointer[0] = outputGradient
    for layer in (0..<counts.count - 1).reversed() {
      halompi_dense_backward(
        weights.parameters + weight(layer), units[layer].pointer, units[layer + 1].pointer,
        unitGradients[layer + 1].pointer, gradient + weight(layer), gradient + bias(layer),
        unitGradients[layer].pointer, counts[layer], counts[layer + 1], slope(of: layer),
        HALOMPI_FASTEST)
    }
    progress = .backwardDense
  }

  func backwardConvolutions(into gradient: UnsafeMutablePointer<Float>) {
    precondition(
      progress == .backwardDense, "backwardConvolutions without a backwardDense before it")
    for stage in 0..<halompi_stage_count(network.handle) {
      team.perform { part in
        halompi_backward_stage(
          network.handle, weights.parameters, network.prepared, workspace,
          unitGradients[0].pointer, gradient, stage, part, team.size)
      }
    }
    progress = .forward
  }

  /// Returns the decisions at the pools in the last forward pass: for each pool [window, channel],
  /// the place (z * 2 + y) * 2 + x of the maximum in the window, plus 8 where it is positive.
  func poolDecisions() -> [[UInt8]] {
    let architecture = weights.architecture
    let widths = architecture.activationWidths.dropFirst(2)
    let channels = architecture.convolutionChannels.dropFirst()
    return zip(widths, channels).enumerated().map { block, shape in
      let (width, channels) = shape
      return [UInt8](unsafeUninitializedCapacity: width * width * width * channels) {
        halompi_pool_decisions(network.handle, workspace, block, $0.baseAddress)
        $1 = $0.count
      }
    }
  }

  /// The last dense layer is linear.
  private func slope(of layer: Int) -> Float { layer == counts.count - 2 ? 1 : slope }

  /// Returns the index of a dense layer's first weight in the buffer of parameters.
  private func weight(_ layer: Int) -> Int { tensors[2 * layer].range.lowerBound }

  /// Returns the index of a dense layer's first bias in the buffer of parameters.
  private func bias(_ layer: Int) -> Int { tensors[2 * layer + 1].range.lowerBound }
}
