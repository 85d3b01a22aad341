/// Computes the gradient of a network's prediction with respect to the voxels of its box.
///
/// It goes through the reference kernels, whatever kernels the weights are for: the fast ones have no way backward
/// through the first convolution, which trainings do not need. One thread at a time may use it.
package final class BoxGradient {
  private let evaluator: ReferenceEvaluator
  private let parameterGradient: AlignedBuffer<Float>

  /// Allocates the activations of a sample.
  package init(_ weights: NetworkWeights) {
    evaluator = ReferenceEvaluator(weights)
    parameterGradient = AlignedBuffer(count: weights.layout.count)
  }

  /// Writes the gradient of the prediction for a box.
  ///
  /// - Parameters:
  ///   - box: The standardized box, [channel, w, w, w].
  ///   - gradient: The derivatives of the prediction, in units of the scaled truth, with respect to the standardized
  ///     voxels, [channel, w, w, w].
  /// - Returns: The prediction.
  @discardableResult
  package func write(
    of box: UnsafePointer<Float>, to gradient: UnsafeMutablePointer<Float>
  ) -> Float {
    let prediction = evaluator.forward(box)
    evaluator.backwardDense(outputGradient: 1, into: parameterGradient.pointer)
    evaluator.backwardBox(into: gradient)
    return prediction
  }
}
