internal import CKernels
internal import MPI

/// The mean gradient of a step, from the exact sums of each worker.
///
/// Each worker owns a part of the parameters. The others send it their sums of this part, in as many bytes as these
/// have digits; it adds them, rounds the means, and sends these to all. So a worker sends 6 + 4 bytes for a
/// parameter as a rule and 8 + 4 at most, whatever the number of workers (Thakur, Rabenseifner, Gropp 2005,
/// doi:10.1177/1094342005051521, section 4.3). Sums of integers are exact: who adds them changes no bit.
///
///     try mean.start(sums, range, on: team)
///     while try !mean.advance(on: team) { rest }
final class TeamMean {
  /// The mean gradient; the part of a sum is complete when ``advance(on:)`` has said so.
  var gradient: UnsafeMutableBufferPointer<Float> { mean.elements }

  private let sampleCount: Int
  private let rank: Int
  private let size: Int
  private let mean: MessageMemory<Float>
  private let sentNotes: MessageMemory<Int64>
  private let receivedNotes: MessageMemory<Int64>
  private let sentSums: MessageMemory<UInt8>
  private let receivedSums: MessageMemory<UInt8>

  private var stage = Stage.complete
  private var pending: PendingExchange?
  private var sums: ExactAccumulator
  private var range = 0..<0
  private var sending: [Range<Int>] = []
  private var receiving: [Range<Int>] = []

  private enum Digits { case fine, coarse }

  private enum Stage {
    case announcing(Digits)
    case exchanging(Digits)
    case gathering
    case complete
  }

  /// The numbers that a worker tells each of the others before a sum: its bytes, and its two counts of gradients.
  private static let noteWidth = 3

  /// Makes the mean of a team.
  ///
  /// - Parameters:
  ///   - parameterCount: The number of values of a gradient.
  ///   - largest: The sums with most values.
  ///   - sampleCount: The number of samples of a step.
  ///   - team: The workers.
  init(
    parameterCount: Int, largest: ExactAccumulator, sampleCount: Int, team: borrowing Communicator
  ) {
    self.sampleCount = sampleCount
    rank = team.rank
    size = team.size
    sums = largest
    mean = MessageMemory(count: parameterCount)
    let others = team.size > 1
    (sentNotes, receivedNotes) = (
      MessageMemory(count: Self.noteWidth * size), MessageMemory(count: Self.noteWidth * size)
    )
    let limit = others ? Self.messageLimit(count: largest.count, workers: size) : 0
    (sentSums, receivedSums) = (MessageMemory(count: limit), MessageMemory(count: limit))
  }

  /// Returns the most bytes that a worker sends the others, or receives from them, of `count` sums.
  static func messageLimit(count: Int, workers: Int) -> Int {
    workers * halompi_packed_sums_limit((count + workers - 1) / workers)
  }

  /// The part of the sums that a worker owns.
  private func part(_ worker: Int) -> Range<Int> {
    sums.count * worker / size..<sums.count * (worker + 1) / size
  }

  /// Starts to make the means of sums, whose values are a range of a gradient.
  ///
  /// Collective over the team, like every ``advance(on:)`` until it is complete.
  func start(
    _ sums: ExactAccumulator, _ range: Range<Int>, on team: borrowing Communicator
  ) throws(MPIError) {
    precondition(range.count == sums.count, "a sum for each parameter")
    (self.sums, self.range) = (sums, range)
    if size > 1 { return try announce(.fine, on: team) }
    if sums.lostCount == 0 { writeMeans() }
    stage = .complete
  }

  /// Goes on as far as messages have arrived; returns whether the means are complete, or void because gradients are
  /// lost (``ExactAccumulator/lostCount``).
  func advance(on team: borrowing Communicator) throws(MPIError) -> Bool {
    while try pending?.test() ?? true {
      pending = nil
      switch stage {
      case .announcing(let digits):
        if digits == .fine { addCounts() }
        if sums.lostCount > 0 { stage = .complete } else { try exchange(digits, on: team) }
      case .exchanging(let digits):
        addReceived(to: buffer(of: digits))
        if digits == .fine && sums.coarseCount > 0 {
          try announce(.coarse, on: team)
        } else {
          writeMeans()
          stage = .gathering
          pending = try team.startAllGather(
            mean, (0..<size).map { part($0) + range.lowerBound })
        }
      case .gathering: stage = .complete
      case .complete: return true
      }
    }
    return false
  }

  /// Packs the sums, and tells the others how long they are.
  private func announce(_ digits: Digits, on team: borrowing Communicator) throws(MPIError) {
    let buffer = buffer(of: digits)
    var end = 0
    sending = (0..<size).map { worker in
      let part = worker == rank ? 0..<0 : part(worker)
      let start = end
      end += halompi_pack_sums(
        buffer.baseAddress.map { $0 + part.lowerBound }, part.count,
        sentSums.elements.baseAddress.map { $0 + start }, HALOMPI_FASTEST)
      return start..<end
    }
    for worker in 0..<size {
      let note = [sending[worker].count, sums.coarseCount, sums.lostCount]
      for place in 0..<Self.noteWidth {
        sentNotes.elements[worker * Self.noteWidth + place] = Int64(note[place])
      }
    }
    let parts = (0..<size).map { Self.noteWidth * $0..<Self.noteWidth * ($0 + 1) }
    stage = .announcing(digits)
    pending = try team.startAllToAll(sentNotes, parts, to: receivedNotes, parts)
  }

  /// Adds the counts of the others to those of this worker's sums.
  private func addCounts() {
    for worker in 0..<size where worker != rank {
      let note = worker * Self.noteWidth
      sums.add(
        coarseCount: Int(receivedNotes.elements[note + 1]),
        lostCount: Int(receivedNotes.elements[note + 2]))
    }
  }

  private func exchange(_ digits: Digits, on team: borrowing Communicator) throws(MPIError) {
    var end = 0
    receiving = (0..<size).map { worker in
      let start = end
      end += Int(receivedNotes.elements[worker * Self.noteWidth])
      return start..<end
    }
    stage = .exchanging(digits)
    pending = try team.startAllToAll(sentSums, sending, to: receivedSums, receiving)
  }

  /// Adds what the others sent to the part that this worker owns.
  private func addReceived(to buffer: UnsafeMutableBufferPointer<Int64>) {
    let own = part(rank)
    for worker in 0..<size where worker != rank {
      let isWhole = halompi_add_packed_sums(
        receivedSums.elements.baseAddress.map { $0 + receiving[worker].lowerBound },
        receiving[worker].count, buffer.baseAddress.map { $0 + own.lowerBound }, own.count,
        HALOMPI_FASTEST)
      precondition(isWhole == 1, "worker \(worker) sent other sums")
    }
  }

  private func writeMeans() {
    let own = part(rank)
    guard let start = gradient.baseAddress else { return }
    sums.writeMean(of: sampleCount, own, to: start + range.lowerBound + own.lowerBound)
  }

  private func buffer(of digits: Digits) -> UnsafeMutableBufferPointer<Int64> {
    switch digits {
    case .fine: sums.message
    case .coarse: sums.coarseSums()
    }
  }
}

private func + (range: Range<Int>, offset: Int) -> Range<Int> {
  range.lowerBound + offset..<range.upperBound + offset
}
