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
    let (meanTruth, meanPrediction) = (mean(truth), mean(prediction))
    var (both, first, second) = (0.0, 0.0, 0.0)
    for (truth, prediction) in zip(truth, prediction) {
      let (x, y) = (truth - meanTruth, prediction - meanPrediction)
      both += x * y
      first += x * x
      second += y * y
    }
    return .known(both / (first * second).squareRoot())
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

/// The mean of numbers, of which there is one at least, added in their order.
func mean(_ values: [Double]) -> Double { values.reduce(0, +) / Double(values.count) }

/// The standard deviation of numbers, of which there are two at least, with n - 1.
func standardDeviation(_ values: [Double]) -> Double {
  let center = mean(values)
  let squares = values.reduce(0) { $0 + ($1 - center) * ($1 - center) }
  return (squares / Double(values.count - 1)).squareRoot()
}
