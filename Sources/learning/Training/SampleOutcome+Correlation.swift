extension SampleOutcome {
  /// Returns Pearson's correlation of predictions and truths, in the order of the samples.
  static func pearson(of outcomes: [SampleOutcome]) -> Double {
    let count = Double(outcomes.count)
    let meanPrediction = outcomes.reduce(0) { $0 + Double($1.prediction) } / count
    let meanTruth = outcomes.reduce(0) { $0 + Double($1.truth) } / count
    var (both, predictions, truths) = (0.0, 0.0, 0.0)
    for outcome in outcomes {
      let (p, t) = (Double(outcome.prediction) - meanPrediction, Double(outcome.truth) - meanTruth)
      both += p * t
      predictions += p * p
      truths += t * t
    }
    return both / (predictions * truths).squareRoot()
  }
}
