import Foundation
import Randomness
import Testing

@testable import SubBoxes

extension EllipsoidalAverage {
  func averaged(_ box: [Float], channelCount: Int = 1, densityChannel: Int = 0) -> [Float] {
    var box = box
    box.withUnsafeMutableBufferPointer { box in
      guard let start = box.baseAddress else { return }
      apply(to: start, channelCount: channelCount, densityChannel: densityChannel)
    }
    return box
  }
}

/// An ellipsoid of known axes, by their lengths of product 1 and the rotation of (1, 2, 2)/3, (2, 1, -2)/3, (2, -2, 1)/3.
private struct Ellipsoid {
  let axes: [Double]
  static let directions = [[1.0, 2, 2], [2, 1, -2], [2, -2, 1]].map { $0.map { $0 / 3 } }

  init(_ lengths: [Double]) {
    let size = pow(lengths.reduce(1, *), 1.0 / 3)
    axes = lengths.map { $0 / size }
  }

  /// The matrix A by its eigenvalues and eigenvectors.
  func matrix(_ i: Int, _ j: Int) -> Double {
    (0..<3).map { Self.directions[$0][i] * Self.directions[$0][j] / (axes[$0] * axes[$0]) }
      .reduce(0, +)
  }

  /// The squared elliptical radius, by projections on the axes.
  func square(_ place: [Int]) -> Double {
    (0..<3).map { axis in
      let along = (0..<3).map { Double(place[$0]) * Self.directions[axis][$0] }.reduce(0, +)
      return along * along / (axes[axis] * axes[axis])
    }.reduce(0, +)
  }

  /// A box of a function of the squared elliptical radius.
  func box(width: Int, _ value: (Double) -> Double) -> [Float] {
    (0..<width * width * width).map { voxel in
      let place = [voxel / (width * width), voxel / width % width, voxel % width]
      return Float(value(square(place.map { $0 - width / 2 })))
    }
  }
}

private func metric(_ box: [Float], width: Int, radius: Double) -> EllipsoidMetric {
  box.withUnsafeBufferPointer {
    EllipsoidMetric(ofDensity: $0.baseAddress.unsafelyUnwrapped, width: width, radius: radius)
  }
}

/// The root of the mean squared difference over that of the values around their mean.
private func relativeError(_ found: [Float], _ expected: [Float]) -> Double {
  let mean = expected.reduce(0) { $0 + Double($1) } / Double(expected.count)
  let error = zip(found, expected).reduce(0) { $0 + Double(($1.0 - $1.1) * ($1.0 - $1.1)) }
  return (error / expected.reduce(0) { $0 + (Double($1) - mean) * (Double($1) - mean) })
    .squareRoot()
}

@Suite struct EllipsoidalAverageTests {
  private static let width = 41

