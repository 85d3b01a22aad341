/// A dense layer: output_j = bias_j + sum_i input_i weight_ij, [inputs] -> [outputs].
struct Dense {
  /// The number of inputs.
  let inputs: Int

  /// The number of outputs.
  let outputs: Int

  /// Computes the outputs from weights [inputs, outputs] and biases [outputs].
  func forward(
    _ input: UnsafePointer<Float>, weight: UnsafePointer<Float>, bias: UnsafePointer<Float>,
    output: UnsafeMutablePointer<Float>
  ) {
    output.update(from: bias, count: outputs)
    BLAS.add(vector: input, times: weight, rows: inputs, columns: outputs, to: output)
  }

  /// Overwrites the gradients of weights [inputs, outputs] and biases [outputs].
  func backwardParameters(
    input: UnsafePointer<Float>, outputGradient: UnsafePointer<Float>,
    weightGradient: UnsafeMutablePointer<Float>, biasGradient: UnsafeMutablePointer<Float>
  ) {
    BLAS.multiply(
      BLAS.Operand(input), BLAS.Operand(outputGradient), rows: inputs, inner: 1, columns: outputs,
      accumulate: false, into: weightGradient)
    biasGradient.update(from: outputGradient, count: outputs)
  }

  /// Overwrites the gradient of the inputs [inputs].
  func backwardInput(
    outputGradient: UnsafePointer<Float>, weight: UnsafePointer<Float>,
    inputGradient: UnsafeMutablePointer<Float>
  ) {
    inputGradient.update(repeating: 0, count: inputs)
    BLAS.add(
      matrix: weight, times: outputGradient, rows: inputs, columns: outputs, to: inputGradient)
  }
}
