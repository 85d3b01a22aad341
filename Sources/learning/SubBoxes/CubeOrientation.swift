internal import Fields

/// One of the 48 ways to lay a cube onto itself, which a box may be shown in.
///
/// The box of a site shows, at the offset (x, y, z) in voxels from its center voxel, the field at the offset of the
/// site's voxel that has the component `sign * offset[axis]` along each axis of the field. So a box of any
/// width, even or odd, keeps its particle in its center voxel.
package struct CubeOrientation: Hashable, Sendable {
  /// The axis of the box that each axis of the field is laid onto, a permutation of 0, 1, 2.
  let boxAxes: SIMD3<Int8>

  /// Whether each axis of the field runs backward in the box: 1 if not, -1 if so.
  let signs: SIMD3<Int8>

  /// The box as the field is.
  package static let identity = CubeOrientation(boxAxes: [0, 1, 2], signs: [1, 1, 1])

  /// All 48 orientations, the identity first; the order is part of every result made with it.
  static let all: [CubeOrientation] = {
    let permutations: [SIMD3<Int8>] = [
      [0, 1, 2], [1, 2, 0], [2, 0, 1], [0, 2, 1], [1, 0, 2], [2, 1, 0],
    ]
    return permutations.flatMap { axes in
      (0..<8).map { bits in
        let signs = (0..<3).map { (bits >> $0) & 1 == 0 ? Int8(1) : -1 }
        return CubeOrientation(boxAxes: axes, signs: SIMD3(signs))
      }
    }
  }()

  /// The determinant: 1 for a rotation, -1 for one with a reflection.
  var determinant: Int {
    // The cyclic permutations are the even ones.
    let isEven = (boxAxes[1] - boxAxes[0] + 3) % 3 == 1
    return (isEven ? 1 : -1) * Int(signs[0] * signs[1] * signs[2])
  }
}

extension CubeOrientation {
  /// The component of the field's tensor that the box shows along two axes of its own, and the sign that it gets.
  func component(along axes: TensorAxes) -> (axes: TensorAxes, sign: Float) {
    func fieldAxis(_ axis: Int) -> Int { (0..<3).first { Int(boxAxes[$0]) == axis } ?? axis }
    let (one, other) = (fieldAxis(axes.first), fieldAxis(axes.second))
    return (TensorAxes(one, other), Float(signs[one] * signs[other]))
  }
}

/// The orientations among which the boxes of a training or a prediction are shown.
package enum CubeSymmetries: String, Codable, Hashable, Sendable, CaseIterable {
  /// The boxes as the field is.
  case none

  /// The 24 rotations of the cube.
  case rotations

  /// The 24 rotations and the 24 that reflect too.
  case all

  /// The orientations, the identity first.
  package var orientations: [CubeOrientation] {
    switch self {
    case .none: [.identity]
    case .rotations: CubeOrientation.all.filter { $0.determinant == 1 }
    case .all: CubeOrientation.all
    }
  }

  /// The orientations for boxes of a kind: shells have none, so averaged boxes are shown as they are.
  package func applied(to kind: BoxKind) -> CubeSymmetries { kind == .averaged ? .none : self }
}

/// The places of a field's voxels in an oriented box of one width.
struct OrientedBox {
  /// The number of voxels of the field, along each of its axes, before the site's voxel.
  let before: SIMD3<Int>

  /// The step in the box for a step along each axis of the field.
  let strides: SIMD3<Int>

  /// The place in the box of the first voxel along all axes of the field.
  let first: Int

  init(_ orientation: CubeOrientation, width: Int) {
    var (before, strides, first) = (SIMD3<Int>(), SIMD3<Int>(), 0)
    for axis in 0..<3 {
      let stride = [width * width, width, 1][Int(orientation.boxAxes[axis])]
      if orientation.signs[axis] > 0 {
        before[axis] = width / 2
        strides[axis] = stride
      } else {
        before[axis] = width - 1 - width / 2
        strides[axis] = -stride
        first += (width - 1) * stride
      }
    }
    self.before = before
    self.strides = strides
    self.first = first
  }

  /// Returns the place in the box of a voxel, counted from the first one along each axis of the field.
  func place(_ x: Int, _ y: Int, _ z: Int) -> Int {
    first + x * strides.x + y * strides.y + z * strides.z
  }
}

/// A sample, the orientation in which its box is shown, and the perturbation of it.
package struct OrientedSample: Hashable, Sendable {
  /// The particle that the box is centered on.
  package let sample: Sample

  /// The orientation of its box.
  let orientation: CubeOrientation

  /// The number of the perturbation of its box, counted from 1 among those of the ``SubBoxStream``; 0 for none.
  package let perturbation: Int32

  /// Puts a sample, an orientation and the number of a perturbation together.
  package init(
    _ sample: Sample, _ orientation: CubeOrientation = .identity, perturbation: Int = 0
  ) {
    self.sample = sample
    self.orientation = orientation
    self.perturbation = Int32(perturbation)
  }
}
