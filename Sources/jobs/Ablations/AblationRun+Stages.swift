internal import Experiments
package import Settings
package import Stages

extension TrainTask {
  /// Makes the task of one run of an ablation.
  ///
  /// - Parameters:
  ///   - run: The run, by whose name its folder is called.
  ///   - ablation: The ablation.
  ///   - timeLimit: The time after which to stop, resumably [s]; without it, the end of the Slurm job.
  ///   - resources: The resources that the run shares with others in the same process.
  /// - Throws: `SettingsError` for a variant that overrides what it cannot.
  package init(
    _ run: AblationRun, of ablation: Ablation, timeLimit: Double? = nil,
    resources: RunResources = RunResources()
  ) throws(SettingsError) {
    self.init(
      try ablation.experiment(of: run), named: run.training, in: ablation.directory,
      timeLimit: timeLimit, resources: resources)
  }
}

extension PredictTask {
  /// Makes the task of one run of an ablation, whose model predicts.
  ///
  /// - Parameters:
  ///   - run: The run.
  ///   - ablation: The ablation.
  ///   - resources: The resources that the run shares with others in the same process.
  /// - Throws: `SettingsError` for a variant that overrides what it cannot.
  package init(
    _ run: AblationRun, of ablation: Ablation, resources: RunResources = RunResources()
  ) throws(SettingsError) {
    self.init(
      try ablation.experiment(of: run), named: run.training, in: ablation.directory,
      resources: resources)
  }
}
