internal import Failures
internal import Foundation
internal import Heartbeat
package import MPI
internal import Networks
package import Stopping
package import SubBoxes
internal import Threads

/// Runs a training from its plan to its end, or to where it is asked to stop.
///
/// The result, model and metrics, is the same for any number of ranks and threads, whether or not
/// rank 0 trains too, and however often it was stopped or killed and resumed.
package struct TrainingJob {
  private var plan: TrainingPlan
  private let fields: (any SubBoxSource)?

  /// Makes the job of a plan.
  ///
  /// - Parameters:
  ///   - plan: The plan: the network to train, and the data to train it on.
  ///   - fields: The fields of the plan's training and validation files in this order, if the process
  ///     has them open already; the caller frees them. Without it, the job opens its own.
  package init(_ plan: TrainingPlan, fields: (any SubBoxSource)? = nil) {
    self.plan = plan
    self.fields = fields
  }

  /// Trains, from the newest checkpoint in the plan's directory if there is one.
  ///
  /// Collective.
  ///
  /// - Parameters:
  ///   - world: The ranks; rank 0 coordinates.
  ///   - stop: The conditions under which the training stops.
  ///   - tell: Is told of events, on rank 0.
  /// - Returns: The outcome, the same on all ranks.
  /// - Throws: ``TrainingError`` and the errors of the modules below, in an `AgreedFailure` if all
  ///   ranks know of it.
  package mutating func run(
    on world: borrowing Communicator, stop: StopConditions,
    tell: @escaping (TrainingEvent) -> Void
  ) throws -> TrainingOutcome {
    let settings = plan.settings
    let architecture = plan.architecture
    try world.agree { try settings.kernels.validate(architecture) }
    let roles = try Roles(settings.coordinator, on: world)
    let preparation = try world.agree { () throws -> Preparation? in
      roles.isWorker ? try Preparation(plan, sharing: fields, on: roles.team) : nil
    }
    let data = try share(preparation?.data, from: roles.firstWorker, over: world)
    plan.stepsPerEpoch = data.trainingSamples / settings.batchSize

    let resumed = try world.agree { () throws -> Checkpoint? in
      guard world.isRoot else { return nil }
      return try newestCheckpoint(for: data) { tell(.warning($0)) }
    }
    let initial = try world.agree { try resumed?.state ?? initialState(isRead: world.isRoot) }
    let state = try share(initial, over: world)

    let timeline = plan.timelinePath == nil ? nil : try Timeline(on: roles.world)
    var worker: Worker?
    var threads = 0
    if preparation != nil {
      threads = try settings.threadsPerRank ?? availableThreads(on: roles.team)
    }
    try world.agree { () throws(Failure) in
      if threads > 0 { try ThreadSupply.check(threads + plan.streaming.threads) }
    }
    if let preparation {
      worker = try preparation.makeWorker(
        plan, state: state, threads: threads, timeline: timeline, team: roles.team)
    }
    let link = try Link(
      roles: roles, limit: settings.watchdogSeconds,
      parameterCount: architecture.likelihood.parameters.count, tell: tell)
    let coordinator = try world.agree { () throws -> Coordinator? in
      guard roles.isCoordinator else { return nil }
      let workerHosts = roles.isDedicated ? Array(link.hosts.dropFirst()) : link.hosts
      return try Coordinator(
        plan: plan, data: data, resuming: resumed, workerHosts: workerHosts, stop: stop, tell: tell)
    }
    let facts = try startingFacts(preparation, threads: threads, on: roles)
    if coordinator != nil {
      tell(.started(start(data, resumed?.progress.step ?? 0, facts, on: roles)))
    }
    // Until now nothing needed a checkpoint.
    StopSignals.install()
    let outcome: TrainingOutcome
    do {
      func perform() throws -> TrainingOutcome {
        if let coordinator {
          return try coordinate(coordinator, worker, link, timeline, on: roles)
        }
        guard let worker else { preconditionFailure("a rank neither coordinates nor computes") }
        return try work(worker, link, timeline, on: roles)
      }
      // A rank that is alone has none beside it that would notice its silence.
      outcome = try roles.world.size > 1 ? Heartbeat.whileGuarded(perform) : perform()
    } catch let failure as AgreedFailure {
      // All ranks leave the training, and may go on with something else.
      try worker?.end()
      throw failure
    }
    try worker?.end()
    if let timeline, let path = plan.timelinePath {
      try timeline.write(to: path, on: roles.world, hosts: link.hosts)
    }
    return outcome
  }

  /// Rank 0: announces commands, does its own part if it has one, and collects the reports.
  private func coordinate(
    _ coordinator: Coordinator, _ worker: Worker?, _ link: Link, _ timeline: Timeline?,
    on roles: borrowing Roles
  ) throws -> TrainingOutcome {
    while true {
      let announcement = coordinator.next()
      let command = announcement.command
      if case .finish(let isComplete) = command {
        if let failure = failure(of: { try coordinator.performPendingWrites(timeline) }) {
          try abandon(because: failure, link, on: roles)
        }
        try link.announce(announcement, on: roles.world)
        return isComplete ? .complete : .stopped
      }
      try link.announce(announcement, on: roles.world)
      // While the workers are busy. A failure is theirs too once they have done what they were told.
      var failure = self.failure(of: { try coordinator.performPendingWrites(timeline) })
      var reports: [Report] = []
      if let worker { reports.append(try perform(announcement, worker, link, on: roles)) }
      var state: TrainingState?
      if command == .save { state = try worker?.state ?? link.receiveState(on: roles.world) }
      reports += try timeline.measure(.wait) {
        try link.collectReports(on: command, over: roles.world)
      }
      if failure == nil, !reports.contains(where: \.hasFailed) {
        failure = self.failure(of: { try coordinator.digest(command, reports, state: state) })
      }
      if failure != nil || reports.contains(where: \.hasFailed) {
        try abandon(because: failure ?? worker?.failure, link, on: roles)
      }
    }
  }

  /// The other ranks: do what they are told to.
  private func work(
    _ worker: Worker, _ link: Link, _ timeline: Timeline?, on roles: borrowing Roles
  ) throws -> TrainingOutcome {
    while true {
      let announcement = try timeline.measure(.wait) {
        try link.awaitAnnouncement(on: roles.world)
      }
      let command = announcement.command
      if case .finish(let isComplete) = command { return isComplete ? .complete : .stopped }
      if command == .abandon { try agree(on: worker.failure, over: roles.world) }
      let report = try perform(announcement, worker, link, on: roles)
      try link.send(report, on: command, over: roles.world)
    }
  }

  /// Does this rank's part of a command; an error of MPI on this rank alone is given its phase.
  private func perform(
    _ announcement: Announcement, _ worker: Worker, _ link: Link, on roles: borrowing Roles
  ) throws -> Report {
    do {
      return try worker.perform(announcement, on: roles, link)
    } catch let error as MPIError {
      throw TrainingError.failedExchange(phase: announcement.command.phase, error)
    }
  }

  /// Returns what the work throws.
  private func failure(of work: () throws -> Void) -> (any Error)? {
    do {
      try work()
      return nil
    } catch {
      return error
    }
  }

  /// Rank 0: has all ranks leave the training, with its error or that of a worker.
  private func abandon(
    because failure: (any Error)?, _ link: Link, on roles: borrowing Roles
  ) throws -> Never {
    try link.announce(Announcement(.abandon), on: roles.world)
    try agree(on: failure, over: roles.world)
  }

  /// Throws on all ranks the error that one of them has.
  private func agree(
    on failure: (any Error)?, over world: borrowing Communicator
  ) throws -> Never {
    try world.agree { if let failure { throw failure } }
    preconditionFailure("a training was abandoned without an error")
  }
}

