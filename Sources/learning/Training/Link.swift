internal import MPI
internal import Networks

/// The messages between rank 0 and the workers, with a limit to the time that a rank may be silent.
///
/// It counts the workers from the first; a worker that is rank 0 itself is sent nothing. Nobody waits for
/// another rank inside of MPI: who waits looks, and rests (``rest(_:on:over:)``).
struct Link {
  /// The longest time that a worker may take for a command [seconds].
  let limit: Double

  /// The ranks of the workers beside rank 0.
  let workers: Range<Int>

  /// The hosts of all ranks.
  let hosts: [String]

  /// The number of parameters of the likelihood, whose values are in every report.
  let parameterCount: Int

  /// The receiver of events that happen while rank 0 waits.
  let tell: (TrainingEvent) -> Void

  /// Collective over `world`.
  init(
    roles: borrowing Roles, limit: Double, parameterCount: Int,
    tell: @escaping (TrainingEvent) -> Void
  ) throws(MPIError) {
    self.limit = limit
    self.parameterCount = parameterCount
    self.tell = tell
    workers = 1..<roles.world.size
    hosts = try roles.world.allGatherVarying(Array(roles.world.place().host.utf8)).texts
  }

  /// Rank 0 tells the workers what to do.
  func announce(_ command: Command, on world: borrowing Communicator) throws(MPIError) {
    for worker in workers { try world.send(command.message, to: worker, tag: MessageTag.command) }
  }

  /// A worker waits for what to do.
  func awaitCommand(on world: borrowing Communicator) throws -> Command {
    // Rank 0 may be computing a share of its own before it waits for another worker.
    var deadline = Deadline(limit: 2 * limit)
    while try world.probe(from: 0, tag: MessageTag.command) == nil {
      try rest(&deadline, on: nil, over: world)
    }
    return Command(message: try world.receive(from: 0, tag: MessageTag.command))
  }

  /// A worker tells rank 0 what it did.
  func send(
    _ report: Report, on command: Command, over world: borrowing Communicator
  ) throws {
    try send(report.message, tag: MessageTag.report, on: command, over: world)
  }

  /// Rank 0 waits for the reports of the workers beside itself, in the order of their ranks.
  func collectReports(
    on command: Command, over world: borrowing Communicator
  ) throws -> [Report] {
    var reports = [Report?](repeating: nil, count: workers.count)
    var deadline = Deadline(limit: limit)
    while reports.contains(nil) {
      guard let envelope = try world.probe(tag: MessageTag.report) else {
        try rest(&deadline, on: command, over: world)
        continue
      }
      var message = try world.startReceive(envelope, as: Double.self)
      while try !message.test() { try rest(&deadline, on: command, over: world) }
      reports[envelope.source - 1] = Report(
        message: message.take(), parameterCount: parameterCount)
    }
    try takeNotices(over: world)
    return reports.compactMap { $0 }
  }

  /// A worker tells rank 0 that it has computed its share of a step, and waits for the others.
  func announceComputed(step: Int, on world: borrowing Communicator) throws(MPIError) {
    guard world.rank != 0 else { return }
    try world.send([Int64(step)], to: 0, tag: MessageTag.computed)
  }

  /// Takes the notices of the step, and returns the workers they come from.
  @discardableResult
  func takeNotices(over world: borrowing Communicator) throws(MPIError) -> Set<Int> {
    var computed: Set<Int> = []
    while let envelope = try world.probe(tag: MessageTag.computed) {
      _ = try world.receive(from: envelope.source, tag: MessageTag.computed, as: Int64.self)
      computed.insert(envelope.source)
    }
    return computed
  }

  /// The first worker hands the state of the training to rank 0, if that is another rank.
  func send(_ state: TrainingState, on world: borrowing Communicator) throws {
    let optimizer = state.optimizer
    try send([Int64(optimizer.step)], tag: MessageTag.state, on: .save, over: world)
    for part in [state.parameters, optimizer.m, optimizer.v, optimizer.vhat] {
      try send(part, tag: MessageTag.state, on: .save, over: world)
    }
  }

  /// Rank 0 takes the state of the training from the first worker.
  func receiveState(on world: borrowing Communicator) throws -> TrainingState {
    let step = try receive(from: 1, tag: MessageTag.state, on: .save, over: world, as: Int64.self)
    func part() throws -> [Float] {
      try receive(from: 1, tag: MessageTag.state, on: .save, over: world)
    }
    let parameters = try part()
    return TrainingState(
      parameters: parameters,
      optimizer: .init(step: Int(step[0]), m: try part(), v: try part(), vhat: try part()))
  }

  private func send<Element: MPIElement>(
    _ elements: [Element], tag: Int, on command: Command, over world: borrowing Communicator
  ) throws {
    var message = try world.startSend(elements, to: 0, tag: tag)
    var deadline = Deadline(limit: limit)
    while try !message.test() { try rest(&deadline, on: command, over: world) }
  }

  private func receive<Element: MPIElement>(
    from source: Int, tag: Int, on command: Command, over world: borrowing Communicator,
    as type: Element.Type = Element.self
  ) throws -> [Element] {
    var deadline = Deadline(limit: limit)
    while true {
      guard let envelope = try world.probe(from: source, tag: tag) else {
        try rest(&deadline, on: command, over: world)
        continue
      }
      var message = try world.startReceive(envelope, as: type)
      while try !message.test() { try rest(&deadline, on: command, over: world) }
      return message.take()
    }
  }
}
