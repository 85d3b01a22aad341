import Testing

@testable import SubBoxes

private func mask(_ inner: Double?, _ outer: Double?) -> RadiusMask {
  var mask = RadiusMask()
  (mask.inner, mask.outer) = (inner, outer)
  return mask
}

@Suite struct RadiusMaskTests {
  /// The shown voxels counted by hand: 1, 6, 12, 8, 6 at the squared distances 0 to 4.
  @Test(
    arguments: [
      (nil, 0, 1), (nil, 1, 7), (nil, 1.5, 19), (nil, 2, 33), (1, 2, 32), (1.1, 1.9, 20),
      (nil, nil, 125), (2, nil, 98), (0, nil, 125),
    ] as [(Double?, Double?, Int)])
  func voxelsOnARadiusAreShown(inner: Double?, outer: Double?, shown: Int) {
    #expect(mask(inner, outer).hiddenVoxels(boxWidth: 5).count == 125 - shown)
  }

  @Test func aMaskThatShowsNothingIsRefused() {
    func problem(_ inner: Double?, _ outer: Double?, _ width: Int = 15) -> String? {
      BoxDescription(.raw, mask: mask(inner, outer))
        .problem(boxWidth: width, input: .density)?.reason
    }
    for (inner, outer) in [(nil, 0), (12, nil), (0, 0), (3, 3), (nil, nil)] as [(Double?, Double?)]
    {
      #expect(problem(inner, outer) == nil)
    }
    // The corners of a box of 15 are at r = 7 sqrt(3) = 12.12; no voxel has r^2 = 7.
    #expect(problem(12.2, nil)?.contains("no voxel of a box of 15^3 has 12.2 <= r voxels") == true)
    #expect(problem(2.5, 2.8)?.contains("2.5 <= r <= 2.8") == true)
    #expect(problem(5, 4) != nil)
    for bad in [-1, .nan, .infinity] as [Double] {
      #expect(problem(bad, nil)?.contains("negative") == true)
    }
  }

  /// The mean of a shell that the mask cuts is that of the whole shell: it comes after averaging.
  @Test(arguments: BoxKind.allCases)
  func hiddenVoxelsAreZeroAndTheOthersAsWithoutAMask(kind: BoxKind) throws {
    let (raw, mask) = (exactBox(width: 9).map { $0 + 1 }, mask(2.2, 3))
    let plain = try RawBoxes.box(raw, width: 9, BoxDescription(kind))
    let masked = try RawBoxes.box(raw, width: 9, BoxDescription(kind, mask: mask))
    #expect(try RawBoxes.box(raw, width: 9, BoxDescription(.raw)) == raw)
    var shown = 0
    for voxel in raw.indices {
      let square = [voxel / 81, voxel / 9 % 9, voxel % 9].map { ($0 - 4) * ($0 - 4) }.reduce(0, +)
      let isShown = (5...9).contains(square)
      #expect(masked[voxel] == (isShown ? plain[voxel] : 0))
      if isShown { shown += 1 }
    }
    // 24 voxels each at 5, 6 and 9 + 6 at 9, 12 at 8, and none at 7.
    #expect(shown == 24 + 24 + 12 + 30)
    #expect(!plain.contains(0))
  }
}
