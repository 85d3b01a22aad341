import Failures
import Foundation
import Testing

@testable import Threads

@Suite struct ThreadSupplyTests {
  @Test(arguments: [0, 1, 300]) func threadsThatThereAreCanBeStarted(count: Int) throws {
    for _ in 0..<3 { try ThreadSupply.check(count) }
  }

  /// In a process of its own, whose memory has no room for the stacks.
  @Test func thoseThatCannotBeStartedAreTold() async {
    await #expect(processExitsWith: .success) {
      let size = try String(contentsOfFile: "/proc/self/statm", encoding: .utf8).split(
        separator: " ")
      let used = try #require(size.first.flatMap { rlim_t($0) }) * 4096
      var limit = rlimit(rlim_cur: used + 1 << 28, rlim_max: used + 1 << 28)
      try #require(setrlimit(__rlimit_resource_t(RLIMIT_AS.rawValue), &limit) == 0)
      let failure = #expect(throws: Failure.self) { try ThreadSupply.check(1000) }
      #expect(failure?.exitCode == .usage)
      #expect(failure?.action == "starting 1000 threads")
      try ThreadSupply.check(1)
    }
  }
}
