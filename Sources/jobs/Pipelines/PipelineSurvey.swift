internal import Ablations
internal import Experiments
internal import Foundation
internal import Runs
internal import Settings
internal import Stages
internal import Training

/// A look at the results of an experiment: which are there, and what they were made of.
///
/// Nothing is written. The records and checks are those of the stages. Works on one rank.
struct PipelineSurvey: Sendable {
  /// A training of the experiment: its name, and the experiment with what its variant overrides.
  struct PlannedTraining {
    let name: TrainingName
    let experiment: Experiment
  }

  private let experiment: Experiment
  private let directory: RunDirectory
  private let ablation: Ablation?
  private let anyProgram: Bool

  /// Makes the survey.
  ///
  /// - Parameters:
  ///   - experiment: The experiment.
  ///   - directory: Its run directory.
  ///   - ablation: The ablation, if the experiment asks for one instead of one training.
  ///   - anyProgram: Whether results of other builds of the program are as good.
  init(
    _ experiment: Experiment, in directory: RunDirectory, ablation: Ablation?, anyProgram: Bool
  ) {
    self.experiment = experiment
    self.directory = directory
    self.ablation = ablation
    self.anyProgram = anyProgram
  }

  /// Looks at the results of a stage.
  ///
  /// - Returns: Each result with the reasons that it has by itself, whatever earlier stages make.
  /// - Throws: A ``JobFailure`` if a file cannot be read.
  func plan(of stage: PipelineStage) throws -> StagePlan {
    switch stage {
    case .simulate:
      StagePlan(
        stage, try experiment.simulations.filter { $0.seed != nil }.map { try state(of: $0) })
    case .prepare:
      StagePlan(
        stage,
        try experiment.simulations.map { simulation in
          ResultState(
            simulation.name,
            because: try reasons(
              of: PrepareTask(experiment, in: directory).files(of: simulation)),
            sources: [PipelinePlan.source(.simulate, simulation.name)])
        })
    case .train, .ablate: StagePlan(stage, try trainings().map { try state(of: $0) })
    case .predict: StagePlan(stage, try trainings().map { try prediction(of: $0) })
    case .analyze:
      StagePlan(
        stage,
        [
          ResultState(
            "the report",
            because: try reasons(of: AnalyzeTask(experiment, in: directory).files()),
            sources: try trainings().map { PipelinePlan.source(.predict, "\($0.name)") }
              + experiment.simulations(of: .twin).map { PipelinePlan.source(.prepare, $0.name) })
        ])
    }
  }

  /// The trainings, in the order of the ablation.
  func trainings() throws(SettingsError) -> [PlannedTraining] {
    guard let ablation else {
      return [PlannedTraining(name: experiment.trainingName, experiment: experiment)]
    }
    var trainings: [PlannedTraining] = []
    for run in ablation.manifest.runs {
      trainings.append(
        PlannedTraining(name: run.training, experiment: try ablation.experiment(of: run)))
    }
    return trainings
  }

  private func reasons(of files: ResultFiles) throws -> [RemakeReason] {
    let record = files.record
    return RemakeReason.reasons(
      from: record, to: try files.present(knowing: record), anyProgram: anyProgram)
  }

  // MARK: - Stages that go on with what they find

  private func state(of simulation: SimulationSettings) throws -> ResultState {
    let task = SimulateTask(experiment, in: directory)
    if try task.hasOtherSettings(simulation) {
      let reason = "its seed or the settings of the universe are others than in its settings.txt"
      return ResultState(simulation.name, because: [.setting(reason)], startsAnew: true)
    }
    var reasons = try reasons(of: task.files(of: simulation))
    if anyProgram { reasons.removeAll { $0 == .unrecorded } }
    let isOfThisProgram = try Provenance.areAllOfThisProgram(in: directory.simulationProvenance)
    // The stage takes what has all its files for complete, and puts on record what this program made.
    let goesOn = reasons.allSatisfy { reason in
      switch reason {
      case .notMade: true
      case .missing(let file): file != "linear-density.h5"
      case .unrecorded: isOfThisProgram
      default: false
      }
    }
    return ResultState(simulation.name, because: reasons, startsAnew: !goesOn)
  }

  private func state(of training: PlannedTraining) throws -> ResultState {
    let name = "\(training.name)"
    let simulations =
      training.experiment.simulations(of: .training)
      + training.experiment.simulations(of: .validation)
    let sources = simulations.map { PipelinePlan.source(.prepare, $0.name) }
    func state(_ reasons: [RemakeReason], startsAnew: Bool = false) -> ResultState {
      ResultState(name, because: reasons, startsAnew: startsAnew, sources: sources)
    }
    let folder = directory.training(training.name)
    let settings = training.experiment.effectiveTraining
    guard
      let record = TrainingRecord(directory: folder.path, batchSize: settings.batchSize)
    else { return state([.notMade]) }
    var changes: [RemakeReason] = []
    if let data = record.data {
      changes += lineDifferences(
        from: TrainingEnding.identity(record.settings),
        to: TrainingEnding.identity(try training.experiment.trainingIdentity())
      ).map { .setting($0) }
      if FileManager.default.fileExists(atPath: folder.metrics),
        try record.isPastEnd(of: settings, in: folder.path)
      {
        changes.append(
          .setting("training.epochs and training.patience end it before the \(record.step) steps"))
      }
      for known in data.training + data.validation {
        let mark = MarkedFile("", directory.field(of: known.name), .field).mark()
        // Fields that are not there are made first, and looked at again.
        if let fingerprint = mark.checksum, fingerprint != known.fingerprint {
          changes.append(.input("the field file of \(known.name)"))
        }
      }
    }
    if !changes.isEmpty { return state(changes, startsAnew: true) }
    let files = TrainTask(training.experiment, named: training.name, in: directory).files
    var reasons = try reasons(of: files)
    if !record.isComplete(with: settings) {
      reasons.removeAll { reason in
        switch reason {
        case .unrecorded, .damaged, .program: true
        default: false
        }
      }
      return state(reasons + [.unfinished("\(record.step) steps are done")])
    }
    if anyProgram { reasons.removeAll { $0 == .unrecorded } }
    let isOfThisProgram = try Provenance.areAllOfThisProgram(in: folder.provenanceFile)
    // A model is made again from the last checkpoint.
    let goesOn = reasons.allSatisfy { reason in
      switch reason {
      case .missing("model.h5"), .damaged("model.h5"): true
      case .unrecorded: isOfThisProgram
      default: false
      }
    }
    return state(reasons, startsAnew: !goesOn)
  }

  private func prediction(of training: PlannedTraining) throws -> ResultState {
    let task = PredictTask(training.experiment, named: training.name, in: directory)
    let roles = Set(training.experiment.prediction.roles)
    let predicted = training.experiment.simulations.filter { roles.contains($0.role) }
    let model = PipelinePlan.source(ablation == nil ? .train : .ablate, "\(training.name)")
    return ResultState(
      "\(training.name)", because: try reasons(of: task.files()),
      sources: [model] + predicted.map { PipelinePlan.source(.prepare, $0.name) })
  }
}
