internal import Failures
internal import Foundation
internal import MPI
internal import Networks
internal import Stopping
internal import SubBoxes

/// A rank that computes: its part of the samples of every command, and every update of the weights.
final class Worker {
  private let plan: TrainingPlan
  private let order: EpochOrder
  private let training: [Sample]
  private let validation: [Sample]
  // The stream makes boxes from the source, which it does not keep itself.
  private let source: any SubBoxSource
  private let ownsSource: Bool
  private let stream: SubBoxStream
  private let pool: ComputePool
  private let priors: Priors
  private let layout: ParameterLayout
  private var optimizer: AMSGrad
  private let weights: NetworkWeights
  private let mean: TeamMean
  private let timeline: Timeline?
  private let place: Int
  private let teamSize: Int

  // The samples that the stream prepares ahead: those of the commands that are expected next.
  private var expected: [(command: Command, positions: Range<Int>)] = []
  private var nextPosition = 0
  private var waitedBefore = Duration.zero

  /// Makes a worker with the weights of a state.
  ///
  /// - Parameters:
  ///   - plan: The plan of the training.
  ///   - preparation: The samples, the same on all workers, and the fields.
  ///   - stream: Prepares the boxes of both draws.
  ///   - state: The weights and moments to go on from.
  ///   - threads: The number of threads that compute.
  ///   - timeline: Takes what the threads do; nothing is measured without it.
  ///   - team: The workers.
  /// - Throws: `SettingOutOfRange` if the kernels cannot compute the network.
  init(
    plan: TrainingPlan, preparation: Preparation, stream: SubBoxStream, state: TrainingState,
    threads: Int, timeline: Timeline?, team: borrowing Communicator
  ) throws(SettingOutOfRange) {
    self.plan = plan
    order = preparation.order
    training = preparation.training
    validation = preparation.validation
    source = preparation.source
    ownsSource = preparation.ownsSource
    self.stream = stream
    weights = try NetworkWeights(
      state.parameters, of: plan.architecture, for: plan.settings.kernels, threads: threads)
    layout = weights.layout
    let largestShare = (plan.settings.batchSize + team.size - 1) / team.size
    pool = ComputePool(
      threads: threads, boxes: largestShare, weights: weights, labels: preparation.data.labels,
      stream: stream, timeline: timeline)
    self.timeline = timeline
    priors = Priors(alpha: plan.settings.priorStrength, layout: layout)
    optimizer = AMSGrad(plan.settings.optimizer, resuming: state.optimizer, layout: layout)
    let largest = [pool.denseSums, pool.convolutionSums].max { $0.count < $1.count }
    mean = TeamMean(
      parameterCount: layout.count, largest: largest ?? pool.denseSums,
      sampleCount: plan.settings.batchSize, team: team)
    place = team.rank
    teamSize = team.size
  }

  /// Ends the threads, and frees the fields unless others use them too.
  ///
  /// Collective over the team.
  func end() throws(MPIError) {
    pool.cancel()
    stream.cancel()
    if ownsSource { try source.free() }
  }

  /// The error that kept it from doing its part of a command.
  var failure: (any Error)? { pool.failure }

  /// The current weights and moments.
  var state: TrainingState {
    TrainingState(
      parameters: Array(UnsafeBufferPointer(start: weights.parameters, count: layout.count)),
      optimizer: optimizer.state)
  }

  /// Does its part of what it was told to.
  ///
  /// Collective over the team.
  func perform(
    _ announcement: Announcement, on roles: borrowing Roles, _ link: Link
  ) throws -> Report {
    let command = announcement.command
    var report = Report(parameterCount: layout.likelihoodRange.count)
    switch command {
    case .train(_, let step):
      report = try train(
        command, step: step, learningRate: announcement.learningRate, on: roles, link)
    case .validate: report = try validate(command, on: roles, link)
    case .save: if roles.isDedicated, roles.team.isRoot { try link.send(state, on: roles.world) }
    case .finish, .abandon: break
    }
    report.hasFailed = pool.failure != nil
    report.stopRequested = StopSignals.last != nil
    let waited = stream.waitingTime
    report.fetchWait = (waited - waitedBefore) / .seconds(1)
    waitedBefore = waited
    return report
  }

  private func train(
    _ command: Command, step: Int, learningRate: Double, on roles: borrowing Roles, _ link: Link
  ) throws -> Report {
    let start = ContinuousClock.now
    pool.denseSums.reset()
    pool.convolutionSums.reset()
    startComputing(command, trains: true)
    var report = weightsReport()

    // The sums of the dense layers travel while the convolutions still go backward.
    var deadline = Deadline(limit: link.limit)
    try wait(for: .dense, deadline, command, on: roles, link)
    try mean.start(pool.denseSums, layout.denseRange, on: roles.team)
    var isDenseReduced = false
    while !isDenseReduced && !pool.hasReached(.all) {
      isDenseReduced = try mean.advance(on: roles.team)
      try link.rest(&deadline, on: command, over: roles.world)
    }
    try wait(for: .all, deadline, command, on: roles, link)
    report.outcomes = pool.takeOutcomes()
    report.computing = start.duration(to: .now) / .seconds(1)
    timeline.add(.wait, since: start)
    let reductionStart = ContinuousClock.now

    // A rank that cannot go on takes part in the sums all the same, or the others would wait for it.
    if pool.failure != nil { pool.convolutionSums.addLost() }
    try link.announceComputed(step: step, on: roles.world)
    deadline = Deadline(limit: link.limit)
    func finishMean() throws {
      while try !mean.advance(on: roles.team) {
        try link.rest(&deadline, on: command, over: roles.world)
      }
    }
    if !isDenseReduced { try finishMean() }
    try mean.start(pool.convolutionSums, layout.convolutionRange, on: roles.team)
    try finishMean()
    report.lostSamples = max(pool.denseSums.lostCount, pool.convolutionSums.lostCount)
    report.reducing = deadline.waited
    timeline.add(.reduce, since: reductionStart)

    if report.lostSamples == 0 {
      timeline.measure(.update) {
        report.gradientNorm = update(learningRate: learningRate)
      }
    }
    return report
  }

