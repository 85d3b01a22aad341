import MPI
import TestSupport
import Testing

@Suite(.serialized) struct PendingMessageTests {
  /// Long enough that it leaves only when its receiver takes it: far more than libraries buffer.
  private static let count = 1 << 20

  @Test(.ranks(2...64)) func aLongMessageArrivesWhileBothSidesGoOn() throws {
    try withWorld { world in
      let next = (world.rank + 1) % world.size
      let sent = (0..<Self.count).map { Int32($0 ^ world.rank) }
      var departure = try world.startSend(sent, to: next, tag: 7)
      // All ranks send before any receives: sends that wait for their receivers would never end.
      var envelope: Envelope?
      while envelope == nil {
        _ = try departure.test()
        envelope = try world.probe(tag: 7)
      }
      let source = try #require(envelope)
      var arrival = try world.startReceive(source, as: Int32.self)
      var (hasLeft, hasArrived) = (false, false)
      while !(hasLeft && hasArrived) {
        hasLeft = try departure.test()
        hasArrived = try arrival.test()
      }
      let received = arrival.take()
      let previous = (world.rank + world.size - 1) % world.size
      try world.barrier()
      #expect(source.source == previous && source.tag == 7)
      #expect(received == (0..<Self.count).map { Int32($0 ^ previous) })
      #expect(departure.take() == sent)
    }
  }

  @Test func anEmptyMessageArrives() throws {
    try withWorld { world in
      var departure = try world.startSend([Double](), to: world.rank, tag: 8)
      var envelope: Envelope?
      while envelope == nil { envelope = try world.probe(from: world.rank, tag: 8) }
      var arrival = try world.startReceive(#require(envelope), as: Double.self)
      while try !departure.test() || !arrival.test() {}
      #expect(arrival.take().isEmpty)
    }
  }
}
