package import Experiments
internal import Failures
internal import Foundation
package import MPI
internal import Networks
internal import Plans
package import Progress
package import Runs
internal import Stopping
internal import SubBoxes
internal import Text
package import Training

/// Trains the network of an experiment in its run directory.
package struct TrainTask: Sendable {
  private let experiment: Experiment
  private let directory: RunDirectory
  private let name: TrainingName
  private let sharesDirectory: Bool
  private let timeLimit: Double?
  private let fields: (any SubBoxSource)?

  /// The file to which the times of all ranks and threads are written when the job ends.
  package var timeline: String?

  /// Makes the task.
  ///
  /// - Parameters:
  ///   - experiment: The experiment, with the network and what it is trained on.
  ///   - directory: The run directory, where fields are found and results are written.
  ///   - timeLimit: The time after which to stop, resumably [s]; without it, the end of the Slurm job.
  package init(_ experiment: Experiment, in directory: RunDirectory, timeLimit: Double? = nil) {
    self.experiment = experiment
    self.directory = directory
    self.timeLimit = timeLimit
    name = experiment.trainingName
    sharesDirectory = false
    fields = nil
  }

  /// Makes the task of a training that shares the run directory with others, such as a run of an ablation.
  ///
  /// Its experiment is put on record in its own folder instead of the run directory's.
  ///
  /// - Parameters:
  ///   - experiment: The experiment, with the network and what it is trained on.
  ///   - name: The name of its folder.
  ///   - directory: The run directory, where fields are found and results are written.
  ///   - timeLimit: The time after which to stop, resumably [s]; without it, the end of the Slurm job.
  ///   - resources: The resources that the training shares with others in the same process.
  package init(
    _ experiment: Experiment, named name: TrainingName, in directory: RunDirectory,
    timeLimit: Double? = nil, resources: RunResources = RunResources()
  ) {
    self.experiment = resources.limiting(experiment, to: resources.trainingStream)
    self.directory = directory
    self.timeLimit = timeLimit
    self.name = name
    sharesDirectory = true
    fields = resources.fields
  }

  /// The folder of the training.
  package var folder: TrainingDirectory { directory.training(name) }

  /// Trains, or goes on where the last job was stopped or killed.
  ///
  /// Collective.
  ///
  /// - Parameters:
  ///   - world: The ranks; rank 0 coordinates.
  ///   - progress: Is told how far the training is; it speaks on rank 0.
  /// - Returns: Whether the training is complete, or was stopped and can be resumed.
  /// - Throws: A ``JobFailure``, in an `AgreedFailure` if all ranks know of it.
  package func run(
    on world: borrowing Communicator, progress: ProgressReporter
  ) throws -> TrainingOutcome {
    try train(on: world, progress: progress, lockFile: folder.lockFile)
  }

  /// Trains; without `lockFile` the caller holds the lock of the folder.
  ///
  /// Collective.
  ///
  /// - Throws: A ``JobFailure``, in an `AgreedFailure` if all ranks know of it.
  package func train(
    on world: borrowing Communicator, progress: ProgressReporter, lockFile: String? = nil
  ) throws -> TrainingOutcome {
    let stage = Stage(
      name: "train", lockFile: lockFile, provenanceFile: folder.provenanceFile,
      threadsPerRank: experiment.training.threadsPerRank, recordSettings: recordExperiment,
      place: "folder")
    return try stage.run(on: world, progress: progress) {
      let plan = try world.agree { try makePlan() }
      let memory = try MemoryPlan.check(experiment, in: directory, on: world)
      let inputs = Stage.Inputs(
        files: [experiment.training.initialModel].compactMap { $0 },
        fieldFiles: plan.trainingFiles + plan.validationFiles, plannedMemory: memory)
      return (plan, inputs)
    } work: { plan in
      var job = TrainingJob(plan, fields: fields)
      let mark = ProgressMark()
      var hasTrained = false
      let outcome = try job.run(
        on: world, stop: StopConditions(directory: folder.path, timeLimit: timeLimit)
      ) { event in
        if case .step = event {
          mark.set()
          hasTrained = true
        }
        report(event, to: progress)
      }
      progress.end()
      try world.agree {
        if world.isRoot, outcome == .complete { try recordResult(hasTrained: hasTrained) }
      }
      switch outcome {
      case .complete: progress.say("complete: \(folder.model)")
      case .stopped: progress.say("stopped; the same command goes on from here")
      }
      return outcome
    }
  }

  /// The files of the training; its checkpoints and its model tell what it depends on.
  package var files: ResultFiles {
    ResultFiles(
      recordFile: folder.recordFile,
      outputs: [MarkedFile("model.h5", folder.model), MarkedFile("metrics.jsonl", folder.metrics)])
  }

  /// Puts a complete training on record.
  ///
  /// A job that had nothing to train does so only if no other build of the program had a part in it.
  private func recordResult(hasTrained: Bool) throws {
    let isUnrecorded = files.record == nil
    guard
      try hasTrained
        || isUnrecorded
          && Provenance.areAllOfThisProgram(in: folder.provenanceFile)
    else { return }
    try files.writeRecord()
  }

  /// Makes the plan of the training, whose field files must exist.
  private func makePlan() throws -> TrainingPlan {
    try experiment.requireTraining()
    if let model = experiment.training.initialModel,
      !FileManager.default.fileExists(atPath: model)
    {
      throw Failure(
        .missingInput, "opening the model \(model), which the training starts from",
        because: "it does not exist",
        remedy:
          "restore it, give the path of another with training.initialModel, or set that to null")
    }
    let training = experiment.simulations(of: .training)
    let validation = experiment.simulations(of: .validation)
    let files = try directory.existingFields(of: training + validation)
    var plan = TrainingPlan(
      settings: experiment.effectiveTraining, sampling: experiment.sampling,
      streaming: experiment.stream, architecture: experiment.architecture,
      input: experiment.fields.networkInput,
      trainingFiles: Array(files.prefix(training.count)),
      validationFiles: Array(files.dropFirst(training.count)), directory: folder.path,
      identity: try experiment.trainingIdentity())
    plan.timelinePath = timeline
    return plan
  }

  /// Writes the experiment as used: for the run directory, or for one of the runs that share it.
  private func recordExperiment() throws -> [SettingsDifference] {
    sharesDirectory
      ? try experiment.record(to: folder.experimentFile) : try directory.record(experiment)
  }

  private func report(_ event: TrainingEvent, to progress: ProgressReporter) {
    switch event {
    case .started(let start):
      for line in lines(start) { progress.say(line) }
      progress.begin(
        ProgressPhase(
          "training \(name)", unit: "steps",
          total: start.epochs * start.stepsPerEpoch, start: start.stepsDone))
    case .step(let step):
      progress.advance(
        to: step.step,
        note: "epoch \(step.epoch), likelihood \(digits(step.likelihood))"
          + "\(words(step.likelihoodValues)), \(digits(Double(step.samples) / step.seconds)) samples/s"
      )
    case .epoch(let epoch):
      progress.say(
        "epoch \(epoch.epoch): likelihood \(digits(epoch.trainingLikelihood)), validation "
          + "\(digits(epoch.likelihood)) + penalty \(digits(epoch.penalty)), correlation "
          + "\(digits(epoch.correlation))\(words(epoch.likelihoodValues))"
          + (epoch.isBest ? ", the best so far" : ""))
    case .checkpoint: break
    case .warning(let text): progress.warn("warning: \(text)")
    }
  }

  /// The words for the weights that a training starts from, if they are a model's.
  private func origin(of model: String?) -> String {
    model.map { " from the weights of \($0)" } ?? ""
  }

  private func lines(_ start: TrainingStart) -> [String] {
    let data = start.data
    let threads = start.threadsPerWorker == 1 ? "1 thread" : "\(start.threadsPerWorker) threads"
    return [
      "network: \(start.parameterCount) parameters, boxes of \(experiment.sampling.boxWidth)^3 "
        + "voxels of \(digits(data.finalVoxelSize ?? data.voxelSize)) Mpc/h of the "
        + "\(experiment.fields.networkInput.words), \(experiment.training.boxes)",
      "samples: \(data.trainingSamples) to train on from "
        + data.training.map { "\($0.name) (\($0.eligible) eligible)" }.joined(separator: ", ")
        + "; \(data.validationSamples) to validate on from "
        + data.validation.map { "\($0.name) (\($0.eligible))" }.joined(separator: ", "),
      "scales: input "
        + data.standardization.channels.map {
          "\(digits($0.mean)) +- \(digits($0.standardDeviation))"
        }.joined(separator: " and ") + ", log10 M/Msun from "
        + "\(digits(data.labels.minimum)) to \(digits(data.labels.maximum))",
      "ranks: \(start.workers) compute with \(threads) each"
        + (start.isDedicated ? ", and rank 0 coordinates" : ", the first of them coordinates"),
      "fields: \(start.streaming)",
      start.stepsDone == 0
        ? "training starts" + origin(of: experiment.training.initialModel)
        : "training goes on from the checkpoint of step \(start.stepsDone)",
    ]
  }
}

/// The values of a likelihood's parameters, each after a comma.
private func words(_ likelihood: LikelihoodValues) -> String {
  likelihood.named.map { ", \($0.parameter.name) \(digits($0.value))" }.joined()
}
