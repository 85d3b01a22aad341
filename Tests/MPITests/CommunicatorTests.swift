import MPI
import TestSupport
import Testing

@Suite(.serialized) struct CommunicatorTests {
  private struct Trouble: Error {}

  @Test(.ranks(1...64)) func splittingOrdersTheRanksByKey() throws {
    try withWorld { world in
      let half = try world.split(color: world.rank % 2, key: -world.rank)
      let same = try world.duplicate()
      let expectedSize = (world.size + 1 - world.rank % 2) / 2
      #expect(half.size == expectedSize)
      #expect(half.rank == expectedSize - 1 - world.rank / 2)
      #expect(same.rank == world.rank && same.size == world.size)
    }
  }

  @Test(.ranks(2...64)) func messagesArriveWholeAndInOrder() throws {
    try withWorld { world in
      var received: [[Int64]] = []
      if world.isRoot {
        var missing = 2 * (world.size - 1)
        while missing > 0 {
          guard let envelope = try world.probe(tag: 7) else { continue }
          received.append(try world.receive(from: envelope.source, tag: 7))
          missing -= 1
        }
      } else {
        for message in 0..<2 {
          let elements = [Int64](repeating: Int64(10 * world.rank + message), count: message + 1)
          try world.send(elements, to: 0, tag: 7)
        }
      }
      try world.barrier()
      for source in 1..<world.size where world.isRoot {
        let own = received.filter { $0[0] / 10 == source }
        let first = Int64(10 * source)
        #expect(own == [[first], [first + 1, first + 1]])
      }
    }
  }

  @Test(.ranks(1...64)) func aSharedWindowIsReadByAllRanksOfTheNode() throws {
    try withWorld { world in
      let node = try world.splitByNode()
      let window = try SharedWindow<Float>(count: 10 * node.size, on: node)
      for i in 0..<10 { window.elements[10 * node.rank + i] = Float(10 * node.rank + i) }
      try window.synchronize(on: node)
      let seen = Array(window.elements)
      try node.barrier()
      try window.free()
      #expect(seen == (0..<10 * node.size).map { Float($0) })
    }
  }

  @Test(.ranks(1...64)) func aFailureOfOneRankIsThrownOnAll() throws {
    try withWorld { world in
      let culprit = world.size - 1
      var failure: AgreedFailure?
      do {
        try world.agree { if world.rank == culprit { throw Trouble() } }
      } catch let error as AgreedFailure { failure = error }
      let value = try world.agree { 42 }
      #expect(failure?.rank == culprit)
      #expect((failure?.underlying is Trouble) == (world.rank == culprit))
      #expect(value == 42)
    }
  }

  @Test(.ranks(2...64)) func aFailureAgreedOnByHalfOfTheRanksReachesTheOthers() throws {
    try withWorld { world in
      let half = try world.split(color: world.rank % 2, key: world.rank)
      var failure: AgreedFailure?
      do {
        try world.agree {
          try half.agree { if world.rank == 1 { throw Trouble() } }
        }
      } catch let error as AgreedFailure { failure = error }
      #expect(failure?.rank == 1)
      #expect((failure?.underlying is Trouble) == (world.rank == 1))
    }
  }

  @Test func anErrorHasTheRoutineAndTheLibrarysWords() throws {
    try withWorld { world in
      var failure: MPIError?
      do { try world.send([1 as Int32], to: world.size, tag: 0) } catch let error as MPIError {
        failure = error
      }
      #expect(failure?.routine == "MPI_Send")
      let words = MPIFamily.current == .openMPI ? "MPI_ERR_RANK" : "Invalid rank"
      let description = try #require(failure?.description)
      #expect(description.hasPrefix("MPI_Send failed: \(words)"))
      #expect(!description.contains("\n"))
    }
  }
}
