internal import CKernels

/// The precision of the arithmetic that a fit does for each point; sums over points are kept in double precision.
package enum FitPrecision: Hashable, Codable, Sendable {
  /// Double precision.
  case double

  /// Single precision, for fits that others follow: densities have errors of 1e-6, and an iteration takes less than
  /// half the time.
  case single

  /// The same for the kernels.
  var ofKernels: halompi_precision {
    switch self {
    case .double: HALOMPI_DOUBLE
    case .single: HALOMPI_SINGLE
    }
  }
}
