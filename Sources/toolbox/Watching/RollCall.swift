internal import Failures
internal import Heartbeat

/// A sign of life of a rank: what it does, and for how long its work has not gone on.
struct SignOfLife: Codable, Hashable, Sendable {
  /// The rank.
  let rank: Int

  /// The activity of its main thread.
  let activity: Heartbeat.Activity

  /// The time since its work went on [seconds].
  let quiet: Double

  /// The work, in words.
  let phase: String
}

/// What one rank knows of all, and which of them keeps the job from going on; times are seconds since any moment.
struct RollCall {
  /// A rank as it was heard of last.
  private struct Entry {
    let sign: SignOfLife
    var time: Double
  }

  /// The time W that a rank may stay silent or do nothing [seconds].
  let limit: Double

  /// The hosts of all ranks.
  let hosts: [String]

  private var entries: [Entry?]

  /// Makes the list of ranks on some hosts, none of which has been heard of.
  init(limit: Double, hosts: [String]) {
    self.limit = limit
    self.hosts = hosts
    entries = Array(repeating: nil, count: hosts.count)
  }

  /// After W and a half nothing is waited for any more: the rank is named within 2 W.
  private var allowance: Double { 1.5 * limit }

  /// The same for work that stands still, with a W of ten seconds at least: a busy machine keeps a rank that has no
  /// loop to tell of from its core for longer than a thread that only answers.
  private var stillAllowance: Double { 1.5 * max(limit, 10) }

  /// A rank that another watchdog guards is left to that, which may take 3.5 W, 10 s, and 20 s for the launcher.
  private var guardedAllowance: Double { 4 * limit + 40 }

  /// Whether a rank has been heard of.
  func hasHeard(of rank: Int) -> Bool { entries[rank] != nil }

  /// Takes a sign of life.
  mutating func note(_ sign: SignOfLife, at time: Double) {
    guard entries.indices.contains(sign.rank) else { return }
    entries[sign.rank] = Entry(sign: sign, time: time)
  }

  /// Counts anew from now on: whoever listens was kept from it, and knows nothing of the time before.
  mutating func excuse(at time: Double) {
    for rank in entries.indices { entries[rank]?.time = time }
  }

  /// The rank that keeps the job from going on; `nil` if none does.
  ///
  /// The first that is silent; or else the one that has worked the longest without a sign of it; or else, if nobody's
  /// work goes on, the one that began last to wait for the others. A rank of which nothing was ever heard is not
  /// watched.
  func culprit(at time: Double) -> PeerFailure? {
    let known = entries.compactMap { $0 }
    let silent = known.first {
      time - $0.time > ($0.sign.activity == .guarded ? guardedAllowance : allowance)
    }
    if let silent { return failure(silent, .silent, time - silent.time) }
    func quiet(_ entry: Entry) -> Double { entry.sign.quiet + time - entry.time }
    let working = known.filter { $0.sign.activity == .working && quiet($0) > stillAllowance }
    if let late = working.max(by: { quiet($0) < quiet($1) }) {
      return failure(late, .late, quiet(late))
    }
    let isStill =
      known.count == hosts.count
      && known.allSatisfy { $0.sign.activity != .guarded && quiet($0) > stillAllowance }
    guard isStill, let last = known.min(by: { quiet($0) < quiet($1) }) else { return nil }
    return failure(last, .late, quiet(last))
  }

  private func failure(
    _ entry: Entry, _ problem: PeerFailure.Problem, _ seconds: Double
  ) -> PeerFailure {
    PeerFailure(
      rank: entry.sign.rank, host: hosts[entry.sign.rank], problem: problem,
      phase: entry.sign.phase, seconds: seconds)
  }
}
