internal import CKernels
package import Failures
internal import Threads

/// The parameters of a network, in the forms that its kernels read.
///
/// One copy serves the evaluators of all threads. It is changed while none of them computes.
package final class NetworkWeights: @unchecked Sendable {
  /// The shape of the network.
  package let architecture: NetworkArchitecture

  /// The kernels that read the weights.
  package let kernels: NetworkKernels

  /// The layout of the parameter tensors.
  package let layout: ParameterLayout

  private let values: AlignedBuffer<Float>
  private let fast: FastNetwork?

  /// Makes weights of parameters, [count].
  ///
  /// - Parameters:
  ///   - parameters: The parameters, in the order of the layout.
  ///   - architecture: The shape of the network.
  ///   - kernels: The kernels that will read the weights.
  ///   - threads: The number of threads that bring the kernels' forms up to date after a change.
  /// - Throws: `SettingOutOfRange` if the kernels cannot compute this network.
  package init(
    _ parameters: [Float], of architecture: NetworkArchitecture, for kernels: NetworkKernels,
    threads: Int = 1
  ) throws(SettingOutOfRange) {
    try kernels.validate(architecture)
    self.architecture = architecture
    self.kernels = kernels
    layout = architecture.parameters
    precondition(parameters.count == layout.count, "parameters of another network")
    values = AlignedBuffer(count: layout.count)
    fast = kernels == .fast ? FastNetwork(architecture, threads: threads) : nil
    update { $0.update(from: parameters, count: layout.count) }
  }

  /// The parameters, [count].
  package var parameters: UnsafePointer<Float> { UnsafePointer(values.pointer) }

  /// The likelihood with the values of its parameters.
  package var likelihood: LikelihoodValues { layout.likelihood(in: parameters) }

  /// The memory of the parameters in all their forms [bytes].
  package var byteCount: Int { values.byteCount + (fast?.preparedBytes ?? 0) }

  /// Changes the parameters, and brings the forms that the kernels read up to date.
  package func update(_ change: (UnsafeMutablePointer<Float>) -> Void) {
    change(values.pointer)
    fast?.prepare(values.pointer)
  }

  /// Makes an evaluator for the use of one thread at a time.
  ///
  /// `threads` threads, the calling one included, share the convolutions of a sample, which changes
  /// no bit of the result. The reference kernels use the calling thread alone.
  package func makeEvaluator(threads: Int = 1) -> any NetworkEvaluator {
    if let fast { FastEvaluator(self, fast, threads: threads) } else { ReferenceEvaluator(self) }
  }
}

/// The network as the kernels in C know it, with the transformed weights of its convolutions.
final class FastNetwork: @unchecked Sendable {
  let handle: OpaquePointer
  let prepared: UnsafeMutableRawPointer
  private let team: ThreadTeam

  init(_ architecture: NetworkArchitecture, threads: Int) {
    let channels = architecture.convolutionChannels
    guard
      let handle = halompi_network_create(
        architecture.boxWidth, architecture.inputChannels, channels, channels.count,
        architecture.leakySlope, HALOMPI_FASTEST, 0)
    else { preconditionFailure("the kernels refused a network that was found valid") }
    self.handle = handle
    team = ThreadTeam(size: threads)
    prepared = .allocate(byteCount: halompi_prepared_bytes(handle), alignment: 64)
  }

  /// The memory of the transformed weights [bytes].
  var preparedBytes: Int { halompi_prepared_bytes(handle) }

  deinit {
    halompi_network_destroy(handle)
    prepared.deallocate()
  }

  func prepare(_ parameters: UnsafePointer<Float>) {
    team.perform { part in
      halompi_prepare_weights(handle, parameters, prepared, part, team.size)
    }
  }
}
