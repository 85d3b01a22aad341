internal import Experiments
internal import Foundation
internal import MPI
internal import Progress
internal import Stages
internal import Stopping
internal import SubBoxes
internal import Training

/// Executes runs by teams of ranks inside one MPI job.
///
/// Rank 0 hands runs to teams as they finish. A run that fails is put on record, and its team takes the
/// next one. A rank that dies takes the job with it, as MPI has it; the same command then goes on.
final class InsideExecutor {
  private let world: Communicator
  private let timeLimit: Double?
  private let start = ContinuousClock.now

  /// Makes the executor of a job.
  ///
  /// Collective.
  ///
  /// - Parameters:
  ///   - world: All ranks of the job.
  ///   - timeLimit: The time after which to stop, resumably [s]; without it, the end of the Slurm job.
  /// - Throws: The error that MPI reported.
  package init(on world: borrowing Communicator, timeLimit: Double? = nil) throws(MPIError) {
    self.world = try world.duplicate()
    self.timeLimit = timeLimit
  }

  /// Executes runs; collective, with the runs on rank 0.
  func execute(
    _ runs: [AblationRun], of ablation: Ablation, progress: ProgressReporter
  ) throws -> AblationEnd {
    let count = Int(try world.broadcast([Int64(runs.count)])[0])
    guard count > 0 else { return .finished }
    let layout = TeamLayout(
      ranks: world.size, runs: count, ranksPerRun: ablation.experiment.ablation.ranksPerRun)
    let place = layout.team(of: world.rank)
    let workers = try world.split(color: place == nil ? 0 : 1, key: world.rank)
    let team = try world.split(color: place.map { $0 + 1 } ?? 0, key: world.rank)
    if layout.hasDispatcher, world.isRoot {
      progress.say(
        "\(layout.teams) teams of \(layout.ranksPerTeam) ranks, and rank 0 for \(count) runs")
    }
    let resources = try share(ablation, on: workers, layout, isWorker: place != nil)
    let end: AblationEnd
    if !layout.hasDispatcher {
      end = try executeInTurn(runs, of: ablation, on: team, resources, progress)
    } else if place == nil {
      end = try RunDispatcher(runs, of: ablation, timeLimit: timeLimit)
        .run(teams: layout.teams, on: world, progress: progress)
    } else {
      try work(for: ablation, on: team, resources)
      end = .finished
    }
    try restUntilAll(of: world)
    try resources.fields?.free()
    let wasStopped = try world.broadcast([end == .stopped ? 1 : 0] as [Int32])[0] == 1
    return wasStopped ? .stopped : .finished
  }

  /// Opens the fields on the ranks that need them; an error is everybody's.
  private func share(
    _ ablation: Ablation, on workers: borrowing Communicator, _ layout: TeamLayout, isWorker: Bool
  ) throws -> RunResources {
    var resources = RunResources()
    let failure: (any Error)?
    do {
      if isWorker {
        let experiments = try ablation.manifest.runs.map { try ablation.experiment(of: $0) }
        resources = try RunResources(
          of: experiments, in: ablation.directory, on: workers, teams: layout.teams)
      }
      failure = nil
    } catch let error as MPIError {
      // The other workers wait inside of MPI for this one, which nobody could tell them.
      throw error
    } catch {
      failure = error
    }
    try restUntilAll(of: world)
    try world.agree { if let failure { throw failure } }
    return resources
  }

  /// One rank alone: no team has to be told.
  private func executeInTurn(
    _ runs: [AblationRun], of ablation: Ablation, on team: borrowing Communicator,
    _ resources: RunResources, _ progress: ProgressReporter
  ) throws -> AblationEnd {
    let stop = StopConditions(
      directory: ablation.directory.ablation.path, timeLimit: timeLimit)
    for (index, run) in runs.enumerated() {
      if StopSignals.last != nil || stop.reason() != nil {
        try? FileManager.default.removeItem(atPath: ablation.directory.ablation.stopFile)
        return .stopped
      }
      progress.say("\(run.name): run \(index + 1) of \(runs.count)")
      ablation.forgetStopRequest(to: run)
      let outcome = try execute(run, of: ablation, on: team, resources, progress: progress)
      progress.say("\(run.name): \(ablation.words(for: outcome, of: run))")
      if outcome == .stopped { return .stopped }
    }
    return .finished
  }

  /// A team: asks for runs, and executes them, until there are none.
  private func work(
    for ablation: Ablation, on team: borrowing Communicator, _ resources: RunResources
  ) throws {
    var outcome = RunOutcome.none
    while true {
      var next: Int64 = 0
      if team.isRoot { next = try RunDispatcher.askForRun(after: outcome, on: world) }
      let index = Int(try team.broadcast([next])[0])
      guard index >= 0 else { return }
      let run = ablation.manifest.runs[index]
      let log = try? team.isRoot ? RunLog(run, of: ablation) : nil
      outcome = try execute(
        run, of: ablation, on: team, resources,
        progress: log?.reporter ?? ProgressReporter(style: .silent) { _ in })
    }
  }

  /// Executes a run on a team; a failure that its ranks agree on is put on record.
  private func execute(
    _ run: AblationRun, of ablation: Ablation, on team: borrowing Communicator,
    _ resources: RunResources, progress: ProgressReporter
  ) throws -> RunOutcome {
    let elapsed = start.duration(to: .now) / .seconds(1)
    let task = try AblationRunTask(
      run, of: ablation, timeLimit: timeLimit.map { $0 - elapsed }, resources: resources)
    do {
      return try task.run(on: team, progress: progress) == .complete ? .done : .stopped
    } catch let agreed as AgreedFailure {
      let failure = agreed.underlying.flatMap { AblationRunTask.failure(of: $0) }
      if let failure { progress.say("failed: \(failure.reason)") }
      var isOnRecord = true
      do {
        try team.agree { try failure?.write(to: task.failureFile) }
      } catch is AgreedFailure {
        // A disk that is full takes no record either; the run is then one that was interrupted.
        isOnRecord = false
      }
      let isFailure = try team.allReduce(Int32(failure == nil ? 0 : 1), .maximum) == 1
      return isFailure || !isOnRecord ? .failed : .taken
    }
  }
}

/// Waits for all ranks without using a core: some may compute for hours yet.
private func restUntilAll(of world: borrowing Communicator) throws(MPIError) {
  var barrier = try world.startBarrier()
  while try !barrier.test() { usleep(2000) }
}
