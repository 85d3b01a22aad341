internal import Foundation
internal import Heartbeat
package import MPI
internal import Synchronization

/// The watch over all ranks of a job, in whatever they do: a thread on each of them.
///
/// Every rank sends signs of life to rank 0, whose thread answers with its own. Rank 0 names the rank that is
/// silent, or whose work does not go on (``RollCall``), and ends the job; a rank that does not hear of rank 0 any
/// more names that. A rank is named between W and 2 W after it was last heard of, or its work went on.
package final class RankWatch: Sendable {
  /// The least W, a time for which a busy machine may keep a thread from its core [seconds].
  static let leastLimit = 1.0

  /// The time after which a rank that rank 0 cannot hear is left without a watch [seconds].
  private static let secondsToMeet = 3.0

  private let place: JobPlace
  private let hosts: [String]
  private let limit: Double
  private let mailbox: Mailbox?
  private let coordinator: [Mailbox.Address]
  private let token: String
  private let end: @Sendable (any Error, JobPlace) -> Int32
  private let hasMet = Atomic<Bool>(false)

  /// Begins to watch this process, until it ends.
  ///
  /// Collective.
  ///
  /// - Parameters:
  ///   - limit: The time W [seconds], at least one second.
  ///   - world: All ranks of the job.
  ///   - end: Tells the user of the rank that keeps the job from going on, and returns the exit code.
  /// - Returns: The hosts of ranks that cannot be heard by rank 0, on rank 0: their network lets no
  ///   datagrams through, and nobody will notice their silence.
  /// - Throws: The error that MPI reported.
  package static func begin(
    limit: Double, on world: borrowing Communicator,
    end: @escaping @Sendable (any Error, JobPlace) -> Int32
  ) throws(MPIError) -> [String] {
    let watch = try RankWatch(limit: limit, on: world, end: end)
    let thread = Thread { watch.run() }
    thread.name = "watch"
    thread.start()
    let start = ContinuousClock.now
    while !watch.hasMet.load(ordering: .relaxed), !watch.coordinator.isEmpty,
      start.duration(to: .now) < .seconds(secondsToMeet)
    { usleep(500) }
    let haveMet = try world.allGather(Int32(watch.hasMet.load(ordering: .relaxed) ? 1 : 0))
    guard world.isRoot else { return [] }
    return Set(zip(watch.hosts, haveMet).filter { $0.1 == 0 }.map(\.0)).sorted()
  }

  private init(
    limit: Double, on world: borrowing Communicator,
    end: @escaping @Sendable (any Error, JobPlace) -> Int32
  ) throws(MPIError) {
    place = world.place()
    hosts = try world.allGatherVarying(Array(place.host.utf8)).texts
    self.limit = max(limit, Self.leastLimit)
    self.end = end
    mailbox = world.size > 1 ? Mailbox() : nil
    // Port, two random numbers, and addresses.
    var card: [Int64] = []
    if world.isRoot, let mailbox {
      card = [Int64(mailbox.port), .random(in: 0...(.max)), .random(in: 0...(.max))]
      card += Mailbox.hosts.map { Int64($0) }
    }
    card = try world.broadcast(card)
    let isOnHostOfRoot = hosts[0] == place.host
    token = card.dropFirst().prefix(2).map { String($0, radix: 36) }.joined()
    coordinator = card.dropFirst(3).map {
      Mailbox.Address(host: UInt32($0), port: UInt16(card[0]))
    }.filter { isOnHostOfRoot == Mailbox.isLoop($0.host) }
    hasMet.store(world.isRoot, ordering: .relaxed)
  }

  // MARK: - The thread

  /// What is sent: the token keeps strangers' datagrams out.
  private struct Letter: Codable {
    let token: String
    let sign: SignOfLife
  }

  /// What the thread remembers.
  private struct Memory {
    var roll: RollCall
    var beats = 0
    var progressed: Double
    /// Where rank 0 answers from, once it has.
    var correspondent: Mailbox.Address?
  }

  private func run() {
    let start = ContinuousClock.now
    func now() -> Double { start.duration(to: .now) / .seconds(1) }
    let interval = min(limit / 10, 5)
    var memory = Memory(roll: RollCall(limit: limit, hosts: hosts), progressed: now())
    var last = now()
    while true {
      let time = now()
      if time - last > limit / 2 {
        // The whole process was stopped, or kept from its core.
        memory.roll.excuse(at: time)
        memory.progressed = time
      }
      last = time
      let sign = ownSign(&memory, at: time)
      if place.rank == 0 || mailbox == nil {
        memory.roll.note(sign, at: time)
      } else {
        report(sign, memory)
      }
      if let failure = memory.roll.culprit(at: time), mayJudge(failure) {
        abortJob(because: failure, at: place, reportingErrorsTo: end)
      }
      listen(until: time + interval, now, &memory)
    }
  }

  /// This rank's sign of life.
  private func ownSign(_ memory: inout Memory, at time: Double) -> SignOfLife {
    let beats = Heartbeat.count
    if beats != memory.beats { memory.progressed = time }
    memory.beats = beats
    return SignOfLife(
      rank: place.rank, activity: Heartbeat.activity, quiet: time - memory.progressed,
      phase: Heartbeat.phase)
  }

  /// Sends a sign to rank 0: to all of its addresses until it answers.
  private func report(_ sign: SignOfLife, _ memory: Memory) {
    guard let letter = try? JSONEncoder().encode(Letter(token: token, sign: sign)) else { return }
    for address in memory.correspondent.map({ [$0] }) ?? coordinator {
      mailbox?.send(letter, to: address)
    }
  }

  /// Takes the signs of others until it is time to look again, and answers them on rank 0.
  private func listen(until end: Double, _ now: () -> Double, _ memory: inout Memory) {
    guard let mailbox else {
      Thread.sleep(forTimeInterval: max(0, end - now()))
      return
    }
    while now() < end {
      guard let (data, source) = mailbox.receive(within: end - now() + 0.001),
        let letter = try? JSONDecoder().decode(Letter.self, from: data), letter.token == token
      else { continue }
      memory.roll.note(letter.sign, at: now())
      if place.rank == 0 {
        let sign = ownSign(&memory, at: now())
        if let answer = try? JSONEncoder().encode(Letter(token: token, sign: sign)) {
          mailbox.send(answer, to: source)
        }
      } else {
        memory.correspondent = source
        hasMet.store(true, ordering: .relaxed)
      }
    }
  }

  /// Whether this rank is the one to end the job: rank 0 is, unless it is itself the silent one.
  ///
  /// The others leave each other time, the lowest first, and the launcher if rank 0 is on another host: it may be this
  /// one that is cut off.
  private func mayJudge(_ failure: PeerFailure) -> Bool {
    guard place.rank > 0, mailbox != nil else { return true }
    guard failure.rank == 0, failure.problem == .silent else { return false }
    let forLauncher = failure.host == place.host ? 0 : SilentPeer.secondsForLauncher
    return failure.seconds > 1.5 * limit + 2 * Double(min(place.rank - 1, 3)) + forLauncher
  }
}
