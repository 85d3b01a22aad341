internal import Failures
internal import MPI
internal import Stopping
internal import Watching

/// The watchdog: a rank that has waited too long finds the rank to blame, and ends the job, naming it.
///
/// Rank 0 waits for the limit, then asks all workers whether they are there, and waits for their answers
/// for the limit again: a rank that has little of a busy machine has answered by then, one
/// that stands still or whose host is cut off has not. So a silent worker is named after twice the limit.
/// Workers leave that to rank 0, and name rank 0 itself when it has not ended the job in time.
extension Link {
  /// Rests until it is time to look again; throws when the wait has taken too long.
  ///
  /// - Parameters:
  ///   - deadline: The end of this rank's wait.
  ///   - command: The command that is carried out; `nil` for a worker that waits for one.
  ///   - world: All ranks.
  /// - Throws: `PeerFailure`, with the rank that keeps this one waiting; `MPIError`.
  func rest(
    _ deadline: inout Deadline, on command: Command?, over world: borrowing Communicator
  ) throws {
    try look(deadline, on: command, over: world)
    _ = deadline.rest()
  }

  /// Makes the checks of ``rest(_:on:over:)`` without resting, for callers that rest themselves.
  func look(
    _ deadline: Deadline, on command: Command?, over world: borrowing Communicator
  ) throws {
    try answerQuestion(over: world)
    // At once: the step may be long, or it may never end, because the launcher ends a job of which a rank was killed.
    if let command, world.isRoot, StopSignals.takeNews() {
      tell(.warning("a signal was received while \(command.phase)"))
    }
    guard deadline.isPast else { return }
    if let command, world.isRoot { throw try culprit(of: command, over: world, after: deadline) }
    var grace = Deadline(limit: secondsForJudgement)
    while grace.rest() { try answerQuestion(over: world) }
    throw PeerFailure(
      rank: 0, host: hosts[0], problem: .silent, phase: "coordinating", seconds: deadline.waited)
  }

  /// The time that a worker waits longer than rank 0, so that rank 0 can ask who is there, name the
  /// absent rank, and end the job [seconds].
  private var secondsForJudgement: Double {
    let forLauncher = Set(hosts).count > 1 ? SilentPeer.secondsForLauncher : 0
    return 1.5 * limit + forLauncher + 10
  }

  /// A worker that waits tells rank 0 that it is there, if it was asked.
  private func answerQuestion(over world: borrowing Communicator) throws(MPIError) {
    guard !world.isRoot, try world.probe(from: 0, tag: MessageTag.question) != nil else { return }
    _ = try world.receive(from: 0, tag: MessageTag.question, as: Int64.self)
    try world.send([Int64(1)], to: 0, tag: MessageTag.answer)
  }

  /// Rank 0: the first worker that does not answer, or else the first rank that has not computed its share of
  /// the command, as far as rank 0 was told.
  private func culprit(
    of command: Command, over world: borrowing Communicator, after deadline: Deadline
  ) throws(MPIError) -> PeerFailure {
    func failure(_ rank: Int, _ problem: PeerFailure.Problem) -> PeerFailure {
      PeerFailure(
        rank: rank, host: hosts[rank], problem: problem, phase: command.phase,
        seconds: deadline.waited)
    }
    let computed = try takeNotices(over: world)
    if let rank = try silentWorkers(over: world).first {
      return failure(rank, .silent)
    }
    let rank = workers.first { !computed.contains($0) } ?? 0
    return failure(rank, .late)
  }

  /// The workers that do not answer within the limit.
  private func silentWorkers(over world: borrowing Communicator) throws(MPIError) -> [Int] {
    for worker in workers { try world.send([Int64(1)], to: worker, tag: MessageTag.question) }
    var silent = Set(workers)
    var deadline = Deadline(limit: limit)
    while !silent.isEmpty, deadline.rest() {
      while let envelope = try world.probe(tag: MessageTag.answer) {
        _ = try world.receive(from: envelope.source, tag: MessageTag.answer, as: Int64.self)
        silent.remove(envelope.source)
      }
    }
    return silent.sorted()
  }
}

extension Command {
  /// The command as an activity in words, such as "handing over its state".
  var phase: String {
    switch self {
    case .train(let epoch, let step): "computing step \(step) of epoch \(epoch)"
    case .validate(let epoch, let part): "validating epoch \(epoch), part \(part)"
    case .save: "handing over its state"
    case .finish, .abandon: "finishing"
    }
  }
}
