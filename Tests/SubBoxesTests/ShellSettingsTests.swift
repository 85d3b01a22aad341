import Foundation
import Testing

@testable import SubBoxes

func shells(_ count: Int, _ spacing: ShellSettings.Spacing) -> ShellSettings {
  var settings = ShellSettings()
  (settings.count, settings.spacing) = (count, spacing)
  return settings
}

@Suite struct ShellSettingsTests {
  /// The edges in floating point from the definition; a distance that is closer to an edge than 1e-9 is on it.
  @Test(
    arguments: [5, 8, 19, 64, 75],
    [
      shells(20, .linear), shells(2, .linear), shells(11, .linear), shells(5, .logarithmic),
      shells(20, .logarithmic), shells(2, .logarithmic),
    ])
  func theLabelsFollowTheDefinition(width: Int, settings: ShellSettings) {
    let average = ShellAverage(width: width, shells: settings)
    let half = Double(width) / 2
    func edge(_ shell: Int) -> Double {
      let part = Double(shell) / Double(settings.count - 1)
      return settings.spacing == .linear ? 2 + part * (half - 2) : 2 * pow(half / 2, part)
    }
    var wrong = 0
    for (voxel, label) in average.labels.enumerated() {
      let offsets = [voxel / (width * width), voxel / width % width, voxel % width]
        .map { Double($0 - width / 2) }
      let r = offsets.map { $0 * $0 }.reduce(0, +).squareRoot()
      let isInside = r <= edge(Int(label)) + 1e-9
      let isOutside = label == 0 || r > edge(Int(label) - 1) + 1e-9
      if !isInside || !isOutside { wrong += 1 }
    }
    #expect(wrong == 0)
    #expect(average.counts.reduce(0, +) == width * width * width)
  }

  /// The counts of the function `shells` of scripts/interop/torch_model.py, in whole numbers of Python.
  @Test(arguments: [
    (
      27, shells(9, .logarithmic),
      [33, 48, 66, 110, 362, 594, 1304, 2524, 5354, 6748, 2508, 32]
    ),
    (
      27, shells(9, .linear),
      [33, 138, 290, 560, 914, 1304, 1706, 2304, 3146, 3020, 2540, 2036, 1100, 432, 152, 8]
    ),
    (64, shells(5, .logarithmic), [33, 224, 1852, 14968, 119985, 125082]),
  ])
  func theCountsAreThoseOfPython(width: Int, settings: ShellSettings, counts: [Int]) {
    #expect(ShellAverage(width: width, shells: settings).counts == counts)
  }

  /// 2 * 16^(n/4) = 2, 4, 8, 16, 32: whole numbers, which belong to the shell that ends with them.
  @Test func voxelsOnAnEdgeBelongToTheShellThatItEnds() {
    let settings = shells(5, .logarithmic)
    for (shell, edge) in [2, 4, 8, 16, 32, 64].enumerated() {
      #expect(settings.squaredEdge(of: shell, boxWidth: 64) == (edge * edge) << 20)
    }
    let average = ShellAverage(width: 64, shells: settings)
    func label(_ x: Int) -> Int32 { average.labels[((32 + x) * 64 + 32) * 64 + 32] }
    #expect([2, 3, 4, 5, 8, 9, 16, 17, -32].map(label) == [0, 1, 1, 2, 2, 3, 3, 4, 4])
  }

  /// Powers of up to 3000 digits, which are far beyond Double.
  @Test func manyShellsAreToldApartByWholeNumbers() {
    let settings = shells(256, .logarithmic)
    for shell in [1, 100, 255, 400] {
      let found = Double(settings.squaredEdge(of: shell, boxWidth: 512)) / 0x1p20
      let expected = 4 * pow(128, 2 * Double(shell) / 255)
      #expect(abs(found / expected - 1) < 1e-6)
    }
    #expect(settings.squaredEdge(of: 255, boxWidth: 512) == (256 * 256) << 20)
    #expect(Natural(powers: [(3, 700)]) <= Natural(powers: [(3, 350), (9, 175)]))
    #expect(!(Natural(powers: [(3, 700), (2, 1)]) <= Natural(powers: [(3, 700)])))
  }

  @Test func shellsWithoutVoxelsAreRefused() {
    func problem(_ settings: ShellSettings, _ width: Int, _ kind: BoxKind = .averaged) -> String? {
      BoxDescription(kind, shells: settings).problem(boxWidth: width, input: .density)?.reason
    }
    // The paper's shells stand in every box, though many of them are empty in small ones.
    for width in [3, 4, 5, 15, 75] { #expect(problem(ShellSettings(), width) == nil) }
    #expect(problem(shells(20, .logarithmic), 75) == nil)
    #expect(problem(shells(36, .linear), 75) == nil)
    #expect(problem(shells(30, .linear), 15)?.contains("no voxel in a box of 15^3") == true)
    #expect(problem(shells(256, .linear), 75)?.contains("has no voxel") == true)
    // Shell 1 is 4 < r^2 <= 4 * 18.75^(2/29) = 4.90, and the next squared distance is 5.
    #expect(
      problem(shells(30, .logarithmic), 75)?.contains("shell 2 of 30 logarithmic ones") == true)
    for count in [-1, 0, 1, 257] {
      #expect(problem(shells(count, .linear), 75) == "there cannot be \(count) shells")
    }
    #expect(problem(shells(256, .linear), 75, .raw) == nil)
  }

  @Test func equalBoxesHaveEqualDescriptions() {
    var settings = shells(10, .linear)
    settings.tensorRadius = 5
    #expect(BoxDescription(.raw, shells: settings) == BoxDescription(.raw))
    #expect(
      BoxDescription(.averaged, shells: settings)
        == BoxDescription(.averaged, shells: shells(10, .linear)))
    #expect(
      "\(BoxDescription(.ellipsoidal, shells: settings))"
        == "ellipsoidal in 10 linear shells with the axes of the density within 5.0 voxels")
    #expect(BoxDescription(.shuffled).isPlain && "\(BoxDescription(.shuffled))" == "shuffled")
  }

  /// A shuffled box has the means of the averaged one in any shells.
  @Test(arguments: [shells(9, .linear), shells(7, .logarithmic)])
  func shufflingKeepsTheMeansOfOtherShells(settings: ShellSettings) {
    let box = exactBox(width: 27)
    let average = ShellAverage(width: 27, shells: settings)
    let shuffled = ShellShuffle(width: 27, shells: settings).shuffled(box, around: 3)
    #expect(shuffled != box)
    #expect(average.averaged(shuffled) == average.averaged(box))
    #expect(ShellAverage(width: 27).averaged(shuffled) != ShellAverage(width: 27).averaged(box))
  }
}