// MARK: - Before the first step

extension TrainingJob {
  /// The state before the first step; a model that it starts from is read by one rank alone.
  private func initialState(isRead: Bool) throws -> TrainingState {
    let layout = plan.architecture.parameters
    let drawn = layout.initialized(
      seed: plan.settings.seed, likelihood: plan.settings.initialLikelihoodValues)
    let model = isRead ? plan.settings.initialModel : nil
    return TrainingState(
      parameters: try model.map { try InitialModel.parameters(from: $0, for: plan.architecture) }
        ?? drawn,
      optimizer: AMSGrad(plan.settings.optimizer, layout: layout).state)
  }

  /// The checkpoint to go on from; `nil` for a new training.
  private func newestCheckpoint(
    for data: DataDescription, warn: (String) -> Void
  ) throws -> Checkpoint? {
    guard var checkpoint = try plan.checkpoints.newest(warn: warn) else { return nil }
    let changed = lineDifferences(
      from: TrainingEnding.identity(checkpoint.settings),
      to: TrainingEnding.identity(plan.identity))
    guard changed.isEmpty else {
      throw TrainingError.settingsChanged(directory: plan.directory, differences: changed)
    }
    let differences = data.differences(from: checkpoint.data)
    guard differences.isEmpty else {
      throw TrainingError.dataChanged(directory: plan.directory, differences: differences)
    }
    checkpoint.progress = try TrainingEnding.resumed(
      checkpoint.progress, plan.settings, in: plan.directory)
    let count = plan.architecture.parameters.count
    guard checkpoint.state.parameters.count == count else {
      throw TrainingError.noIntactCheckpoint(
        directory: plan.directory,
        reasons: [
          "the newest has \(checkpoint.state.parameters.count) parameters, the network \(count)"
        ])
    }
    return checkpoint
  }

