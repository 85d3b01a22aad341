internal import CKernels
internal import Networks
internal import Randomness

/// The vector instructions that a benchmark of the kernels uses.
package enum KernelInstructions: String, Codable, CaseIterable, Sendable {
  /// The fastest that the processor has.
  case fastest

  /// AVX-512.
  case avx512

  /// AVX2 and fused multiply-adds.
  case avx2

  /// The instructions that every processor of the architecture has.
  case portable

  var value: halompi_instruction_set {
    switch self {
    case .fastest: HALOMPI_FASTEST
    case .avx512: HALOMPI_AVX512
    case .avx2: HALOMPI_AVX2
    case .portable: HALOMPI_PORTABLE
    }
  }

  /// Whether the processor has them.
  var isSupported: Bool {
    self == .fastest || halompi_supported_instruction_set(value) == value
  }
}

/// A network with random weights and a random box, whose stages can be run one by one.
final class KernelRun {
  let stageCount: Int
  private let network: OpaquePointer
  private let instructions: halompi_instruction_set
  private let parameters: [Float]
  private let box: [Float]
  private let prepared: UnsafeMutableRawPointer
  private let workspace: UnsafeMutableRawPointer
  private var features: [Float]
  private var featureGradient: [Float]
  private var gradient: [Float]
  /// The widths of the dense layers, from the features to the output.
  private let widths: [Int]
  private let tensors: [ParameterTensor]
  private let slope: Float
  private var units: [[Float]]

  /// Makes a network, whose shape the fast kernels can compute, with the blocks for a second-level cache [bytes].
  init(
    _ architecture: NetworkArchitecture, _ instructions: KernelInstructions, secondLevelCache: Int?
  ) {
    let channels = architecture.convolutionChannels
    guard
      let network = halompi_network_create(
        architecture.boxWidth, architecture.inputChannels, channels, channels.count,
        architecture.leakySlope, instructions.value, secondLevelCache ?? 0)
    else { preconditionFailure("the kernels refused a network that was found valid") }
    self.network = network
    self.instructions = instructions.value
    let layout = architecture.parameters
    parameters = layout.initialized(seed: 1)
    var stream = RandomStream(seed: 1, for: .benchmark)
    // Standardized fields have a variance of 1, and so has the uniform distribution on +-sqrt 3.
    box = (0..<architecture.boxCount).map { _ in Float(3.4641 * (stream.uniform() - 0.5)) }
    stageCount = halompi_stage_count(network)
    prepared = .allocate(byteCount: halompi_prepared_bytes(network), alignment: 64)
    workspace = .allocate(byteCount: halompi_workspace_bytes(network, 1), alignment: 64)
    features = [Float](repeating: 0, count: halompi_feature_count(network))
    featureGradient = features.map { _ in Float(stream.uniform() - 0.5) }
    gradient = [Float](repeating: 0, count: layout.count)
    widths = [features.count] + architecture.hiddenUnits + [1]
    tensors = Array(layout.tensors.dropFirst(2 * channels.count))
    slope = architecture.leakySlope
    units = widths.map { [Float](repeating: 0, count: $0) }
  }

  deinit {
    halompi_network_destroy(network)
    prepared.deallocate()
    workspace.deallocate()
  }

  /// The memory of one sample, and that of the transformed weights [bytes].
  var memory: (workspace: Int, weights: Int) {
    (halompi_workspace_bytes(network, 1), halompi_prepared_bytes(network))
  }

  func prepareWeights() { halompi_prepare_weights(network, parameters, prepared, 0, 1) }

  func forward(stage: Int) {
    halompi_forward_stage(
      network, parameters, prepared, box, workspace, &features, stage, 0, 1)
  }

  func backward(stage: Int) {
    halompi_backward_stage(
      network, parameters, prepared, workspace, featureGradient, &gradient, stage, 0, 1)
  }

  func forwardDense() {
    units[0] = features
    for layer in 0..<widths.count - 1 {
      parameters.withUnsafeBufferPointer { parameters in
        halompi_dense_forward(
          weights(layer, in: parameters), biases(layer, in: parameters), units[layer],
          &units[layer + 1], widths[layer], widths[layer + 1], slope, instructions)
      }
    }
  }

  func backwardDense() {
    var incoming: [Float] = [1]
    for layer in (0..<widths.count - 1).reversed() {
      var outgoing = [Float](repeating: 0, count: widths[layer])
      parameters.withUnsafeBufferPointer { parameters in
        gradient.withUnsafeMutableBufferPointer { gradient in
          halompi_dense_backward(
            weights(layer, in: parameters), units[layer], units[layer + 1],
            &incoming,
            UnsafeMutablePointer(mutating: weights(layer, in: .init(gradient))),
            UnsafeMutablePointer(mutating: biases(layer, in: .init(gradient))),
            &outgoing, widths[layer], widths[layer + 1], slope, instructions)
        }
      }
      incoming = outgoing
    }
  }

  private func weights(
    _ layer: Int, in buffer: UnsafeBufferPointer<Float>
  ) -> UnsafePointer<Float>? {
    buffer.extracting(tensors[2 * layer].range).baseAddress
  }

  private func biases(
    _ layer: Int, in buffer: UnsafeBufferPointer<Float>
  ) -> UnsafePointer<Float>? {
    buffer.extracting(tensors[2 * layer + 1].range).baseAddress
  }
}
