internal import CKernels

/// The optimizer: adaptive moments with a second moment that never shrinks.
///
/// At step t = 1, 2, ... with gradient g, for each parameter w
///
///     m = beta1 m + (1 - beta1) g
///     v = beta2 v + (1 - beta2) g^2
///     vhat = max(vhat, v)
///     w = w - rate_t m / (sqrt(vhat) + epsilon),  rate_t = rate sqrt(1 - beta2^t) / (1 - beta1^t)
///
/// Reddi, Kale, Kumar, "On the Convergence of Adam and Beyond", ICLR 2018, arXiv:1904.09237, with
/// the bias correction of Kingma, Ba, arXiv:1412.6980, in the rate.
///
/// The factors of a step are computed in double precision and rounded to single; the elements are
/// computed in single precision with every operation rounded (none are fused or reordered), so the
/// bits are the same on any processor, with any vector width.
package struct AMSGrad: Sendable {
  /// The settings of the optimizer that a user may change.
  package struct Settings: Codable, Hashable, Sendable {
    /// The size of a step.
    package var learningRate = 5e-5

    /// The memory of the first moment.
    package var beta1 = 0.9

    /// The memory of the second moment.
    package var beta2 = 0.999

    /// The number added to the root of the second moment.
    package var epsilon = 1e-8

    /// Whether gamma keeps its initial value instead of being trained.
    var gammaIsFixed = false

    /// Makes settings, the published ones unless told otherwise.
    package init(
      learningRate: Double = 5e-5, beta1: Double = 0.9, beta2: Double = 0.999,
      epsilon: Double = 1e-8, gammaIsFixed: Bool = false
    ) {
      self.learningRate = learningRate
      self.beta1 = beta1
      self.beta2 = beta2
      self.epsilon = epsilon
      self.gammaIsFixed = gammaIsFixed
    }
  }

  /// The state of the optimizer: all that a checkpoint needs besides parameters and settings.
  package struct State: Hashable, Sendable {
    /// The number of updates made.
    package var step: Int

    /// The first moments m, [count].
    package var m: [Float]

    /// The second moments v, [count].
    package var v: [Float]

    /// The largest second moments so far, [count].
    package var vhat: [Float]

    /// Makes the state after `step` updates; the three buffers are equally long.
    package init(step: Int, m: [Float], v: [Float], vhat: [Float]) {
      precondition(m.count == v.count && v.count == vhat.count, "moments of unequal lengths")
      self.step = step
      self.m = m
      self.v = v
      self.vhat = vhat
    }
  }

  /// The settings, the same for all steps.
  package let settings: Settings

  /// The moments and the step count.
  package private(set) var state: State

  private let layout: ParameterLayout

  /// Makes an optimizer that has made no step, for the parameters of a layout.
  package init(_ settings: Settings = Settings(), layout: ParameterLayout) {
    let zeros = [Float](repeating: 0, count: layout.count)
    self.init(
      settings, resuming: State(step: 0, m: zeros, v: zeros, vhat: zeros), layout: layout)
  }

  /// Makes an optimizer that continues from a state, for the parameters of a layout.
  package init(
    _ settings: Settings = Settings(), resuming state: State, layout: ParameterLayout
  ) {
    precondition(state.m.count == layout.count, "moments of another layout")
    self.layout = layout
    self.settings = settings
    self.state = state
  }

  /// Makes one step: counts it and moves the parameters against the gradient.
  ///
  /// The parameters of the likelihood, the last ones, are clipped to their bounds, or left alone if they
  /// are fixed.
  ///
  /// - Parameters:
  ///   - parameters: The parameters, [count].
  ///   - gradient: The derivative of the batch's loss, priors included, [count].
  package mutating func update(
    _ parameters: UnsafeMutablePointer<Float>, gradient: UnsafePointer<Float>
  ) {
    state.step += 1
    let factors = Self.factors(settings, step: state.step)
    // Fixed parameters of the likelihood, the last ones, are left out.
    let moved = settings.gammaIsFixed ? layout.likelihoodRange.lowerBound : layout.count
    state.m.withUnsafeMutableBufferPointer { m in
      state.v.withUnsafeMutableBufferPointer { v in
        state.vhat.withUnsafeMutableBufferPointer { vhat in
          halompi_amsgrad(
            factors, gradient, m.baseAddress, v.baseAddress, vhat.baseAddress, parameters, moved,
            HALOMPI_FASTEST)
        }
      }
    }
    guard !settings.gammaIsFixed else { return }
    for (place, parameter) in zip(layout.likelihoodRange, layout.likelihood.parameters) {
      // A value that is not a number stays, and ends the training.
      if parameters[place] < parameter.bounds.lowerBound {
        parameters[place] = parameter.bounds.lowerBound
      }
      if parameters[place] > parameter.bounds.upperBound {
        parameters[place] = parameter.bounds.upperBound
      }
    }
  }

  /// The factors of one step, computed in double and rounded to single precision.
  private static func factors(_ settings: Settings, step: Int) -> halompi_amsgrad_step {
    let remaining1 = 1 - power(settings.beta1, step)
    let remaining2 = 1 - power(settings.beta2, step)
    return halompi_amsgrad_step(
      rate: Float(settings.learningRate * remaining2.squareRoot() / remaining1),
      first_decay: Float(settings.beta1), first_share: Float(1 - settings.beta1),
      second_decay: Float(settings.beta2), second_share: Float(1 - settings.beta2),
      epsilon: Float(settings.epsilon))
  }

  /// The power by repeated squaring: plain products, so no mathematical library decides the bits.
  private static func power(_ base: Double, _ exponent: Int) -> Double {
    var (result, square, remaining) = (1.0, base, exponent)
    while remaining > 0 {
      if remaining & 1 == 1 { result *= square }
      square *= square
      remaining >>= 1
    }
    return result
  }
}
