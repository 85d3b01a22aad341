import MPI
import TestSupport
import Testing

/// Exchanges that are under way while the program does something else.
@Suite(.serialized) struct ExchangeTests {
  /// Rank r sends r + s elements of value 100 r + s to rank s, parts of its memory in reverse order.
  @Test(.ranks(1...64)) func allToAllDeliversEveryPart() throws {
    try withWorld { world in
      var end = 0
      var sending = [Range<Int>](repeating: 0..<0, count: world.size)
      for other in (0..<world.size).reversed() {
        sending[other] = end..<end + world.rank + other
        end += world.rank + other
      }
      let (sent, received) = (MessageMemory<Int64>(count: end), MessageMemory<Int64>(count: end))
      for other in 0..<world.size {
        for place in sending[other] { sent.elements[place] = Int64(100 * world.rank + other) }
      }
      var pending = try world.startAllToAll(sent, sending, to: received, sending)
      while try !pending.test() {}
      for other in 0..<world.size {
        for place in sending[other] {
          #expect(received.elements[place] == Int64(100 * other + world.rank))
        }
      }
    }
  }

  @Test(.ranks(1...64)) func allGatherGivesEveryRankAllParts() throws {
    try withWorld { world in
      // Rank r has r elements, after three that are nobody's.
      var end = 3
      let parts = (0..<world.size).map { rank in
        let start = end
        end += rank
        return start..<end
      }
      let memory = MessageMemory<Float>(count: end)
      for place in parts[world.rank] { memory.elements[place] = Float(world.rank) }
      var pending = try world.startAllGather(memory, parts)
      while try !pending.test() {}
      for rank in 0..<world.size {
        for place in parts[rank] { #expect(memory.elements[place] == Float(rank)) }
      }
      #expect(Array(memory.elements[..<3]) == [0, 0, 0])
    }
  }

  /// The last rank comes when the others have seen that the barrier waits for it.
  @Test(.ranks(1...64)) func aBarrierWaitsForTheLastRank() throws {
    try withWorld { world in
      let (last, tag) = (world.size - 1, 3)
      if world.rank == last {
        for other in 0..<last { _ = try world.receive(from: other, tag: tag, as: Int32.self) }
      }
      var barrier = try world.startBarrier()
      if world.rank < last {
        for _ in 0..<100 { #expect(try !barrier.test()) }
        try world.send([1] as [Int32], to: last, tag: tag)
      }
      while try !barrier.test() {}
    }
  }
}
