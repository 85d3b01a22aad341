import MPI
import TestSupport
import Testing

@Suite(.serialized) struct CollectiveTests {
  @Test(.ranks(1...64)) func allReduceCombinesTheElementsOfAllRanks() throws {
    try withWorld { world in
      let n = world.size
      var floats: [Float] = [Float(world.rank), 1]
      var span = floats.mutableSpan
      try world.allReduce(&span, .sum)
      let least = try world.allReduce(Int32(world.rank + 5), .minimum)
      let greatest = try world.allReduce(UInt64(world.rank + 5), .maximum)
      #expect(floats == [Float(n * (n - 1) / 2), Float(n)])
      #expect(least == 5)
      #expect(greatest == UInt64(n + 4))
    }
  }

  @Test(.ranks(1...64)) func broadcastGivesAllRanksTheElementsOfTheRoot() throws {
    try withWorld { world in
      let root = world.size - 1
      let received = try world.broadcast(
        world.rank == root ? [1.5, 2.5] as [Double] : [], from: root)
      #expect(received == [1.5, 2.5])
    }
  }

  @Test(.ranks(1...64)) func varyingGathersKeepTheOrderOfTheRanks() throws {
    try withWorld { world in
      let mine = [Int32](repeating: Int32(world.rank), count: world.rank)
      let everywhere = try world.allGatherVarying(mine)
      let atRoot = try world.gatherVarying(mine, to: 0)
      let expected = (0..<world.size).flatMap { [Int32](repeating: Int32($0), count: $0) }
      #expect(everywhere.elements == expected)
      #expect(everywhere.counts == Array(0..<world.size))
      #expect(atRoot?.elements == (world.rank == 0 ? expected : nil))
    }
  }

  /// Rank r sends r + s elements of value 100 r + s to rank s.
  @Test(.ranks(1...64)) func allToAllDeliversEveryPart() throws {
    try withWorld { world in
      let counts = (0..<world.size).map { world.rank + $0 }
      let sent = (0..<world.size).flatMap {
        [Float](repeating: Float(100 * world.rank + $0), count: world.rank + $0)
      }
      let received = try world.allToAllVarying(sent, counts: counts)
      let expected = (0..<world.size).flatMap {
        [Float](repeating: Float(100 * $0 + world.rank), count: world.rank + $0)
      }
      #expect(received.elements == expected)
      #expect(received.counts == counts)
    }
  }

  @Test(.ranks(1...64)) func exclusiveSumAddsTheRanksBefore() throws {
    try withWorld { world in
      let sum = try world.exclusiveSum(Int64(world.rank + 1))
      #expect(sum == Int64(world.rank * (world.rank + 1) / 2))
    }
  }
}
