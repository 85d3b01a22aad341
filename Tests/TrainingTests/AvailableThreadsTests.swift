import Foundation
import MPI
import TestSupport
import Testing
import Threads

@testable import Training

/// Binds the calling thread, and what it starts, to some processors; returns whether it could.
@discardableResult
private func bind(to processors: [Int]) -> Bool {
  // Swift does not see this call of GNU's.
  typealias Call = @convention(c) (pid_t, Int, UnsafeRawPointer?) -> CInt
  guard let symbol = dlsym(nil, "sched_setaffinity") else { return false }
  var mask = [UInt](repeating: 0, count: 1024)
  for number in processors { mask[number / UInt.bitWidth] |= 1 << UInt(number % UInt.bitWidth) }
  return mask.withUnsafeBytes {
    unsafeBitCast(symbol, to: Call.self)(0, $0.count, $0.baseAddress) == 0
  }
}

/// As `mpirun` and `srun` bind ranks: each to a processor of its own, all to the same, or none.
@Suite(.serialized) struct AvailableThreadsTests {
  @Test(.ranks(1...4)) func boundRanksStartOneThreadForEachProcessorOfTheirOwn() throws {
    var (own, same, unbound) = (0, 0, 0)
    var expected = 0
    try withWorld { world in
      let all = AvailableProcessors.numbers()
      expected = max(1, AvailableProcessors.count() / world.size)
      defer { bind(to: all) }
      bind(to: [all[world.rank % all.count]])
      own = try availableThreads(on: world)
      bind(to: [all[0]])
      same = try availableThreads(on: world)
      bind(to: all)
      unbound = try availableThreads(on: world)
    }
    #expect(own == 1 && same == 1)
    #expect(unbound == expected)
  }
}
