import Failures
import Heartbeat
import Testing

@testable import Watching

/// Who is named, and when; W is 10 s.
struct RollCallTests {
  private func sign(
    _ rank: Int, _ activity: Heartbeat.Activity, quiet: Double = 0
  ) -> SignOfLife {
    SignOfLife(rank: rank, activity: activity, quiet: quiet, phase: "phase of \(rank)")
  }

  /// Signs of all ranks, given at the same time.
  private func roll(_ signs: [SignOfLife], at time: Double = 100) -> RollCall {
    var roll = RollCall(limit: 10, hosts: signs.indices.map { "node\($0)" })
    for sign in signs { roll.note(sign, at: time) }
    return roll
  }

  @Test func aRankThatIsNotHeardOfIsNamedBetweenOneAndTwoTimesTheLimit() throws {
    var roll = roll([sign(0, .waiting), sign(1, .working), sign(2, .waiting)])
    for rank in [0, 2] { roll.note(sign(rank, .waiting), at: 111) }
    #expect(roll.culprit(at: 110) == nil)
    let culprit = try #require(roll.culprit(at: 120))
    #expect(culprit.rank == 1 && culprit.host == "node1" && culprit.problem == .silent)
    #expect(
      culprit.phase == "phase of 1" && culprit.seconds == 20 && culprit.exitCode.rawValue == 75)
    #expect(culprit.description.contains("rank 1 on node1 has not been heard of for 20 s"))
  }

  @Test func aRankThatWorksWithoutAnyProgressIsNamedAndNotThoseThatWaitForIt() throws {
    let roll = roll([
      sign(0, .waiting, quiet: 90), sign(1, .waiting, quiet: 90), sign(2, .working, quiet: 16),
    ])
    let culprit = try #require(roll.culprit(at: 100))
    #expect(culprit.rank == 2 && culprit.problem == .late)
  }

  /// However long the others have waited for it.
  @Test(arguments: [Heartbeat.Activity.waiting, .polling])
  func nobodyIsNamedWhileOneRankMakesProgress(activity: Heartbeat.Activity) {
    let roll = roll([sign(0, activity, quiet: 5000), sign(1, .working, quiet: 0.1)])
    #expect(roll.culprit(at: 100) == nil)
  }

  @Test func ifAllWaitForEachOtherTheLastToBeginIsNamed() throws {
    let roll = roll([
      sign(0, .waiting, quiet: 30), sign(1, .polling, quiet: 16), sign(2, .waiting, quiet: 40),
    ])
    #expect(try #require(roll.culprit(at: 100)).rank == 1)
    #expect(self.roll([sign(0, .waiting, quiet: 14)]).culprit(at: 100) == nil)
  }

  @Test func aRankWithAWatchdogOfItsOwnIsLeftToThatForSomeTime() throws {
    let roll = roll([sign(0, .guarded, quiet: 300), sign(1, .waiting, quiet: 300)], at: 0)
    #expect(roll.culprit(at: 14) == nil)
    var other = roll
    other.note(sign(1, .waiting), at: 79)
    #expect(other.culprit(at: 79) == nil)
    other.note(sign(1, .waiting), at: 81)
    #expect(try #require(other.culprit(at: 81)).rank == 0)
  }

  @Test func whoWasKeptFromListeningExcusesAll() {
    var roll = roll([sign(0, .waiting), sign(1, .working)])
    #expect(roll.culprit(at: 1000) != nil)
    roll.excuse(at: 1000)
    #expect(roll.culprit(at: 1000) == nil)
  }

  @Test func ranksThatWereNeverHeardOfAreNotWatched() {
    var roll = RollCall(limit: 10, hosts: ["a", "b"])
    roll.note(sign(0, .waiting, quiet: 1000), at: 0)
    roll.note(sign(7, .working, quiet: 1000), at: 0)
    #expect(roll.culprit(at: 1) == nil)
  }
}

/// Signs of work, which tests of other targets in this process may give too.
@Suite(.serialized) struct HeartbeatTests {
  @Test func whatTheMainThreadDoesIsSeen() {
    #expect(Heartbeat.whileWaiting { Heartbeat.activity } == .waiting)
    #expect(Heartbeat.whileGuarded { Heartbeat.whileWaiting { Heartbeat.activity } } == .guarded)
    Heartbeat.poll()
    #expect(Heartbeat.activity == .polling)
    let count = Heartbeat.count
    Heartbeat.beat()
    #expect(Heartbeat.activity == .working && Heartbeat.count > count)
    Heartbeat.begin("counting")
    #expect(Heartbeat.phase == "counting")
  }
}
