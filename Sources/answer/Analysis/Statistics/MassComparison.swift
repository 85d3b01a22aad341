internal import Statistics

/// Predicted and true halo masses of the same particles: what every statistic is made of.
package struct MassComparison: Hashable, Sendable {
  /// log10 of the true mass of each particle's halo [Msun].
  package let truth: [Double]

  /// log10 of the predicted mass [Msun], finite.
  package let prediction: [Double]

  /// Makes a comparison; both are equally long and finite.
  package init(truth: [Double], prediction: [Double]) {
    precondition(truth.count == prediction.count, "a prediction is missing")
    self.truth = truth
    self.prediction = prediction
  }

  /// The number of particles.
  package var count: Int { truth.count }

  /// log10 of predicted over true mass of each particle [dex].
  package var residuals: [Double] { zip(prediction, truth).map { $0 - $1 } }

  /// The particles with the given numbers.
  package func selecting(_ numbers: [Int]) -> MassComparison {
    MassComparison(truth: numbers.map { truth[$0] }, prediction: numbers.map { prediction[$0] })
  }

  /// Pearson's correlation of prediction and truth.
  package var correlation: Outcome<Double> {
    guard count > 2 else { return .unknown(tooFew(count, needed: 3)) }
    if truth.allSatisfy({ $0 == truth[0] }) { return .unknown("all true masses are equal") }
    if prediction.allSatisfy({ $0 == prediction[0] }) {
      return .unknown("all predictions are equal")
    }
    return .known(pearsonCorrelation(truth, prediction))
  }
}

/// The reason why nothing is computed from so few particles.
func tooFew(_ count: Int, needed: Int) -> String {
  switch count {
  case 0: "there are no particles here"
  case 1: "there is only one particle here, and \(needed) are needed"
  default: "there are only \(count) particles here, and \(needed) are needed"
  }
}
