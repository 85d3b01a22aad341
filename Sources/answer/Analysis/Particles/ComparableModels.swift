/// The models that can be compared, and why the others cannot.
///
/// Models are compared on the particles that all of them predicted, so one whose training diverged would leave none
/// to the others.
package struct ComparableModels: Sendable {
  /// The models that are compared, in their order.
  package let models: [ModelPredictions]

  /// The models that are left out.
  package let gaps: [Gap]

  /// Leaves out the models without a finite prediction for any particle of the range, unless none has one.
  ///
  /// - Parameters:
  ///   - models: All models.
  ///   - window: The range of true masses [log10 Msun].
  package init(of models: [ModelPredictions], window: ClosedRange<Double>) {
    let isUsable = models.map { $0.hasPrediction(in: window) }
    guard isUsable.contains(true) else {
      self.models = models
      gaps = []
      return
    }
    self.models = zip(models, isUsable).filter(\.1).map(\.0)
    gaps = zip(models, isUsable).filter { !$0.1 }.map { model, _ in
      Gap(
        subject: "the model \(model.name)",
        reason: model.prediction.contains(where: \.isFinite)
          ? "it has no prediction for particles of the compared masses, and was left out"
          : "none of its \(model.prediction.count) predictions is a finite number, and it was left out",
        remedy: "look at the loss in metrics.jsonl of the training, and train it with a smaller "
          + "training.optimizer.learningRate")
    }
  }
}

extension ModelPredictions {
  /// Whether any prediction for a particle of the range is a finite number.
  fileprivate func hasPrediction(in window: ClosedRange<Double>) -> Bool {
    zip(truth, prediction).contains { $1.isFinite && window.contains(Double($0)) }
  }
}
