internal import CKernels
package import Failures

/// The implementations of the network; all compute the same function.
package enum NetworkKernels: String, Codable, CaseIterable, Sendable {
  /// The fused kernels in C: Winograd's convolutions forward, and backward only through the maxima of
  /// the pools.
  case fast

  /// The straightforward form over OpenBLAS, which the others are tested and timed against.
  case reference

  /// Checks that these kernels can compute a network.
  ///
  /// - Throws: `SettingOutOfRange` that names the setting and what it may be.
  package func validate(_ architecture: NetworkArchitecture) throws(SettingOutOfRange) {
    try architecture.validate()
    guard self == .fast else { return }
    guard architecture.inputChannels <= 8 else {
      throw SettingOutOfRange(
        ofNetwork: "inputChannels", value: "\(architecture.inputChannels)",
        allowed: "from 1 to 8 for the fast kernels (the kernels named reference take more)")
    }
    let channels = architecture.convolutionChannels
    guard channels.count >= 2, channels.count <= 16,
      channels.allSatisfy({ $0 % 16 == 0 && $0 <= 1024 })
    else {
      throw SettingOutOfRange(
        ofNetwork: "convolutionChannels", value: "\(channels)",
        allowed: "2 to 16 multiples of 16 up to 1024 for the fast kernels (the kernels named "
          + "reference take any)")
    }
  }

  /// The library or instruction set that computes, such as "OpenBLAS 0.3.21 (Haswell)".
  ///
  /// The last bits of results of OpenBLAS may differ between its implementations. OpenBLAS takes a
  /// processor that it does not know for an old one, several times slower; the environment variable
  /// `OPENBLAS_CORETYPE` (`Haswell`, `SkylakeX`) corrects it, if set before the program starts. The
  /// fast kernels give the same bits with every instruction set.
  package var implementation: String {
    switch self {
    case .fast:
      switch halompi_supported_instruction_set(HALOMPI_FASTEST) {
      case HALOMPI_AVX512: "AVX-512"
      case HALOMPI_AVX2: "AVX2"
      default: "portable"
      }
    case .reference: BLAS.implementation
    }
  }
}
