internal import MPI
internal import Networks

/// The messages between rank 0 and the workers, with a limit to the time that a rank may be silent.
///
/// It counts the workers from the first; a worker that is rank 0 itself is sent nothing.
struct Link {
  /// How long a worker may take for a command [seconds].
  let limit: Double

  /// The ranks of the workers beside rank 0.
  let workers: Range<Int>

  /// The hosts of all ranks, on rank 0.
  let hosts: [String]

  /// Collective over `world`.
  init(roles: borrowing Roles, limit: Double) throws(MPIError) {
    self.limit = limit
    workers = 1..<roles.world.size
    let name = Array(roles.world.place().host.utf8)
    let gathered = try roles.world.gatherVarying(name)
    var hosts: [String] = []
    var start = 0
    for count in gathered?.counts ?? [] {
      let bytes = gathered?.elements[start..<start + count] ?? []
      hosts.append(String(decoding: bytes, as: UTF8.self))
      start += count
    }
    self.hosts = hosts
  }

  /// Rank 0 tells the workers what to do.
  func announce(_ command: Command, on world: borrowing Communicator) throws(MPIError) {
    for worker in workers { try world.send(command.message, to: worker, tag: MessageTag.command) }
  }

  /// A worker waits for what to do.
  ///
  /// It waits for longer than rank 0 would wait for another worker, and ask who is there.
  func awaitCommand(on world: borrowing Communicator) throws -> Command {
    var patience = Patience(limit: 3 * limit + secondsForJudgement)
    while try world.probe(from: 0, tag: MessageTag.command) == nil {
      try answerQuestion(over: world)
      guard patience.rest() else {
        throw TrainingError.stalled(
          rank: 0, host: "its host", phase: "coordinating", seconds: patience.waited)
      }
    }
    return Command(message: try world.receive(from: 0, tag: MessageTag.command))
  }

  /// Rank 0 waits for the reports of the workers beside itself, in the order of their ranks.
  func collectReports(
    on command: Command, over world: borrowing Communicator
  ) throws -> [Report] {
    var reports = [Report?](repeating: nil, count: workers.count)
    var patience = Patience(limit: limit)
    while reports.contains(nil) {
      if let envelope = try world.probe(tag: MessageTag.report) {
        reports[envelope.source - 1] = Report(
          message: try world.receive(from: envelope.source, tag: MessageTag.report))
      } else if !patience.rest() {
        throw try stalled(on: command, over: world, after: patience.waited)
      }
    }
    try takeNotices(over: world)
    return reports.compactMap { $0 }
  }

  /// A worker tells rank 0 that it has computed its share of a step, and waits for the others.
  func announceComputed(step: Int, on world: borrowing Communicator) throws(MPIError) {
    guard world.rank != 0 else { return }
    try world.send([Int64(step)], to: 0, tag: MessageTag.computed)
  }

  /// A worker that waits tells rank 0 that it is there, if it was asked.
  func answerQuestion(over world: borrowing Communicator) throws(MPIError) {
    guard world.rank != 0, try world.probe(from: 0, tag: MessageTag.question) != nil else { return }
    _ = try world.receive(from: 0, tag: MessageTag.question, as: Int64.self)
    try world.send([Int64(1)], to: 0, tag: MessageTag.answer)
  }

  /// How much longer than rank 0 waits and asks a worker leaves it to rank 0 to end the job [seconds].
  var secondsForJudgement: Double { limit / 2 + SilentPeer.secondsForLauncher + 10 }

  /// The workers that do not answer within the limit: they stand still, or their host is cut off.
  ///
  /// A rank that merely has little of a busy machine has answered by then.
  private func silentWorkers(over world: borrowing Communicator) throws(MPIError) -> [Int] {
    for worker in workers { try world.send([Int64(1)], to: worker, tag: MessageTag.question) }
    var silent = Set(workers)
    var patience = Patience(limit: limit)
    while !silent.isEmpty, patience.rest() {
      guard let envelope = try world.probe(tag: MessageTag.answer) else { continue }
      _ = try world.receive(from: envelope.source, tag: MessageTag.answer, as: Int64.self)
      silent.remove(envelope.source)
    }
    return silent.sorted()
  }

  /// Which worker keeps the others waiting: the first that does not answer, or else the first that has not
  /// computed its share of a step, as far as rank 0 was told.
  func stalled(
    on command: Command, over world: borrowing Communicator, after seconds: Double
  ) throws -> TrainingError {
    let computed = try takeNotices(over: world)
    let silent = try silentWorkers(over: world)
    let rank = silent.first ?? workers.first { !computed.contains($0) } ?? workers.first ?? 0
    let phase =
      switch command {
      case .train(let epoch, let step): "computing step \(step) of epoch \(epoch)"
      case .validate(let epoch, let part): "validating epoch \(epoch), part \(part)"
      case .save: "handing over its state"
      case .finish, .abandon: "finishing"
      }
    return .stalled(rank: rank, host: hosts[rank], phase: phase, seconds: seconds)
  }

  /// Takes the notices of the step, and returns the workers they come from.
  @discardableResult
  private func takeNotices(over world: borrowing Communicator) throws(MPIError) -> Set<Int> {
    var computed: Set<Int> = []
    while let envelope = try world.probe(tag: MessageTag.computed) {
      _ = try world.receive(from: envelope.source, tag: MessageTag.computed, as: Int64.self)
      computed.insert(envelope.source)
    }
    return computed
  }

  /// The first worker hands the state of the training to rank 0, if that is another rank.
  func send(_ state: TrainingState, on world: borrowing Communicator) throws(MPIError) {
    let optimizer = state.optimizer
    try world.send([Int64(optimizer.step)], to: 0, tag: MessageTag.state)
    for part in [state.parameters, optimizer.m, optimizer.v, optimizer.vhat] {
      try world.send(part, to: 0, tag: MessageTag.state)
    }
  }

  /// Rank 0 takes the state of the training from the first worker.
  func receiveState(on world: borrowing Communicator) throws(MPIError) -> TrainingState {
    let step = try world.receive(from: 1, tag: MessageTag.state, as: Int64.self)[0]
    func part() throws(MPIError) -> [Float] { try world.receive(from: 1, tag: MessageTag.state) }
    let parameters = try part()
    return TrainingState(
      parameters: parameters,
      optimizer: .init(step: Int(step), m: try part(), v: try part(), vhat: try part()))
  }
}
