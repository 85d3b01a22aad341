package import Experiments
package import Failures

/// A stage of the main job.
package enum PipelineStage: String, CaseIterable, Codable, Hashable, Sendable {
  /// Makes the simulations that have seeds.
  case simulate
  /// Makes field files.
  case prepare
  /// Trains a network.
  case train
  /// Trains the networks of an ablation, and lets them predict.
  case ablate
  /// Predicts with what was trained.
  case predict
  /// Makes the report.
  case analyze

  /// Lists the stages that an experiment needs, in their order.
  ///
  /// - Parameters:
  ///   - experiment: The experiment, which must have simulations to train on if a stage after `prepare` is listed.
  ///   - hasAblation: Whether it asks for an ablation instead of one training.
  ///   - last: The last stage to return; without it, all.
  /// - Returns: The stages, at least one.
  /// - Throws: `Failure` if there is nothing to train on, or no such stage.
  package static func stages(
    of experiment: Experiment, hasAblation: Bool, until last: PipelineStage? = nil
  ) throws(Failure) -> [PipelineStage] {
    if last != .simulate, last != .prepare { try experiment.requireTraining() }
    let isSimulated = experiment.simulations.contains { $0.seed != nil }
    let stages =
      (isSimulated ? [simulate] : []) + [prepare, hasAblation ? ablate : train, predict, analyze]
    guard let last else { return stages }
    guard let end = stages.firstIndex(of: last) else {
      throw Failure(
        .usage, "choosing the last stage", because: "the experiment has no stage \(last.rawValue)",
        remedy: "it has \(stages.map(\.rawValue).joined(separator: ", "))")
    }
    return Array(stages[...end])
  }
}
