import Failures
import MPI
import TestSupport
import Testing
import Threads

@testable import FourierTransforms

@Suite(.serialized) struct RankTests {
  @Test(.ranks(2...5), arguments: [5, 8, 13, 24])
  func bitsAreThoseOfOneRank(width: Int) throws {
    try withWorld { world in
      let alone = try world.split(color: world.rank, key: 0)
      let expected = try bitsOfBothWays(width: width, exchangeBytes: 1 << 25, on: alone)
      let whole = try bitsOfBothWays(width: width, exchangeBytes: 1 << 25, on: world)
      let inBlocks = try bitsOfBothWays(width: width, exchangeBytes: 1500, on: world)
      #expect(whole == expected)
      #expect(inBlocks == expected)
    }
  }

  @Test func bitsAreThoseOfOneThread() throws {
    try withWorld { world in
      let alone = try bitsOfBothWays(width: 12, exchangeBytes: 1 << 25, on: world)
      let three = try bitsOfBothWays(width: 12, exchangeBytes: 1500, threads: 3, on: world)
      #expect(three == alone)
    }
  }

  @Test(arguments: [(5, 3), (12, 5), (7, 7), (64, 1)])
  func everyPlaneHasOneOwner(width: Int, ranks: Int) throws {
    let first = try MeshDecomposition(width: width, rank: 0, of: ranks)
    var next = 0
    for rank in 0..<ranks {
      let planes = first.planes(of: rank)
      #expect(planes.lowerBound == next && !planes.isEmpty)
      for plane in planes { #expect(first.owner(of: plane) == rank) }
      next = planes.upperBound
    }
    #expect(next == width)
  }

  @Test func moreRanksThanPlanesAreRefused() {
    #expect(throws: Failure.tooManyRanks(ranks: 9, width: 8)) {
      try MeshDecomposition(width: 8, rank: 0, of: 9)
    }
    #expect("\(Failure.tooManyRanks(ranks: 9, width: 8))".contains("at most 8 ranks"))
  }

  private func bitsOfBothWays(
    width: Int, exchangeBytes: Int, threads: Int = 1, on communicator: borrowing Communicator
  ) throws -> [[UInt32]] {
    let transform = try FourierTransform(
      width: width, threads: WorkerThreads(count: threads), exchangeBytes: exchangeBytes,
      on: communicator)
    var mesh = unevenMesh(transform.decomposition)
    var modes = FourierMesh(transform.decomposition)
    try transform.forward(&mesh, into: &modes, on: communicator)
    let forward = try gatheredBits(modes, on: communicator)
    try transform.backward(modes, into: &mesh, on: communicator)
    return [forward, try gatheredBits(mesh, on: communicator)]
  }
}
