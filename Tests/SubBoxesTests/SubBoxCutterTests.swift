import Randomness
import Testing

@testable import SubBoxes

/// The box around a site by its definition, one voxel at a time.
func naiveBox(around site: Int, width: Int, of field: [Float], size: Int) -> [Float] {
  let center = [site / (size * size), site / size % size, site % size]
  func voxel(_ axis: Int, _ i: Int) -> Int {
    let voxel = (center[axis] - width / 2 + i) % size
    return voxel < 0 ? voxel + size : voxel
  }
  var box: [Float] = []
  for i in 0..<width {
    for j in 0..<width {
      for k in 0..<width {
        box.append(field[(voxel(0, i) * size + voxel(1, j)) * size + voxel(2, k)])
      }
    }
  }
  return box
}

/// Uniform random numbers on [0.5, 1.5).
func randomField(size: Int, index: UInt64 = 0) -> [Float] {
  var stream = RandomStream(seed: 11, for: .test, index: index)
  return (0..<size * size * size).map { _ in Float(stream.uniform()) + 0.5 }
}

extension SubBoxCutter {
  /// The box around a site.
  func box(around site: Int, of field: [Float]) -> [Float] {
    [Float](unsafeUninitializedCapacity: voxelCount) { buffer, count in
      guard let start = buffer.baseAddress else { return }
      field.withUnsafeBufferPointer { field in
        guard let field = field.baseAddress else { return }
        cut(around: site, from: field, into: start)
      }
      count = voxelCount
    }
  }
}

@Suite struct SubBoxCutterTests {
  static let shapes = [(1, 1), (1, 4), (3, 5), (4, 5), (5, 5), (5, 4), (11, 4), (9, 3), (7, 16)]

  @Test(arguments: shapes) func aBoxIsTheFieldModuloItsSize(width: Int, size: Int) {
    let field = randomField(size: size)
    let cutter = SubBoxCutter(boxWidth: width, gridSize: size, standardization: .none)
    for site in 0..<min(field.count, 200) {
      let expected = naiveBox(around: site, width: width, of: field, size: size)
      #expect(cutter.box(around: site, of: field) == expected, "site \(site)")
    }
  }

  @Test(arguments: shapes, [1, 2, 3, 4, 16])
  func bricksOfAnyWidthGiveTheSameBox(shape: (width: Int, size: Int), brickWidth: Int) {
    let (width, size) = shape
    let field = randomField(size: size)
    let cutter = SubBoxCutter(boxWidth: width, gridSize: size, standardization: .none)
    var stream = RandomStream(seed: 1, for: .test)
    for _ in 0..<20 {
      let site = Int(stream.next() % UInt64(field.count))
      var box = [Float](repeating: -1, count: cutter.voxelCount)
      var brick: [Float] = []
      box.withUnsafeMutableBufferPointer { box in
        guard let start = box.baseAddress else { return }
        let storage = UnsafeMutablePointer<Float>.allocate(capacity: field.count)
        defer { storage.deallocate() }
        cutter.cut(around: site, brickWidth: brickWidth, into: start) { x, y, z in
          func range(_ i: Int) -> Range<Int> {
            i * brickWidth..<min((i + 1) * brickWidth, size)
          }
          brick = range(x).flatMap { i in
            range(y).flatMap { j in range(z).map { k in field[(i * size + j) * size + k] } }
          }
          storage.update(from: brick, count: brick.count)
          return .init(start: storage, width: range(y).count, depth: range(z).count)
        }
      }
      #expect(box == naiveBox(around: site, width: width, of: field, size: size))
    }
  }

  @Test func standardizationIsOneSubtractionAndOneMultiplication() {
    let standardization = Standardization(mean: 1.0041, standardDeviation: 0.0509)
    let field = randomField(size: 5)
    let cutter = SubBoxCutter(boxWidth: 5, gridSize: 5, standardization: standardization)
    // Computed in double precision, where both operations are exact before they are rounded.
    let expected = naiveBox(around: 31, width: 5, of: field, size: 5).map { x -> Float in
      let difference = Float(Double(x) - Double(Float(1.0041)))
      return Float(Double(difference) * Double(Float(1 / 0.0509)))
    }
    #expect(cutter.box(around: 31, of: field) == expected)
    #expect(expected[0] == standardization(naiveBox(around: 31, width: 5, of: field, size: 5)[0]))
  }
}
