package import Failures

/// The error of a quantity relative to its golden value.
package struct GoldenResult: Hashable, Sendable {
  /// The quantity compared, such as "prediction" or "gradient of conv2.weight".
  package let quantity: String

  /// The largest relative error over steps, boxes and elements.
  package let worstError: Double

  /// The largest relative error that is allowed.
  package let tolerance: Double

  /// Whether the error is allowed; one that is NaN never is.
  package var passed: Bool { worstError <= tolerance }
}

/// Holds kernels to the golden values of another program.
package enum GoldenCheck {
  /// The relative error that single precision is allowed against double.
  package static let tolerance = 1e-4

  /// Runs all steps of a reference with some kernels.
  ///
  /// Likelihood, penalty, loss and gamma are compared relative to their golden values; predictions
  /// relative to the largest of the batch; a gradient's norm and probes relative to the
  /// golden norm of its tensor, and its sum to the larger of that norm and the golden sum.
  ///
  /// - Returns: One result per quantity, in the order of the computation.
  /// - Throws: `SettingOutOfRange` if the kernels cannot compute the reference's network.
  package static func run(
    _ reference: GoldenReference, kernels: NetworkKernels
  ) throws(SettingOutOfRange) -> [GoldenResult] {
    var errors = Errors()
    for vector in reference.lossVectors {
      let loss = TruncatedCauchyLoss(gamma: vector.gamma)
      let value = loss.evaluate(prediction: vector.y, truth: vector.d).value
      errors.note("loss vector", value, vector.value)
    }
    var run = try Run(reference, kernels: kernels)
    for expected in reference.steps {
      let step = run.step()
      let largest = expected.prediction.reduce(0) { max($0, abs($1)) }
      for (value, golden) in zip(step.prediction, expected.prediction) {
        errors.note("prediction", value, golden, scale: largest)
      }
      errors.note("likelihood", step.likelihood, expected.likelihood)
      errors.note("penalty", step.penalty, expected.penalty)
      errors.note("loss", step.likelihood + step.penalty, expected.loss)
      errors.note("gamma", step.gamma, expected.gamma)
      for tensor in run.layout.tensors {
        guard let golden = expected.gradients[tensor.name],
          let probes = reference.probeIndices[tensor.name]
        else { continue }
        let gradient = run.gradient[tensor.range].map { Double($0) }
        let quantity = "gradient of \(tensor.name)"
        let l2 = gradient.reduce(0) { $0 + $1 * $1 }.squareRoot()
        errors.note(quantity, l2, golden.l2)
        errors.note(
          quantity, gradient.reduce(0, +), golden.sum, scale: max(golden.l2, abs(golden.sum)))
        for (probe, value) in zip(probes, golden.probe) {
          errors.note(quantity, gradient[probe], value, scale: golden.l2)
        }
      }
    }
    return errors.results
  }

  /// The worst error of each quantity, in the order of first mention.
  private struct Errors {
    private var quantities: [String] = []
    private var worst: [String: Double] = [:]

    mutating func note(_ quantity: String, _ value: Double, _ golden: Double, scale: Double? = nil)
    {
      let error = abs(value - golden) / (scale ?? abs(golden))
      guard let known = worst[quantity] else {
        quantities.append(quantity)
        worst[quantity] = error
        return
      }
      // Once NaN, always NaN.
      if !(error <= known), !known.isNaN { worst[quantity] = error }
    }

    var results: [GoldenResult] {
      quantities.map {
        GoldenResult(quantity: $0, worstError: worst[$0] ?? .nan, tolerance: GoldenCheck.tolerance)
      }
    }
  }

  /// A training on one batch, sample by sample.
  private struct Run {
    let reference: GoldenReference
    let layout: ParameterLayout
    let weights: NetworkWeights
    let evaluator: any NetworkEvaluator
    let priors: Priors
    var optimizer: AMSGrad
    var gradient: [Float]
    let boxes: [[Float]]

    struct Step {
      var prediction: [Double] = []
      var likelihood = 0.0
      var penalty = 0.0
      var gamma = 0.0
    }

    init(
      _ reference: GoldenReference, kernels: NetworkKernels
    ) throws(SettingOutOfRange) {
      self.reference = reference
      layout = reference.architecture.parameters
      weights = try NetworkWeights(
        reference.initialParameters(), of: reference.architecture, for: kernels)
      evaluator = weights.makeEvaluator()
      priors = Priors(alpha: reference.alpha, layout: layout)
      let settings = AMSGrad.Settings(
        learningRate: reference.learningRate, beta1: reference.beta1, beta2: reference.beta2,
        epsilon: reference.epsilon)
      optimizer = AMSGrad(settings, layout: layout)
      gradient = [Float](repeating: 0, count: layout.count)
      boxes = (0..<reference.batch).map(reference.box)
    }

    /// Computes loss and gradient of the batch, then updates the parameters.
    mutating func step() -> Step {
      var step = Step()
      var sample = [Float](repeating: 0, count: layout.count)
      var sum = [Double](repeating: 0, count: layout.count)
      step.gamma = weights.likelihood.values[0]
      let loss = TruncatedCauchyLoss(gamma: step.gamma)
      let share = 1 / Double(reference.batch)
      for n in 0..<reference.batch {
        let prediction = Double(evaluator.forward(boxes[n]))
        let value = loss.evaluate(prediction: prediction, truth: Double(reference.truth(n)))
        evaluator.backwardDense(
          outputGradient: Float(value.predictionGradient * share), into: &sample)
        evaluator.backwardConvolutions(into: &sample)
        sample[layout.likelihoodRange.lowerBound] = Float(value.gammaGradient * share)
        for place in sum.indices { sum[place] += Double(sample[place]) }
        step.prediction.append(prediction)
        step.likelihood += value.value * share
      }
      step.penalty = priors.penalty(weights.parameters)
      for place in sum.indices { gradient[place] = Float(sum[place]) }
      priors.addGradient(weights.parameters, to: &gradient)
      weights.update { optimizer.update($0, gradient: gradient) }
      return step
    }
  }
}