  /// An ellipsoid of one density inside the ball has its own axes, in the directions that it was given, up to its voxels.
  @Test func anEllipsoidGetsItsAxesBack() {
    for lengths in [[18.0, 12, 9], [10, 10, 18], [12, 12, 12]] {
      let ellipsoid = Ellipsoid(lengths)
      let size = lengths[0] / ellipsoid.axes[0]
      let box = ellipsoid.box(width: Self.width) { $0 <= size * size ? 1 : -0.1 }
      let found = metric(box, width: Self.width, radius: 20).matrix
      let components = [found.xx, found.yy, found.zz, found.xy, found.xz, found.yz]
      let pairs = [(0, 0), (1, 1), (2, 2), (0, 1), (0, 2), (1, 2)]
      for (component, (i, j)) in zip(components, pairs) {
        #expect(abs(component - ellipsoid.matrix(i, j)) < 0.015, "\(lengths), \(i) \(j)")
      }
      #expect(abs(found.determinant - 1) < 1e-12)
      // The other way round it is another ellipsoid.
      let other = Ellipsoid(lengths.reversed())
      #expect(
        lengths == [12, 12, 12] || abs(found.xx - other.matrix(0, 0)) > 0.1, "\(lengths)")
    }
  }

  /// A function of the elliptical radius alone has no structure within ellipsoidal shells, and much within spheres.
  @Test func aFunctionOfTheEllipticalRadiusStays() {
    let ellipsoid = Ellipsoid([9.0, 6, 4])
    let box = ellipsoid.box(width: Self.width) { 1 / (1 + $0 / 16) - 0.1 }
    var settings = ShellSettings()
    settings.tensorRadius = 20
    let found = EllipsoidalAverage(width: Self.width, shells: settings).averaged(box)
    let round = ShellAverage(width: Self.width).averaged(box)
    let (error, sphericalError) = (relativeError(found, box), relativeError(round, box))
    #expect(error < 0.1 && sphericalError > 4 * error, "\(error), \(sphericalError)")
  }

  /// Weights that the symmetries of the cube keep have no axes: shells are spheres, voxel by voxel.
  @Test(arguments: [
    (5, ShellSettings()), (19, ShellSettings()), (27, shells(9, .logarithmic)),
    (24, shells(8, .linear)),
  ])
  func aRoundDensityHasTheSphericalAverages(width: Int, settings: ShellSettings) {
    let squares = (0..<width).map { ($0 - width / 2) * ($0 - width / 2) }
    var stream = RandomStream(seed: 9, for: .test)
    let values = (0...3 * width * width).map { _ in Float(stream.next() % 1024) / 1024 - 0.5 }
    var box: [Float] = []
    for x in squares { for y in squares { for z in squares { box.append(values[x + y + z]) } } }
    // The second channel has no symmetry.
    let other = exactBox(width: width)
    let average = ShellAverage(width: width, shells: settings)
    let found = EllipsoidalAverage(width: width, shells: settings)
      .averaged(other + box, channelCount: 2, densityChannel: 1)
    #expect(found == average.averaged(other) + average.averaged(box))
    // The axes of the other channel give other shells.
    let turned = EllipsoidalAverage(width: width, shells: settings)
      .averaged(other + box, channelCount: 2, densityChannel: 0)
    #expect(turned != found)
  }

  @Test func aVoidHasSpheresAndOneVoxelTooMuchNoFlatEllipsoid() {
    let width = 9
    let empty = [Float](repeating: -1, count: width * width * width)
    #expect(
      metric(empty, width: width, radius: 4).matrix == SymmetricMatrix(xx: 1, yy: 1, zz: 1))
    var one = empty
    one[(8 * width + 4) * width + 4] = 1
    // Second moments 16 + 1/12 along x, and 1/12 across: their ratio is 193.
    let matrix = metric(one, width: width, radius: 4).matrix
    #expect(abs(matrix.yy / matrix.xx - 193) < 1e-9 && abs(matrix.determinant - 1) < 1e-12)
    let average = EllipsoidalAverage(width: width, shells: ShellSettings())
    #expect(average.averaged(one).allSatisfy { $0.isFinite })
  }

  @Test(arguments: [1e-12, 1e-3, 1.0 / 27, 0.5, 1])
  func cubeRootsAreThoseOfPowers(value: Double) {
    let root = EllipsoidMetric.cubeRoot(value)
    #expect(abs(root * root * root / value - 1) < 1e-14)
  }

  /// Sums of multiples of 1/1024 are exact in any order, so the box of a turned field is the turned box.
  @Test func aTurnedBoxHasTheTurnedEllipsoids() {
    let width = 15
    let (box, average) = (
      exactBox(width: width).map { $0 - 0.5 },
      EllipsoidalAverage(width: width, shells: shells(6, .linear))
    )
    let averaged = average.averaged(box)
    for orientation in [CubeOrientation.all[7], CubeOrientation.all[29]] {
      func turned(_ box: [Float]) -> [Float] {
        var turned = box
        for (voxel, place) in orientation.permutation(width: width).enumerated() {
          turned[place] = box[voxel]
        }
        return turned
      }
      #expect(average.averaged(turned(box)) == turned(averaged))
    }
    #expect(CubeSymmetries.all.applied(to: .ellipsoidal) == .all)
  }
}