  /// Gives all ranks the value of one of them.
  private func share<Value: Codable>(
    _ value: Value?, from root: Int, over world: borrowing Communicator
  ) throws -> Value {
    let bytes = try value.map { Array(try JSONEncoder().encode($0)) } ?? []
    let shared = try world.broadcast(bytes, from: root)
    return try JSONDecoder().decode(Value.self, from: Data(shared))
  }

  /// Gives all ranks the state of rank 0.
  private func share(
    _ state: TrainingState, over world: borrowing Communicator
  ) throws(MPIError) -> TrainingState {
    let optimizer = state.optimizer
    let step = try world.broadcast([Int64(optimizer.step)])[0]
    return TrainingState(
      parameters: try world.broadcast(state.parameters),
      optimizer: .init(
        step: Int(step), m: try world.broadcast(optimizer.m),
        v: try world.broadcast(optimizer.v), vhat: try world.broadcast(optimizer.vhat)))
  }

  /// Returns on all ranks the facts about the start that only the workers know.
  private func startingFacts(
    _ preparation: Preparation?, threads: Int, on roles: borrowing Roles
  ) throws -> StartingFacts {
    let facts = preparation.map {
      StartingFacts(threads: threads, streaming: "\($0.source.mode.rawValue), \($0.source.reason)")
    }
    return try share(facts, from: roles.firstWorker, over: roles.world)
  }

  private struct StartingFacts: Codable {
    let threads: Int
    let streaming: String
  }

  private func start(
    _ data: DataDescription, _ stepsDone: Int, _ facts: StartingFacts, on roles: borrowing Roles
  ) -> TrainingStart {
    TrainingStart(
      parameterCount: plan.architecture.parameters.count, stepsPerEpoch: plan.stepsPerEpoch,
      epochs: plan.settings.epochLimit, stepsDone: stepsDone, workers: roles.workerCount,
      threadsPerWorker: facts.threads, isDedicated: roles.isDedicated,
      streaming: facts.streaming, data: data)
  }
}

/// Returns the lines of two lists of settings, `key = value`, that differ, in words, sorted.
package func lineDifferences(from old: [String], to new: [String]) -> [String] {
  func table(_ lines: [String]) -> [String: String] {
    var table: [String: String] = [:]
    for line in lines {
      let parts = line.split(separator: "=", maxSplits: 1).map {
        $0.trimmingCharacters(in: .whitespaces)
      }
      table[parts[0]] = parts.count > 1 ? parts[1] : ""
    }
    return table
  }
  let (before, after) = (table(old), table(new))
  return Set(before.keys).union(after.keys).sorted().compactMap { key in
    guard before[key] != after[key] else { return nil }
    return "\(key) was \(before[key] ?? "unset") and is \(after[key] ?? "unset")"
  }
}
