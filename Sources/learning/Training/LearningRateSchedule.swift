internal import Networks

/// The course of the learning rate over a training: a warm-up, and then a decay.
///
/// The rate of a step is a function of these settings, the number of the step, and the validations before it; so a
/// training that was stopped goes on with the same rates. The default is one rate for all steps.
package struct LearningRateSchedule: Codable, Hashable, Sendable {
  /// The course after the warm-up.
  enum Decay: String, Codable, Hashable, Sendable, CaseIterable {
    /// The full rate.
    case constant

    /// Half a period of a cosine, from the full rate to its least share.
    case cosine

    /// A factor after every so many steps.
    case step

    /// A factor whenever the validation likelihood has stopped falling.
    case plateau
  }

  /// The course of the rate after the warm-up.
  var decay = Decay.constant

  /// The number of steps at the start, over which the rate rises evenly to `optimizer.learningRate`.
  var warmupSteps = 0

  /// The number of steps, after the warm-up, of the whole `cosine`, or from one factor to the next of `step`; these two
  /// need it.
  var steps: Int?

  /// The factor of each `step`, or of each `plateau`.
  var factor = 0.1

  /// The number of epochs in a row without a lower validation likelihood, after which `plateau` applies the factor.
  var patience = 3

  /// The least share of the rate, below which no decay goes.
  var leastShare = 0.0

  /// Whether every step has the same rate.
  var isConstant: Bool { decay == .constant && warmupSteps == 0 }

  /// Whether rates depend on validations.
  var needsValidations: Bool { decay == .plateau }

  /// Whether it lacks the number of steps that its decay needs.
  package var lacksSteps: Bool { (decay == .cosine || decay == .step) && steps == nil }

  /// The course in the words of a file, for messages.
  package var decayName: String { decay.rawValue }

  /// Returns the rate of a step.
  ///
  /// - Parameters:
  ///   - full: The full rate, that of the optimizer's settings.
  ///   - step: The number of steps before it.
  ///   - validations: The validation likelihoods of all epochs before it [nats]; only `plateau` looks at them.
  /// - Returns: The rate; `full` itself where neither warm-up nor decay applies.
  func rate(_ full: Double, step: Int, validations: [Double]) -> Double {
    guard step >= warmupSteps else {
      return full * (Double(step + 1) / (Double(warmupSteps) + 1))
    }
    let share = share(afterWarmup: step - warmupSteps, validations: validations)
    return full * max(leastShare, share)
  }

  private func share(afterWarmup step: Int, validations: [Double]) -> Double {
    switch decay {
    case .constant: return 1
    case .cosine:
      let count = steps ?? 1
      guard step < count else { return leastShare }
      let cosine = Self.cosine(Double(step) / Double(count))
      return leastShare + (1 - leastShare) * cosine * cosine
    case .step: return AMSGrad.power(factor, step / (steps ?? 1))
    case .plateau: return AMSGrad.power(factor, plateaus(in: validations))
    }
  }

  /// The number of times that the likelihood did not fall for `patience` epochs in a row.
  private func plateaus(in validations: [Double]) -> Int {
    var (count, lowest, waiting) = (0, Double.infinity, 0)
    for likelihood in validations {
      if likelihood < lowest {
        lowest = likelihood
        waiting = 0
      } else {
        waiting += 1
      }
      if waiting == patience {
        count += 1
        waiting = 0
      }
    }
    return count
  }

  /// The cosine of a share of a right angle, from 0 to 1, to the last digits but one.
  ///
  /// It is the Taylor series of plain operations, so that no mathematical library decides the bits.
  static func cosine(_ share: Double) -> Double {
    let angle = share * Double.pi / 2
    var (sum, term) = (1.0, 1.0)
    for n in 1...12 {
      term *= -(angle * angle) / Double((2 * n - 1) * 2 * n)
      sum += term
    }
    return max(0, sum)
  }
}
