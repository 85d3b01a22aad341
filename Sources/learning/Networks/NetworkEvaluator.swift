/// Computes a network and its gradient, one whole sample at a time.
///
/// An evaluator owns the activations of one sample, so each thread has its own; the weights are
/// shared (``NetworkWeights``). A gradient is a flat buffer of the architecture's
/// ``ParameterLayout``. The same box and weights give the same bits whatever thread computes them
/// and whatever the evaluator computed before.
///
///     let weights = try NetworkWeights(parameters, of: architecture, for: .fast)
///     let evaluator = weights.makeEvaluator()
///     let prediction = evaluator.forward(box)
///     evaluator.backwardDense(outputGradient: slope, into: gradient)
///     evaluator.backwardConvolutions(into: gradient)
package protocol NetworkEvaluator: AnyObject {
  /// Returns the prediction for a box and keeps the activations for the way backward.
  ///
  /// The box is standardized, [channel, w, w, w], z slowest in a channel, and not used after the call. The prediction is in
  /// the units of the scaled truth.
  func forward(_ box: UnsafePointer<Float>) -> Float

  /// Returns the prediction for a box, the same bits as ``forward(_:)``, with nothing kept for the
  /// way backward.
  func predict(_ box: UnsafePointer<Float>) -> Float

  /// Goes backward through the dense layers after ``forward(_:)``.
  ///
  /// Overwrites ``ParameterLayout/denseRange`` of the gradient, except the parameters of the
  /// likelihood, which the caller sets from the loss. Keeps the gradient of the features. The weights are those of the way forward.
  ///
  /// - Parameters:
  ///   - outputGradient: The derivative of the loss with respect to the prediction.
  ///   - gradient: The gradient, [count].
  func backwardDense(outputGradient: Float, into gradient: UnsafeMutablePointer<Float>)

  /// Goes backward through the convolutions after ``backwardDense(outputGradient:into:)``.
  ///
  /// Overwrites ``ParameterLayout/convolutionRange`` of the gradient and leaves the rest alone, so
  /// that the rest can be on its way meanwhile.
  func backwardConvolutions(into gradient: UnsafeMutablePointer<Float>)

  /// The memory that the evaluator has allocated [bytes].
  var workspaceBytes: Int { get }
}

/// The pass that the sample in the buffers of an evaluator has reached.
enum EvaluationProgress { case nothing, forward, backwardDense }

/// An evaluator that records the pass that its sample has reached.
protocol StagedEvaluator: NetworkEvaluator {
  /// The pass that the sample in the buffers has reached.
  var progress: EvaluationProgress { get set }
}

extension StagedEvaluator {
  func predict(_ box: UnsafePointer<Float>) -> Float {
    let prediction = forward(box)
    progress = .nothing
    return prediction
  }
}
