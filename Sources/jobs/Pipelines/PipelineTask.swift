package import Ablations
package import Experiments
internal import Failures
internal import Foundation
package import MPI
package import Progress
internal import Runs
internal import Simulations
internal import Stages
internal import Stopping
package import Training

/// Runs all stages that an experiment needs, one after the other; each makes what is not as it would be made.
///
/// Rank 0 looks at the files before each stage and decides; the others follow.
package struct PipelineTask: Sendable {
  private let experiment: Experiment
  private let directory: RunDirectory
  private let ablation: Ablation?
  private let stages: [PipelineStage]
  private let survey: PipelineSurvey
  private let explains: Bool
  private let timeLimit: Double?

  /// Makes the task.
  ///
  /// - Parameters:
  ///   - stages: The stages, in their order.
  ///   - experiment: The experiment.
  ///   - directory: Its run directory.
  ///   - ablation: The ablation, if the experiment asks for one instead of one training.
  ///   - anyProgram: Whether results of other builds of the program are as good.
  ///   - explains: Whether all reasons are said.
  ///   - timeLimit: The time after which to stop, resumably [s]; without it, the end of the Slurm job.
  package init(
    _ stages: [PipelineStage], of experiment: Experiment, in directory: RunDirectory,
    ablation: Ablation?, anyProgram: Bool = false, explains: Bool = false, timeLimit: Double? = nil
  ) {
    self.stages = stages
    self.experiment = experiment
    self.directory = directory
    self.ablation = ablation
    self.explains = explains
    self.timeLimit = timeLimit
    survey = PipelineSurvey(
      experiment, in: directory, ablation: ablation, anyProgram: anyProgram)
  }

  /// Returns what would be made now; nothing is changed.
  ///
  /// Called on one rank.
  ///
  /// - Throws: A ``JobFailure`` if a file cannot be read.
  package func plan() throws -> PipelinePlan {
    PipelinePlan(try stages.map { try survey.plan(of: $0) })
  }

  /// Runs the stages.
  ///
  /// Collective.
  ///
  /// - Parameters:
  ///   - world: The ranks.
  ///   - progress: Is told of each stage, and how far it is; it speaks on rank 0.
  ///   - tell: Is given what a stage has to say of its results, on rank 0.
  /// - Returns: Whether all stages are done, or it was stopped and the same command goes on.
  /// - Throws: A ``JobFailure``, in an `AgreedFailure` if all ranks know of it.
  package func run(
    on world: borrowing Communicator, progress: ProgressReporter, tell: (String) -> Void
  ) throws -> TrainingOutcome {
    let start = ContinuousClock.now
    let mark = ProgressMark()
    var stop = StopConditions(directory: directory.path, timeLimit: timeLimit)
    stop.file = nil
    for stage in stages {
      // A signal from now on ends the process, until the stage can write a checkpoint.
      StopSignals.endProcess()
      let isStopped = Int32(
        StopSignals.last != nil || world.isRoot && stop.reason() != nil ? 1 : 0)
      if try world.allReduce(isStopped, .maximum) == 1 {
        progress.say("stopped before the stage \(stage.rawValue); the same command goes on")
        return .stopped
      }
      let wanted = try begin(stage, on: world, progress)
      guard !wanted.isEmpty else { continue }
      let elapsed = start.duration(to: .now) / .seconds(1)
      let outcome = try progress.keepingRecord(of: "run", in: directory.path, if: world.isRoot) {
        try run(
          stage, for: wanted, timeLimit: timeLimit.map { $0 - elapsed }, on: world,
          progress: progress, tell: tell)
      }
      if outcome == .stopped { return .stopped }
      if world.isRoot { mark.set() }
    }
    return .complete
  }

  /// Decides what a stage makes, and sets aside what stands in its way.
  ///
  /// - Returns: The names of the results, the same on all ranks.
  private func begin(
    _ stage: PipelineStage, on world: borrowing Communicator, _ progress: ProgressReporter
  ) throws -> [String] {
    let host = world.place().host
    let names = try world.agree { () throws -> [String] in
      guard world.isRoot else { return [] }
      let plan = try survey.plan(of: stage)
      progress.say(explains ? plan.explanation : "\(plan)")
      for result in plan.wanted where result.startsAnew {
        if let place = try setAside(result.name, of: stage, host: host) {
          progress.say("note: what was there of \(result.name) is now \(place)")
        }
      }
      if stage == .ablate, !plan.wanted.isEmpty { try setManifestAside(host: host) }
      return plan.wanted.map(\.name)
    }
    let bytes = try world.broadcast(Array(names.joined(separator: "\n").utf8))
    return String(decoding: bytes, as: UTF8.self).split(separator: "\n").map(String.init)
  }

  private func setAside(
    _ name: String, of stage: PipelineStage, host: String
  ) throws -> String? {
    let replaced = ReplacedResults(in: directory)
    let (folder, lockFile): (String, String)
    switch stage {
    case .simulate:
      (folder, lockFile) = (directory.simulation(name).path, directory.simulationLock)
    case .train, .ablate:
      guard let run = TrainingName(folder: name) else { return nil }
      let training = directory.training(run)
      (folder, lockFile) = (training.path, training.lockFile)
    case .prepare, .predict, .analyze: return nil
    }
    let lock = try DirectoryLock(file: lockFile, host: host)
    let kind = stage == .simulate ? "simulation" : "training"
    let place = try replaced.take(folder, as: "\(kind)-\(name)")
    _ = consume lock
    return place
  }

  /// Makes way for the manifest of an ablation whose runs are others than before.
  private func setManifestAside(host: String) throws {
    guard let ablation, try ablation.hasOtherManifest() else { return }
    let lock = try DirectoryLock(file: directory.ablation.lockFile, host: host)
    _ = try ReplacedResults(in: directory).take(
      directory.ablation.manifestFile, as: "ablation-manifest.json")
    _ = consume lock
  }

  private func run(
    _ stage: PipelineStage, for names: [String], timeLimit: Double?,
    on world: borrowing Communicator, progress: ProgressReporter, tell: (String) -> Void
  ) throws -> TrainingOutcome {
    switch stage {
    case .simulate:
      try SimulateTask(experiment, in: directory).run(on: world, progress: progress)
    case .prepare:
      try PrepareTask(experiment, in: directory, only: names)
        .run(on: world, progress: progress) { summary, file in
          tell("\(PreparationSummary(summary, file: file))\n")
        }
    case .train:
      let task = TrainTask(experiment, in: directory, timeLimit: timeLimit)
      return try task.run(on: world, progress: progress)
    case .ablate:
      guard let ablation else { return .complete }
      let end = try AblationTask(ablation).run(
        on: world, timeLimit: timeLimit, progress: progress)
      guard end == .finished else { return .stopped }
      try checkTrainings(on: world)
    case .predict:
      for training in try world.agree({ try survey.trainings() })
      where names.contains("\(training.name)") {
        let task = PredictTask(training.experiment, named: training.name, in: directory)
        let table = try task.run(on: world, progress: progress)
        if let table { tell("\(PredictionSummary(table, file: task.output))") }
      }
    case .analyze:
      let ablation = self.ablation
      let task = AnalyzeTask(
        experiment, in: directory, missingRuns: { try ablation?.missingPredictions() ?? [] })
      if let report = try task.run(on: world, progress: progress) {
        tell("\(report)\nreport          \(task.reportFile)\npage            \(task.page)")
      }
    }
    return .complete
  }

  /// Refuses to go on with runs that another job works on.
  private func checkTrainings(on world: borrowing Communicator) throws {
    try world.agree {
      guard world.isRoot else { return }
      let open = try survey.plan(of: .ablate).wanted
      guard let first = open.first else { return }
      throw Failure(
        .inputOutput, "going on after the stage ablate",
        because: "\(first.name) is not as it would be made"
          + (first.reasons.first.map { ": \($0)" } ?? ""),
        remedy: "if another job trains it, wait for its end, and give the same command again")
    }
  }
}
