/// The leaky rectifier: x where x is positive, else slope x.
///
/// Maas, Hannun, Ng, "Rectifier Nonlinearities Improve Neural Network Acoustic Models", ICML 2013.
/// NaN stays NaN. The derivative at 0 is the slope.
struct LeakyReLU {
  /// The slope below zero, itself not negative: the sign of an output tells that of its input.
  let slope: Float

  /// Replaces inputs by outputs, [count].
  func forward(_ values: UnsafeMutablePointer<Float>, count: Int) {
    for i in 0..<count {
      let value = values[i]
      values[i] = value > 0 ? value : slope * value
    }
  }

  /// Replaces the gradient of the outputs by that of the inputs, [count], given the outputs.
  func backward(
    outputs: UnsafePointer<Float>, gradient: UnsafeMutablePointer<Float>, count: Int
  ) {
    for i in 0..<count {
      let value = gradient[i]
      gradient[i] = outputs[i] > 0 ? value : slope * value
    }
  }
}