  private func validate(
    _ command: Command, on roles: borrowing Roles, _ link: Link
  ) throws -> Report {
    let start = ContinuousClock.now
    startComputing(command, trains: false)
    var report = weightsReport()
    let deadline = Deadline(limit: link.limit)
    try wait(for: .all, deadline, command, on: roles, link)
    report.outcomes = pool.takeOutcomes()
    report.computing = start.duration(to: .now) / .seconds(1)
    timeline.add(.wait, since: start)
    try link.announceComputed(step: 0, on: roles.world)
    return report
  }

  /// Waits until the threads have come so far; throws if it takes too long.
  ///
  /// Nothing is to be moved between ranks meanwhile: to look more often would only take a core from the threads.
  private func wait(
    for milestone: ComputePool.Milestone, _ deadline: Deadline, _ command: Command,
    on roles: borrowing Roles, _ link: Link
  ) throws {
    while !pool.wait(for: milestone, upTo: 0.05) {
      try link.look(deadline, on: command, over: roles.world)
    }
  }

  /// Returns a report of the current weights: the penalty and the parameters of the likelihood.
  private func weightsReport() -> Report {
    var report = Report(parameterCount: layout.likelihoodRange.count)
    report.penalty = priors.penalty(weights.parameters)
    report.likelihoodValues = weights.likelihood.values
    return report
  }

  /// Makes the step of the optimizer, the same on all workers; returns the norm of its gradient, if that has
  /// a limit.
  private func update(learningRate: Double) -> Double {
    let all = mean.gradient
    guard let gradient = all.baseAddress else { preconditionFailure("no parameters") }
    priors.addGradient(weights.parameters, to: gradient)
    let norm = plan.settings.clipNorm.map { limit in
      GradientNorm.clip(.init(rebasing: all[..<optimizer.movedCount]), to: limit)
    }
    weights.update { optimizer.update($0, gradient: gradient, learningRate: learningRate) }
    return norm ?? 0
  }
}

// MARK: - The stream of boxes

extension Worker {
  /// Hands the samples of a command to the threads, and those of the commands after it to the stream.
  private func startComputing(_ command: Command, trains: Bool) {
    if expected.first?.command != command {
      // The first command, or one after a resume: nothing was prepared for it.
      expected = []
      stream.start([], at: nextPosition)
      expect(command)
    }
    let current = expected.removeFirst()
    var last = expected.last?.command ?? command
    // At least one command and a whole look-ahead of boxes are expected beyond this one.
    while expected.isEmpty
      || nextPosition - current.positions.upperBound < plan.streaming.lookAhead,
      let next = follower(of: last)
    {
      expect(next)
      last = next
    }
    pool.start(
      .init(
        positions: current.positions, firstPlace: share(of: command).lowerBound, trains: trains))
  }

  private func expect(_ command: Command) {
    let samples = samples(of: command)
    stream.enqueue(samples)
    expected.append((command, nextPosition..<nextPosition + samples.count))
    nextPosition += samples.count
  }

  /// The command that follows if the training is not stopped; `nil` after the last.
  private func follower(of command: Command) -> Command? {
    switch command {
    case .train(let epoch, let step):
      step + 1 < order.stepsPerEpoch
        ? .train(epoch: epoch, step: step + 1) : .validate(epoch: epoch, part: 0)
    case .validate(let epoch, let part):
      if (part + 1) * plan.validationPartSize < validation.count {
        .validate(epoch: epoch, part: part + 1)
      } else {
        epoch + 1 < plan.settings.epochLimit ? .train(epoch: epoch + 1, step: 0) : nil
      }
    case .save, .finish, .abandon: nil
    }
  }

  /// The places, in the batch or the draw, of the samples that this worker computes.
  private func share(of command: Command) -> Range<Int> {
    var all = 0..<plan.settings.batchSize
    if case .validate(_, let part) = command {
      let start = part * plan.validationPartSize
      all = start..<min(start + plan.validationPartSize, validation.count)
    }
    let (first, count) = (all.lowerBound, all.count)
    return first + count * place / teamSize..<first + count * (place + 1) / teamSize
  }

  private func samples(of command: Command) -> [OrientedSample] {
    let share = share(of: command)
    guard case .train(let epoch, let step) = command else {
      return validation[share].map { OrientedSample($0) }
    }
    return order.batch(epoch: epoch, step: step)[share].map {
      OrientedSample(training[$0], order.orientation(ofSample: $0, epoch: epoch))
    }
  }
}
