/// The division of the ranks of a job into teams and one rank that hands out the runs.
///
/// In a job of several ranks, rank 0 only hands out runs, which takes no core: it sleeps. Teams are of
/// neighbouring ranks, which share a node if they can; ranks that make no whole team help the last one.
struct TeamLayout: Hashable, Sendable {
  /// The ranks of the job.
  let ranks: Int

  /// The number of teams.
  let teams: Int

  /// The ranks of a team; the last one may have more.
  let ranksPerTeam: Int

  /// Lays out the teams for a number of runs.
  ///
  /// - Parameters:
  ///   - ranks: The ranks of the job.
  ///   - runs: The runs to execute, one or more.
  ///   - ranksPerRun: The ranks of a team; without it, as many teams as there are runs, if there are
  ///     enough ranks.
  init(ranks: Int, runs: Int, ranksPerRun: Int?) {
    self.ranks = ranks
    let workers = ranks > 1 ? ranks - 1 : 1
    let wanted = ranksPerRun ?? workers / min(runs, workers)
    ranksPerTeam = min(max(wanted, 1), workers)
    teams = workers / ranksPerTeam
  }

  /// Whether rank 0 only hands out runs.
  var hasDispatcher: Bool { ranks > 1 }

  /// The team of a rank, from zero; `nil` for the one that hands out runs.
  func team(of rank: Int) -> Int? {
    guard hasDispatcher else { return 0 }
    return rank == 0 ? nil : min((rank - 1) / ranksPerTeam, teams - 1)
  }
}
