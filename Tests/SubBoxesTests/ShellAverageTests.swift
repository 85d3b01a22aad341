import Randomness
import Testing

@testable import SubBoxes

extension ShellAverage {
  func averaged(_ box: [Float]) -> [Float] {
    var box = box
    box.withUnsafeMutableBufferPointer { box in
      guard let start = box.baseAddress else { return }
      apply(to: start)
    }
    return box
  }
}

/// Multiples of 1/1024 below 1, whose sums are exact in any order.
func exactBox(width: Int) -> [Float] {
  var stream = RandomStream(seed: 5, for: .test)
  return (0..<width * width * width).map { _ in Float(stream.next() % 1024) / 1024 }
}

@Suite struct ShellAverageTests {
  /// The counts are listed in the paper, Section III (doi:10.1103/PhysRevD.109.063524).
  @Test func theInscribedShellsOfThePaperHoldTheListedCounts() {
    let counts = ShellAverage(width: 75).counts
    #expect(
      counts.prefix(ShellSettings().count) == [
        33, 218, 500, 1088, 1736, 2468, 3728, 4592, 5978, 7676, 9104, 10816, 13268, 15032, 17048,
        20084, 22514, 25352, 28460, 31424,
      ])
    #expect(counts.count == 35)
    #expect(counts.reduce(0, +) == 75 * 75 * 75)
  }

  /// The edges are computed in floating point from the definition; no distance of a voxel beyond
  /// the ball is closer to one than 1e-9 (the edges are rational, such distances are not or are
  /// integers that no edge equals).
  @Test(arguments: [5, 6, 7, 19, 24, 33, 75]) func theLabelsFollowTheDefinition(width: Int) {
    let shells = ShellAverage(width: width)
    let spacing = (Double(width) / 2 - 2) / 19
    for (voxel, label) in shells.labels.enumerated() {
      let offsets = [voxel / (width * width), voxel / width % width, voxel % width]
        .map { Double($0 - width / 2) }
      let r = offsets.map { $0 * $0 }.reduce(0, +).squareRoot()
      let expected = r <= 2 ? 0 : ((r - 2) / spacing - 1e-9).rounded(.up)
      guard Double(label) == expected else {
        Issue.record("voxel \(voxel) at r = \(r) has label \(label), not \(expected)")
        return
      }
    }
  }

  /// A box of four has offsets -2...1, and so lacks three of the 33 voxels of the ball r <= 2: the
  /// one at +2 on each axis.
  @Test(arguments: [(1, [1]), (2, [8]), (3, [27]), (4, [30, 34])])
  func aSmallBoxIsOneBallAndWhatIsBeyond(width: Int, counts: [Int]) {
    #expect(ShellAverage(width: width).counts == counts)
  }

  @Test(arguments: [3, 4, 5, 8, 19, 32]) func theMeanOfABoxIsPreserved(width: Int) {
    let box = exactBox(width: width)
    let averaged = ShellAverage(width: width).averaged(box)
    func sum(_ voxels: [Float]) -> Double { voxels.reduce(0) { $0 + Double($1) } }
    // Each voxel is rounded by at most half an ulp of 1.
    #expect(abs(sum(box) - sum(averaged)) < Double(box.count) * 0x1p-25)
  }

  @Test(arguments: [3, 4, 5, 8, 19, 75]) func aConstantBoxStays(width: Int) {
    let box = [Float](repeating: 0.1, count: width * width * width)
    #expect(ShellAverage(width: width).averaged(box) == box)
  }

  @Test(arguments: [3, 4, 5, 8, 19]) func averagingTwiceIsAveragingOnce(width: Int) {
    let shells = ShellAverage(width: width)
    let once = shells.averaged(exactBox(width: width))
    // A mean of n equal single-precision numbers is exact in double precision for n < 2^29.
    #expect(shells.averaged(once) == once)
  }

  @Test(arguments: [3, 5, 19]) func theAveragedBoxDoesNotKnowHowTheRawOneIsTurned(width: Int) {
    let box = exactBox(width: width)
    let shells = ShellAverage(width: width)
    let averaged = shells.averaged(box)
    func turned(_ source: (Int, Int, Int) -> (Int, Int, Int)) -> [Float] {
      (0..<box.count).map { voxel in
        let (i, j, k) = source(voxel / (width * width), voxel / width % width, voxel % width)
        return box[(i * width + j) * width + k]
      }
    }
    let last = width - 1
    #expect(shells.averaged(turned { (i, j, k) in (j, last - i, k) }) == averaged)
    #expect(shells.averaged(turned { (i, j, k) in (k, j, last - i) }) == averaged)
    #expect(shells.averaged(turned { (i, j, k) in (last - i, k, j) }) == averaged)
  }

  @Test func theAverageOfARandomBoxIsNotTheBox() {
    let box = exactBox(width: 19)
    #expect(ShellAverage(width: 19).averaged(box) != box)
  }
}
