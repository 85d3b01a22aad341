internal import DurableFiles
internal import Fields
internal import Foundation
internal import Networks
internal import Statistics
internal import Stopping
internal import SubBoxes

/// The part of rank 0 that chooses the next command and evaluates the workers' reports on it.
///
/// It sees no samples and no gradients, only reports, and calls no MPI. Its decisions depend on the
/// numbers of the training; only when to write a checkpoint and when to stop depend on time and signals,
/// and neither changes a result.
final class Coordinator {
  private let plan: TrainingPlan
  private let data: DataDescription
  private let folder: CheckpointFolder
  private var metrics: AppendLog
  private var timings: AppendLog
  private var events: EventFile?
  private let stop: StopConditions
  private let workerHosts: [String]
  private var stragglers = Stragglers()
  private let tell: (TrainingEvent) -> Void

  private var progress: TrainingProgress
  private var bestParameters: [Float]

  // The parts of a validation that are done; one that is interrupted starts anew.
  private var validated: [SampleOutcome] = []
  private var validatedParts = 0

  // What is to come next.
  private var mustSave = false
  private var isBestUnsaved = false
  private var isStopping = false
  private var pendingWrites: [() throws -> Void] = []
  private var hasSaved = false
  private var lastSave = ContinuousClock.now
  private var announced = ContinuousClock.now
  private var stepSeconds = 0.0

  /// Makes the coordinator of a training, on workers of the given hosts, that starts anew or goes on from a
  /// checkpoint.
  init(
    plan: TrainingPlan, data: DataDescription, resuming checkpoint: Checkpoint?,
    workerHosts: [String], stop: StopConditions, tell: @escaping (TrainingEvent) -> Void
  ) throws {
    self.plan = plan
    self.data = data
    self.stop = stop
    self.workerHosts = workerHosts
    self.tell = tell
    progress = checkpoint?.progress ?? TrainingProgress()
    bestParameters = checkpoint?.bestParameters ?? []
    folder = plan.checkpoints
    try DurableFile.createDirectory(plan.directory)
    metrics = try Self.log(plan.metricsPath, progress.metricsLength, progress.step, tell)
    timings = try Self.log(plan.timingsPath, progress.timingsLength, progress.step, tell)
    if plan.settings.tensorboard {
      events = try EventFile(
        in: plan.directory, history: TrainingMetrics(contentsOf: plan.metricsPath),
        timings: TrainingTimings(contentsOf: plan.timingsPath), now: Date().timeIntervalSince1970)
    }
    if !bestParameters.isEmpty { try restoreModel() }
  }

  /// Opens a log to go on with it.
  ///
  /// A log that is missing begins anew: the training does not depend on it.
  private static func log(
    _ path: String, _ length: Int, _ step: Int, _ tell: (TrainingEvent) -> Void
  ) throws -> AppendLog {
    guard length > 0, !FileManager.default.fileExists(atPath: path) else {
      return try AppendLog.open(path, length: length)
    }
    tell(
      .warning(
        "\(path) is not there any more: it begins anew after step \(step), without what came before"
      ))
    return try AppendLog.open(path)
  }

  /// Makes the model again from the checkpoint if it is not there, or damaged.
  private func restoreModel() throws {
    if FileManager.default.fileExists(atPath: plan.modelPath) {
      do {
        _ = try Model(contentsOf: plan.modelPath)
        return
      } catch {
        tell(.warning("the model is made again from the newest checkpoint: \(error)"))
      }
    }
    try bestModel().write(to: plan.modelPath)
  }

  /// Returns what to tell the workers next, and notes the time.
  func next() -> Announcement {
    announced = .now
    let command = nextCommand()
    guard case .train = command else { return Announcement(command) }
    return Announcement(command, learningRate: learningRate)
  }

  /// The learning rate of the next step.
  private var learningRate: Double {
    plan.settings.schedule.rate(
      plan.settings.optimizer.learningRate, step: progress.step,
      validations: progress.validations ?? [])
  }

  private func nextCommand() -> Command {
    if mustSave { return .save }
    if isStopping || progress.isComplete { return .finish(isComplete: progress.isComplete) }
    if progress.stepInEpoch == plan.stepsPerEpoch {
      return .validate(epoch: progress.epoch, part: validatedParts)
    }
    return .train(epoch: progress.epoch, step: progress.stepInEpoch)
  }

  /// Writes what is to be written, while the workers do the next command.
  func performPendingWrites(_ timeline: Timeline? = nil) throws {
    let writes = pendingWrites
    pendingWrites = []
    for write in writes { try timeline.measure(.checkpoint, write) }
  }

  /// Takes the reports of all workers on a command, in the order of the workers, and after `save` the
  /// state of the training.
  func digest(_ command: Command, _ reports: [Report], state: TrainingState?) throws {
    switch command {
    case .train: try digestStep(reports)
    case .validate: try digestValidation(reports)
    case .save: if let state { save(state) }
    case .finish, .abandon: break
    }
    if reports.contains(where: \.stopRequested) { requestStop(because: "a signal was received") }
  }

