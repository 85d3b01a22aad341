internal import CKernels
package import Failures

/// The memory that a network takes, told before any of it is allocated.
package final class NetworkMemory {
  private let architecture: NetworkArchitecture
  /// The network as the kernels in C know it, without weights; `nil` for the reference kernels.
  private let fast: OpaquePointer?

  /// Looks at a network.
  ///
  /// - Throws: `SettingOutOfRange` if the kernels cannot compute it.
  package init(
    of architecture: NetworkArchitecture, for kernels: NetworkKernels
  ) throws(SettingOutOfRange) {
    try kernels.validate(architecture)
    self.architecture = architecture
    let channels = architecture.convolutionChannels
    fast =
      kernels == .fast
      ? halompi_network_create(
        architecture.boxWidth, architecture.inputChannels, channels, channels.count,
        architecture.leakySlope, HALOMPI_FASTEST, 0)
      : nil
    precondition(
      kernels == .reference || fast != nil, "the kernels refused a network that was found valid")
  }

  deinit { if let fast { halompi_network_destroy(fast) } }

  /// The parameters in all their forms, as ``NetworkWeights/byteCount`` [bytes].
  package var weights: Int {
    architecture.parameters.count * MemoryLayout<Float>.stride
      + (fast.map { halompi_prepared_bytes($0) } ?? 0)
  }

  /// Returns the ``NetworkEvaluator/workspaceBytes`` of an evaluator that `threads` threads share.
  package func workspace(threads: Int) -> Int {
    guard let fast else { return ReferenceEvaluator.workspaceBytes(of: architecture) }
    let units = [architecture.featureCount] + architecture.hiddenUnits + [1]
    return halompi_workspace_bytes(fast, threads)
      + 2 * units.reduce(0, +) * MemoryLayout<Float>.stride
  }
}
