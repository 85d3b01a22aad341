import Randomness
import Testing

@testable import SubBoxes

extension ShellShuffle {
  func shuffled(_ box: [Float], around site: Int64) -> [Float] {
    var box = box
    box.withUnsafeMutableBufferPointer { box in
      guard let start = box.baseAddress else { return }
      apply(to: start, around: site)
    }
    return box
  }
}

@Suite struct ShellShuffleTests {
  private func box(width: Int) -> [Float] {
    var stream = RandomStream(seed: 6, for: .test)
    // Multiples of 1/1024, whose sums are exact in any order.
    return (0..<width * width * width).map { _ in Float(stream.next() % 1024) / 1024 }
  }

  private func shuffled(_ box: [Float], width: Int, site: Int64) -> [Float] {
    ShellShuffle(width: width).shuffled(box, around: site)
  }

  @Test(arguments: [1, 3, 4, 5, 9, 24, 27]) func shellsKeepWhatTheyHold(width: Int) {
    let box = box(width: width)
    let result = shuffled(box, width: width, site: 77)
    let labels = ShellAverage(width: width).labels
    func shells(_ box: [Float]) -> [Int32: [Float]] {
      Dictionary(grouping: box.indices) { labels[$0] }.mapValues { $0.map { box[$0] }.sorted() }
    }
    #expect(shells(result) == shells(box))
    // So means of shells are those of the averaged box, and the variance is that of the raw one.
    let average = ShellAverage(width: width)
    #expect(average.averaged(result) == average.averaged(box))
  }

  @Test func theOrderIsThatOfTheSite() {
    let box = box(width: 9)
    let first = shuffled(box, width: 9, site: 5)
    #expect(first != box && first == shuffled(box, width: 9, site: 5))
    #expect(first != shuffled(box, width: 9, site: 6))
  }

  /// Every voxel of a shell comes to each of its places equally often.
  @Test func allOrdersAreAsLikely() {
    let width = 3  // one ball of 27 voxels
    let box = (0..<27).map { Float($0) }
    var counts = [Int](repeating: 0, count: 27 * 27)
    for site in 0..<5400 {
      for (place, value) in shuffled(box, width: width, site: Int64(site)).enumerated() {
        counts[place * 27 + Int(value)] += 1
      }
    }
    // Chi squared of 26^2 degrees of freedom: 676 +- 37.
    let square = counts.reduce(0.0) { $0 + (Double($1) - 200) * (Double($1) - 200) / 200 }
    #expect(abs(square - 676) < 150, "\(square)")
  }
}