  private func digestStep(_ reports: [Report]) throws {
    let outcomes = reports.flatMap(\.outcomes).sorted { $0.position < $1.position }
    precondition(
      outcomes.map(\.position) == Array(0..<plan.settings.batchSize),
      "a step computed other samples than its batch")
    guard reports[0].lostSamples == 0 else {
      throw TrainingError.diverged(step: progress.step, sampleCount: reports[0].lostSamples)
    }
    let sum = outcomes.reduce(0) { $0 + $1.likelihood }
    // Before the step counts: the rate with which it was made.
    let learningRate = plan.settings.schedule.isConstant ? nil : learningRate
    let seconds = announced.duration(to: .now) / .seconds(1)
    progress.stepInEpoch += 1
    progress.step += 1
    progress.likelihoodSum += sum
    let summary = StepSummary(
      epoch: progress.epoch, step: progress.step,
      likelihood: sum / Double(outcomes.count), penalty: reports[0].penalty,
      likelihoodValues: likelihoodValues(of: reports), samples: outcomes.count, seconds: seconds,
      learningRate: learningRate,
      gradientNorm: plan.settings.clipNorm.map { _ in reports[0].gradientNorm })
    try metrics.append(summary.metricsLine)
    try timings.append(summary.timingsLine(reports, hosts: workerHosts, &stragglers))
    try events?.append(summary.record, seconds: seconds)
    tell(.step(summary))

    stepSeconds = seconds
    let sinceSave = lastSave.duration(to: .now) / .seconds(60)
    let isStepDue = plan.settings.checkpointSteps.map { progress.step % $0 == 0 } ?? false
    let interval = plan.settings.checkpointInterval(isFirst: !hasSaved)
    if isStepDue || sinceSave >= interval { mustSave = true }
    if let reason = stop.reason(stepSeconds: stepSeconds) { requestStop(because: reason) }
  }

  private func digestValidation(_ reports: [Report]) throws {
    validated += reports.flatMap(\.outcomes)
    validatedParts += 1
    if let reason = stop.reason(stepSeconds: stepSeconds) { requestStop(because: reason) }
    guard validatedParts * plan.validationPartSize >= data.validationSamples else { return }
    let outcomes = validated.sorted { $0.position < $1.position }
    validated = []
    validatedParts = 0
    precondition(
      outcomes.map(\.position) == Array(0..<data.validationSamples),
      "a validation computed other samples than its draw")
    let likelihood = outcomes.reduce(0) { $0 + $1.likelihood } / Double(outcomes.count)
    let penalty = reports[0].penalty
    let loss = plan.settings.selection == .loss ? likelihood + penalty : likelihood
    guard loss.isFinite else {
      throw TrainingError.diverged(
        step: progress.step, sampleCount: outcomes.count { !$0.likelihood.isFinite })
    }
    let isBest = progress.bestLoss.map { loss < $0 } ?? true
    let samples = Double(plan.stepsPerEpoch * plan.settings.batchSize)
    let summary = EpochSummary(
      epoch: progress.epoch, step: progress.step,
      trainingLikelihood: progress.likelihoodSum / samples, likelihood: likelihood,
      penalty: penalty, likelihoodValues: likelihoodValues(of: reports),
      correlation: pearsonCorrelation(
        outcomes.map { Double($0.prediction) }, outcomes.map { Double($0.truth) }), isBest: isBest)
    try metrics.append(summary.metricsLine)
    try events?.append(summary.record)
    if isBest {
      progress.bestEpoch = progress.epoch
      progress.bestLoss = loss
      isBestUnsaved = true
    }
    if plan.settings.schedule.needsValidations {
      progress.validations = (progress.validations ?? []) + [likelihood]
    }
    progress.epoch += 1
    progress.stepInEpoch = 0
    progress.likelihoodSum = 0
    progress.isComplete = progress.isOver(plan.settings)
    mustSave = true
    tell(.epoch(summary))
  }

  /// The likelihood that the samples of reports were computed with.
  private func likelihoodValues(of reports: [Report]) -> LikelihoodValues {
    LikelihoodValues(plan.architecture.likelihood, reports[0].likelihoodValues)
  }

  private func requestStop(because reason: String) {
    guard !isStopping else { return }
    isStopping = true
    mustSave = true
    tell(.warning("stopping with a checkpoint after step \(progress.step), because \(reason)"))
    // The request is fulfilled: the same command resumes.
    if let file = stop.file { try? FileManager.default.removeItem(atPath: file) }
  }

  /// Puts the writing of a checkpoint, and of the model if it is the best so far, off until the
  /// workers are busy.
  private func save(_ state: TrainingState) {
    mustSave = false
    hasSaved = true
    lastSave = .now
    let isNewBest = isBestUnsaved
    isBestUnsaved = false
    if isNewBest { bestParameters = state.parameters }
    progress.metricsLength = metrics.length
    progress.timingsLength = timings.length
    let checkpoint = Checkpoint(
      progress: progress, state: state, bestParameters: bestParameters, data: data,
      settings: plan.identity)
    let model = isNewBest ? bestModel() : nil
    pendingWrites.append { [self] in
      try metrics.sync()
      try timings.sync()
      // The model first: a checkpoint never knows of a best epoch whose model is not on the disk.
      try model?.write(to: plan.modelPath)
      tell(.checkpoint(path: try folder.add(checkpoint)))
    }
  }

  private func bestModel() -> Model {
    guard let epoch = progress.bestEpoch, let loss = progress.bestLoss else {
      preconditionFailure("there is no best model before the first validation")
    }
    return Model(
      architecture: plan.architecture, boxes: plan.settings.boxes,
      inputName: plan.input.name,
      data: data, seed: plan.settings.seed, epoch: epoch, step: (epoch + 1) * plan.stepsPerEpoch,
      validationLoss: loss, settings: TrainingEnding.identity(plan.identity),
      parameters: bestParameters)
  }
}
