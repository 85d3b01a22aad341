import Failures
import SubBoxes
import Testing

@Suite struct EpochOrderTests {
  @Test(arguments: [(64, 64), (65, 64), (1000, 64), (7, 3), (5, 1)])
  func anEpochVisitsEverySampleOfItsWholeBatchesOnce(count: Int, batchSize: Int) throws {
    let order = try EpochOrder(sampleCount: count, batchSize: batchSize, seed: 3)
    for epoch in 0..<3 {
      let visited = (0..<order.stepsPerEpoch).flatMap { order.batch(epoch: epoch, step: $0) }
      #expect(visited.count == count / batchSize * batchSize)
      #expect(Set(visited).count == visited.count)
      #expect(visited.allSatisfy { (0..<count).contains($0) })
      #expect(visited == Array(order.permutation(epoch: epoch).prefix(visited.count)))
    }
  }

  /// The numbers are those of the paper's runs, Appendix C.
  @Test func thePaperHas3125StepsOf64() throws {
    #expect(try EpochOrder(sampleCount: 200_000, batchSize: 64, seed: 0).stepsPerEpoch == 3125)
  }

  @Test func theLeftoverIsAnotherInEveryEpoch() throws {
    let order = try EpochOrder(sampleCount: 1000, batchSize: 64, seed: 3)
    let leftovers = (0..<10).map { Set(order.permutation(epoch: $0).suffix(1000 % 64)) }
    #expect(Set(leftovers).count == 10)
  }

  @Test func anotherSeedIsAnotherOrder() throws {
    let orders = try (0..<10).map {
      try EpochOrder(sampleCount: 100, batchSize: 10, seed: $0).batch(epoch: 0, step: 0)
    }
    #expect(Set(orders).count == 10)
  }

  @Test func lessThanOneBatchIsAnError() {
    let error = #expect(throws: Failure.self) {
      try EpochOrder(sampleCount: 63, batchSize: 64, seed: 0)
    }
    #expect(error?.exitCode == .badData)
    #expect(error?.description.contains("63 training samples") == true)
  }
}
