package import Failures

extension Experiment {
  /// Checks that there are simulations to learn from.
  ///
  /// - Throws: A `Failure` for an experiment that only predicts.
  package func requireTraining() throws(Failure) {
    guard simulations(of: .training).isEmpty else { return }
    throw Failure(
      .usage, "choosing simulations to train on",
      because: "no simulation of \(name) has the role training",
      remedy:
        "give `role: training` to the simulations to learn from, or predict with the model of "
        + "another experiment (halompi predict --model), after halompi run --until prepare")
  }
}
