import MPI
import Randomness
import TestSupport
import Testing

@testable import SubBoxes

extension CubeOrientation {
  /// The offset in the field that the box shows at an offset from its center, by the definition.
  func fieldOffset(of offset: [Int]) -> [Int] {
    (0..<3).map { Int(signs[$0]) * offset[Int(boxAxes[$0])] }
  }

  /// What it does to a whole cube of a width, as the places in the box of the field's voxels.
  func permutation(width: Int) -> [Int] {
    let places = OrientedBox(self, width: width)
    return (0..<width * width * width).map {
      places.place($0 / (width * width), $0 / width % width, $0 % width)
    }
  }

  /// The matrix that takes offsets in the box to offsets in the field.
  fileprivate var matrix: [[Int]] {
    [[1, 0, 0], [0, 1, 0], [0, 0, 1]].map { fieldOffset(of: $0) }
  }
}

/// The determinant of three rows, written out.
private func determinant(_ m: [[Int]]) -> Int {
  m[0][0] * (m[1][1] * m[2][2] - m[1][2] * m[2][1])
    - m[0][1] * (m[1][0] * m[2][2] - m[1][2] * m[2][0])
    + m[0][2] * (m[1][0] * m[2][1] - m[1][1] * m[2][0])
}

@Suite struct SymmetryTests {
  @Test(arguments: [(CubeSymmetries.none, 1), (.rotations, 24), (.all, 48)])
  func theOrientationsAreAGroupOfPermutations(symmetries: CubeSymmetries, count: Int) {
    for width in [2, 3, 4] {
      let maps = symmetries.orientations.map { $0.permutation(width: width) }
      #expect(maps.count == count && Set(maps).count == count)
      let identity = Array(0..<width * width * width)
      #expect(maps[0] == identity)
      for map in maps {
        #expect(map.sorted() == identity)
        #expect(maps.contains { other in map.map { other[$0] } == identity })
        for other in maps { #expect(maps.contains(map.map { other[$0] })) }
      }
    }
  }

  @Test func rotationsAreThoseWithoutAReflection() {
    for orientation in CubeSymmetries.all.orientations {
      #expect(orientation.determinant == determinant(orientation.matrix))
    }
    #expect(CubeSymmetries.rotations.orientations.allSatisfy { $0.determinant == 1 })
  }

  /// Fields smaller and larger than the box, whole and in bricks, around sites at the faces.
  @Test(arguments: [(3, 5), (4, 5), (5, 4), (6, 16)], [2, 3, 16])
  func anOrientedBoxIsTheFieldAtTheTurnedOffset(
    shape: (width: Int, size: Int), brickWidth: Int
  ) {
    let (width, size) = shape
    let field = randomField(size: size)
    let cutter = SubBoxCutter(boxWidth: width, gridSize: size, standardization: .none)
    let bricks = UnsafeMutablePointer<Float>.allocate(capacity: field.count)
    defer { bricks.deallocate() }
    for orientation in CubeOrientation.all {
      for site in [0, 1, field.count / 2, field.count - 1] {
        var box = [Float](repeating: -1, count: cutter.voxelCount)
        box.withUnsafeMutableBufferPointer { box in
          cutter.cut(
            around: site, brickWidth: brickWidth, orientation,
            into: box.baseAddress.unsafelyUnwrapped
          ) { x, y, z in
            func range(_ i: Int) -> Range<Int> { i * brickWidth..<min((i + 1) * brickWidth, size) }
            let brick = range(x).flatMap { i in
              range(y).flatMap { j in range(z).map { k in field[(i * size + j) * size + k] } }
            }
            bricks.update(from: brick, count: brick.count)
            return .init(start: bricks, width: range(y).count, depth: range(z).count)
          }
        }
        let center = [site / (size * size), site / size % size, site % size]
        let expected = box.indices.map { voxel -> Float in
          let offset = [voxel / (width * width), voxel / width % width, voxel % width]
            .map { $0 - width / 2 }
          let place = zip(center, orientation.fieldOffset(of: offset)).map {
            ($0 + $1 + 4 * size) % size
          }
          return field[(place[0] * size + place[1]) * size + place[2]]
        }
        #expect(box == expected, "\(orientation) around \(site)")
      }
    }
  }

  /// A box shows R^T T R of the tensor T at each site, with the matrix R that takes offsets in the box to the field's;
  /// `matrix` has its columns.
  @Test func componentsOfATensorAreTurnedWithTheBox() {
    let input = NetworkInput([.density, .tides], finalVoxelSize: .nan)
    let axes = [(0, 0), (1, 1), (2, 2), (0, 1), (0, 2), (1, 2)]
    let tensor: [[Float]] = [[2, 3, 5], [3, 7, 11], [5, 11, 13]]
    let channels = [99] + axes.map { tensor[$0.0][$0.1] }
    for orientation in CubeOrientation.all {
      let r = orientation.matrix.map { $0.map { Float($0) } }
      let shown = input.channels(in: orientation).map { $0.sign * channels[$0.channel] }
      var expected: [Float] = [99]
      for (a, b) in axes {
        var sum: Float = 0
        for f in 0..<3 {
          for g in 0..<3 { sum += r[a][f] * tensor[f][g] * r[b][g] }
        }
        expected.append(sum)
      }
      #expect(shown == expected, "\(orientation)")
    }
    #expect(input.hasDirections && !NetworkInput(.shear, finalVoxelSize: .nan).hasDirections)
  }

  /// The bits are those of a field that has the opposite sign.
  @Test func aSignIsThatOfTheField() {
    let field = randomField(size: 5)
    let cutter = SubBoxCutter(
      boxWidth: 3, gridSize: 5,
      standardization: Standardization(mean: 0.7, standardDeviation: 0.3))
    let boxes = [(field, Float(-1)), (field.map { -$0 }, 1)].map { field, sign in
      var box = [Float](repeating: 0, count: 27)
      box.withUnsafeMutableBufferPointer {
        cutter.cut(
          around: 3, from: field, CubeOrientation.all[7], sign: sign,
          into: $0.baseAddress.unsafelyUnwrapped)
      }
      return box
    }
    #expect(boxes[0] == boxes[1])
  }

  /// Sums of multiples of 1/1024 are exact in any order.
  @Test(arguments: [5, 7, 19, 31]) func averagedBoxesAreTheSameInAllOrientations(width: Int) {
    let shells = ShellAverage(width: width)
    var stream = RandomStream(seed: 5, for: .test)
    let box = (0..<width * width * width).map { _ in Float(stream.next() % 1024) / 1024 }
    let averaged = shells.averaged(box)
    for orientation in CubeOrientation.all {
      var turned = box
      for (voxel, place) in orientation.permutation(width: width).enumerated() {
        turned[place] = box[voxel]
      }
      #expect(shells.averaged(turned) == averaged)
    }
    #expect(CubeSymmetries.all.applied(to: .averaged) == .none)
    #expect(CubeSymmetries.all.applied(to: .raw) == .all)
  }

  @Test func aSampleIsShownInAnotherOrientationInEveryEpochAllOfThemAsOften() throws {
    let order = try EpochOrder(sampleCount: 4800, batchSize: 10, seed: 3, symmetries: .all)
    var counts: [CubeOrientation: Int] = [:]
    for sample in 0..<4800 {
      counts[order.orientation(ofSample: sample, epoch: 0), default: 0] += 1
    }
    // 100 of each are expected, with a deviation of 10.
    #expect(counts.count == 48 && counts.values.allSatisfy { (60...140).contains($0) })
    let epochs = (0..<100).map { order.orientation(ofSample: 7, epoch: $0) }
    #expect(Set(epochs).count > 30)
    let again = try EpochOrder(sampleCount: 4800, batchSize: 64, seed: 3, symmetries: .all)
    #expect(epochs == (0..<100).map { again.orientation(ofSample: 7, epoch: $0) })
    let other = try EpochOrder(sampleCount: 4800, batchSize: 10, seed: 4, symmetries: .all)
    #expect(epochs != (0..<100).map { other.orientation(ofSample: 7, epoch: $0) })
    let none = try EpochOrder(sampleCount: 4800, batchSize: 10, seed: 3)
    #expect(none.orientation(ofSample: 7, epoch: 1) == .identity)
  }
}

extension CollectiveTests {
  /// Boxes of fields in memory and of fields in files, in all orientations.
  @Suite struct OrientedStoreTests {
    @Test(.ranks(1...3)) func streamedAndResidentBoxesAreTheSame() throws {
      try withWorld { world in
        try RandomFields.withFiles(of: [70], on: world) { _, paths in
          var boxes: [[[Float]]] = []
          for mode in [StreamSettings.Mode.resident, .stream] {
            var settings = StreamSettings()
            settings.mode = mode
            let store = try FieldStore(of: paths, settings: settings, on: world)
            let write = store.boxWriter(
              boxWidth: 7, standardization: InputStandardization([.none]))
            boxes.append(
              try CubeOrientation.all.map { orientation in
                let site = (62 * 70 + 1) * 70 + 64
                let sample = Sample(
                  simulation: 0, site: Int64(site), logMass: 0, radius: 0, halo: 0)
                var box = [Float](repeating: -1, count: 343)
                try box.withUnsafeMutableBufferPointer {
                  try write(
                    OrientedSample(sample, orientation), $0.baseAddress.unsafelyUnwrapped)
                }
                return box
              })
            try store.free()
          }
          let (resident, streamed) = (boxes[0], boxes[1])
          #expect(resident == streamed && Set(resident).count == 48)
          #expect(resident.allSatisfy { $0[171] == resident[0][171] })
        }
      }
    }
  }
}
