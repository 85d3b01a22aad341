import Testing

@testable import Training

/// Which workers the others waited for.
struct StragglersTests {
  @Test func theWorkerThatWasSlowestMostOftenIsNamedWithItsExcess() {
    var stragglers = Stragglers()
    #expect(stragglers.worst == nil)
    #expect(stragglers.add([1, 4, 1], epoch: 0) == 1)
    #expect(stragglers.add([3, 1, 2], epoch: 0) == 0)
    #expect(stragglers.add([2, 5, 2], epoch: 0) == 1)
    // Means of 2, 2 and 3 seconds: worker 1 was 2 seconds above the first and 2 above the last.
    #expect(stragglers.worst == .init(number: 1, steps: 2, excess: 4))
  }

  @Test func ofTwoThatWereSlowestEquallyOftenTheOneThatCostMoreIsNamed() {
    var stragglers = Stragglers()
    _ = stragglers.add([9, 1], epoch: 0)
    _ = stragglers.add([1, 2], epoch: 0)
    #expect(stragglers.worst == .init(number: 0, steps: 1, excess: 4))
  }

  @Test func everyEpochIsCountedAnew() {
    var stragglers = Stragglers()
    _ = stragglers.add([9, 1], epoch: 0)
    _ = stragglers.add([1, 2], epoch: 1)
    #expect(stragglers.worst == .init(number: 1, steps: 1, excess: 0.5))
  }

  /// Threads beyond the boxes help with one; none is left out.
  @Test(arguments: [(4, 9, [1, 1, 1, 1]), (4, 4, [1, 1, 1, 1]), (5, 2, [2, 3]), (3, 0, [3])])
  func threadsShareABoxWhereThereAreFewerBoxesThanThreads(
    threads: Int, boxes: Int, helpers: [Int]
  ) {
    #expect(ComputePool.helpers(threads: threads, boxes: boxes) == helpers)
  }
}
