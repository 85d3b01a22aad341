/// Computes a network and its gradient, one whole sample at a time.
///
/// An evaluator owns the activations of one sample, so each thread has its own. Parameters and
/// gradient are flat buffers of the architecture's ``ParameterLayout``. The same box and parameters
/// give the same bits whatever thread computes them and whatever the evaluator computed before.
///
///     let evaluator = NetworkKernels.reference.makeEvaluator(for: architecture)
///     let prediction = evaluator.forward(box, parameters: parameters)
///     evaluator.backwardDense(outputGradient: slope, parameters: parameters, into: gradient)
///     evaluator.backwardConvolutions(parameters: parameters, into: gradient)
public protocol NetworkEvaluator: AnyObject {
  /// Returns the prediction for a box and keeps the activations for the way backward.
  ///
  /// - Parameters:
  ///   - box: The standardised voxels, [w, w, w], z slowest. Not used after the call.
  ///   - parameters: The parameters, [count].
  /// - Returns: The prediction, in the units of the scaled truth.
  func forward(_ box: UnsafePointer<Float>, parameters: UnsafePointer<Float>) -> Float

  /// Returns the prediction for a box, the same bits as ``forward(_:parameters:)``, with nothing
  /// kept for the way backward.
  func predict(_ box: UnsafePointer<Float>, parameters: UnsafePointer<Float>) -> Float

  /// Goes backward through the dense layers after ``forward(_:parameters:)``.
  ///
  /// Overwrites ``ParameterLayout/denseRange`` of the gradient, except gamma, which the caller sets
  /// from the loss. Keeps the gradient of the features.
  ///
  /// - Parameters:
  ///   - outputGradient: The derivative of the loss with respect to the prediction.
  ///   - parameters: The parameters of the way forward, [count].
  ///   - gradient: The gradient, [count].
  func backwardDense(
    outputGradient: Float, parameters: UnsafePointer<Float>,
    into gradient: UnsafeMutablePointer<Float>)

  /// Goes backward through the convolutions after
  /// ``backwardDense(outputGradient:parameters:into:)``.
  ///
  /// Overwrites ``ParameterLayout/convolutionRange`` of the gradient and leaves the rest alone, so
  /// that the rest can be on its way meanwhile.
  func backwardConvolutions(
    parameters: UnsafePointer<Float>, into gradient: UnsafeMutablePointer<Float>)

  /// The memory that the evaluator has allocated [bytes].
  var workspaceBytes: Int { get }
}

/// The implementations of the network; all compute the same function.
public enum NetworkKernels: String, Codable, CaseIterable, Sendable {
  /// The straightforward form over OpenBLAS, which the others are tested and timed against.
  case reference

  /// Makes an evaluator of an architecture, which must be valid, for the use of one thread.
  public func makeEvaluator(for architecture: NetworkArchitecture) -> any NetworkEvaluator {
    switch self {
    case .reference: ReferenceEvaluator(architecture)
    }
  }

  /// The library and the processor type that it computes for, such as "OpenBLAS 0.3.21 (Haswell)".
  ///
  /// Where these differ, so may the last bits of results. OpenBLAS takes a processor that it does
  /// not know for an old one, several times slower; the environment variable `OPENBLAS_CORETYPE`
  /// (`Haswell`, `SkylakeX`) corrects it, if set before the program starts.
  public var implementation: String {
    switch self {
    case .reference: BLAS.implementation
    }
  }
}
