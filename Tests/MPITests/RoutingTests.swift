import MPI
import TestSupport
import Testing

@Suite(.serialized) struct RoutingTests {
  /// Every rank sends element i to rank i modulo the ranks; the elements are (rank, i) twice over.
  @Test(.ranks(1...64)) func elementsArriveInTheOrderOfTheirRanksAndOfTheElementsThere() throws {
    try withWorld { world in
      let count = 2 * world.size + 1
      let routing = Routing((0..<count).map { Int32($0 % world.size) }, ranks: world.size)
      let pairs = (0..<count).flatMap { [Int64(world.rank), Int64($0)] }
      let received = try routing.exchange(pairs, width: 2, on: world)
      let single = try routing.send((0..<count).map { Int64($0) }, on: world)

      let mine = (0..<count).filter { $0 % world.size == world.rank }.map { Int64($0) }
      let expected = (0..<world.size).flatMap { rank in mine.flatMap { [Int64(rank), $0] } }
      #expect(received.elements == expected)
      #expect(received.counts == [Int](repeating: 2 * mine.count, count: world.size))
      #expect(single == (0..<world.size).flatMap { _ in mine })
    }
  }

  @Test(.ranks(1...64)) func elementsWithoutADestinationStay() throws {
    try withWorld { world in
      let count = 2 * world.size + 1
      let routing = Routing(
        (0..<count).map { $0 % 2 == 0 ? -1 : Int32(world.size - 1) }, ranks: world.size)
      let received = try routing.send((0..<count).map { Int64($0) }, on: world)
      let odd = stride(from: 1, to: count, by: 2).map { Int64($0) }
      #expect(
        received
          == (world.rank == world.size - 1 ? (0..<world.size).flatMap { _ in odd } : []))
    }
  }
}
