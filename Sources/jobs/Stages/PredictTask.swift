internal import Analysis
internal import DurableFiles
package import Experiments
internal import Failures
internal import Foundation
package import MPI
package import Progress
package import Runs
package import SubBoxes
package import Training

/// Predicts the halo masses of an experiment's test particles with its trained network.
package struct PredictTask: Sendable {
  private let experiment: Experiment
  private let directory: RunDirectory
  private let name: TrainingName

  /// The file of the network.
  private let model: String

  /// The boxes that the network must have been trained on; any if there are none.
  private let boxes: BoxDescription?

  /// The table of the particles to predict, whose name their results have; without it, particles are drawn.
  package var particles: String?

  /// Makes the task; the model is that of the experiment's variant and seed.
  package init(_ experiment: Experiment, in directory: RunDirectory) {
    self.init(experiment, named: experiment.trainingName, in: directory)
  }

  /// Makes the task of a model that may be another experiment's.
  ///
  /// Its predictions get the name of the folder in which the model is, such as `raw-seed2`; a model that stands
  /// elsewhere gets the name of the experiment's own variant and seed. Its boxes are its own; if the experiment has
  /// shells or a mask other than the defaults, they must be the model's.
  ///
  /// - Parameters:
  ///   - experiment: What to predict.
  ///   - model: The file of the model.
  ///   - directory: Where fields are found and results are written.
  package init(_ experiment: Experiment, model: String, in directory: RunDirectory) {
    let folder = URL(filePath: model).deletingLastPathComponent().lastPathComponent
    self.experiment = experiment
    self.directory = directory
    self.model = model
    name = TrainingName(folder: folder) ?? experiment.trainingName
    boxes = experiment.training.boxes.isPlain ? nil : experiment.training.boxes
  }

  /// Makes the task of a model that shares the run directory with others, such as that of a run of an ablation.
  ///
  /// - Parameters:
  ///   - experiment: The experiment, with the simulations to predict.
  ///   - name: The name of the folder of the model's training.
  ///   - directory: The run directory, where fields are found and results are written.
  ///   - resources: The resources that the prediction shares with others in the same process.
  package init(
    _ experiment: Experiment, named name: TrainingName, in directory: RunDirectory,
    resources: RunResources = RunResources()
  ) {
    self.experiment = resources.limiting(experiment, to: resources.predictionStream)
    self.directory = directory
    self.name = name
    model = directory.training(name).model
    boxes = experiment.training.boxes
  }

  /// The folder of the results: those for given particles have their own, by the name of the table.
  private var folder: ResultDirectory {
    particles.map { directory.predictions(of: name, for: Self.list($0)) }
      ?? directory.predictions(of: name)
  }

  /// The name of the results for the particles of a table: that of the file, up to its last dot.
  package static func list(_ particles: String) -> String {
    URL(filePath: particles).deletingPathExtension().lastPathComponent
  }

  /// The file of predictions.
  package var output: String { folder.prediction }

  /// Predicts, and writes the file.
  ///
  /// Collective.
  ///
  /// - Parameters:
  ///   - world: The ranks.
  ///   - progress: Is told how far it is; it speaks on rank 0.
  /// - Returns: The predictions on rank 0, and `nil` on the others.
  /// - Throws: A ``JobFailure``, in an `AgreedFailure` if all ranks know of it.
  package func run(
    on world: borrowing Communicator, progress: ProgressReporter
  ) throws -> PredictionTable? {
    try predict(on: world, progress: progress, lockFile: folder.lockFile)
  }

  /// Predicts; without `lockFile` the caller holds a lock that keeps others from writing the file.
  ///
  /// Collective.
  ///
  /// - Throws: A ``JobFailure``, in an `AgreedFailure` if all ranks know of it.
  package func predict(
    on world: borrowing Communicator, progress: ProgressReporter, lockFile: String? = nil
  ) throws -> PredictionTable? {
    let stage = Stage(
      name: "predict", lockFile: lockFile,
      provenanceFile: folder.provenanceFile,
      threadsPerRank: experiment.training.threadsPerRank)
    return try stage.run(on: world, progress: progress) {
      let fields = try world.agree { try fieldFiles() }
      let marks = try world.agree { world.isRoot ? try files().inputMarks() : [] }
      return ((fields, marks), Stage.Inputs(files: inputs, fieldFiles: fields))
    } work: { fields, marks in
      let table = try telling(progress, "predicting \(name)", unit: "particles") {
        try job(fields, output: output).run(on: world, tell: $0)
      }
      try world.agree { if world.isRoot { try files().writeRecord(of: marks) } }
      return table
    }
  }

  /// Predicts after each of several perturbations of the boxes, and writes the file.
  ///
  /// Collective.
  ///
  /// - Parameters:
  ///   - perturbations: At least one; the same on every rank.
  ///   - world: The ranks.
  ///   - progress: Is told how far it is; it speaks on rank 0.
  /// - Returns: The responses on rank 0, and `nil` on the others.
  /// - Throws: A ``JobFailure``, in an `AgreedFailure` if all ranks know of it.
  package func respond(
    to perturbations: [Perturbation], on world: borrowing Communicator, progress: ProgressReporter
  ) throws -> ResponseTable? {
    try responding(on: world, progress: progress) { fields in
      try telling(progress, "perturbing the boxes of \(name)", unit: "predictions") {
        try job(fields, output: responses.responses)
          .respond(to: perturbations, on: world, tell: $0)
      }
    }
  }

  /// Averages the gradient of the prediction with respect to the box over particles of each bin of `analysis.massEdges`,
  /// and writes the file.
  ///
  /// Collective.
  ///
  /// - Parameters:
  ///   - limit: The most particles of a bin.
  ///   - world: The ranks.
  ///   - progress: Is told how far it is; it speaks on rank 0.
  /// - Returns: The mean maps on rank 0, and `nil` on the others.
  /// - Throws: A ``JobFailure``, in an `AgreedFailure` if all ranks know of it.
  package func averageSensitivity(
    atMost limit: Int, on world: borrowing Communicator, progress: ProgressReporter
  ) throws -> SensitivityTable? {
    try responding(on: world, progress: progress) { fields in
      try telling(progress, "gradients of \(name)", unit: "particles") {
        try job(fields, output: responses.sensitivity).averageSensitivity(
          inBins: experiment.analysis.massEdges, atMost: limit, on: world, tell: $0)
      }
    }
  }

  /// The folder of what the network answers to changes of its boxes.
  package var responses: ResponseDirectory { folder.responses }

  /// The files that go in, but for the fields.
  private var inputs: [String] { [model] + (particles.map { [$0] } ?? []) }

  /// Does work whose results are in the folder of responses, given the field files.
  private func responding<Result>(
    on world: borrowing Communicator, progress: ProgressReporter, work: ([String]) throws -> Result
  ) throws -> Result {
    let stage = Stage(
      name: "predict", lockFile: responses.lockFile, provenanceFile: responses.provenanceFile,
      threadsPerRank: experiment.training.threadsPerRank)
    return try stage.run(on: world, progress: progress) {
      let fields = try world.agree { try fieldFiles() }
      return (fields, Stage.Inputs(files: inputs, fieldFiles: fields))
    } work: {
      try work($0)
    }
  }

  private func job(_ fields: [String], output: String) -> PredictionJob {
    var job = PredictionJob(
      modelPath: model, boxes: boxes, files: fields, sampling: experiment.sampling,
      streaming: experiment.stream, symmetries: experiment.prediction.symmetries,
      kernels: experiment.training.kernels,
      threadsPerRank: experiment.training.threadsPerRank, output: output,
      mayPredictSeen: Set(experiment.prediction.roles) != [.test])
    job.particles = particles
    return job
  }

  /// Does work that tells how far it is as a phase, which begins where jobs before it have stopped.
  private func telling<Result>(
    _ progress: ProgressReporter, _ phase: String, unit: String,
    work: ((_ done: Int, _ of: Int) -> Void) throws -> Result
  ) throws -> Result {
    var hasBegun = false
    let result = try work { done, total in
      if !hasBegun {
        if done > 0 { progress.say("going on after \(done) of \(total) \(unit)") }
        progress.begin(ProgressPhase(phase, unit: unit, total: total, start: done))
        hasBegun = true
      }
      progress.advance(to: done)
    }
    progress.end()
    return result
  }

  /// The file of predictions, and what it is made of.
  ///
  /// - Throws: `SettingsError` if the experiment cannot be written.
  package func files() throws -> ResultFiles {
    let roles = Set(experiment.prediction.roles)
    let predicted = experiment.simulations.filter { roles.contains($0.role) }
    return ResultFiles(
      recordFile: folder.recordFile,
      settings: try experiment.lines(
        of: ["prediction", "sampling", "training.kernels"],
        without: ["sampling.boxWidth", "sampling.trainingSamples", "sampling.validationSamples"]),
      inputs: [MarkedFile("model.h5", model)]
        + (particles.map { [MarkedFile("the table of particles", $0)] } ?? [])
        + predicted.map {
          MarkedFile("the fields of \($0.name)", directory.field(of: $0.name), .field)
        },
      outputs: [MarkedFile("predictions.h5", output)])
  }

  /// The field files whose particles are predicted; they and the model must be there.
  private func fieldFiles() throws -> [String] {
    guard FileManager.default.fileExists(atPath: model) else {
      throw Failure(
        .missingInput, "opening the model \(model)", because: "it does not exist",
        remedy:
          "make it with halompi train, given the same experiment file, --set and --runs; a model "
          + "appears after the first epoch")
    }
    let roles = Set(experiment.prediction.roles)
    let simulations = experiment.simulations.filter { roles.contains($0.role) }
    guard !simulations.isEmpty else {
      let roles = experiment.prediction.roles.map(\.rawValue).joined(separator: ", ")
      throw Failure(
        .usage, "choosing simulations to predict",
        because: "none has a role of prediction.roles (\(roles))", remedy: "give one such a role")
    }
    return try directory.existingFields(of: simulations)
  }
}
