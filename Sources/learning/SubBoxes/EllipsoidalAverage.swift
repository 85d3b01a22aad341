/// Replaces every voxel of a box by the mean of its ellipsoidal shell.
///
/// The ellipsoids of a box are concentric, of one shape and one orientation, and as large as the spheres of
/// ``ShellAverage``: the elliptical radius r_e of ``EllipsoidMetric`` takes the place of r, and the edges are the same.
/// Squared radii are rounded to multiples of 2^-20, so that round ellipsoids have the shells of spheres, voxel
/// by voxel. What lies beyond the sphere through the corners makes one shell more.
struct EllipsoidalAverage: Sendable {
  private let width: Int

  /// The radius of the ball whose density gives the axes [voxels].
  private let tensorRadius: Double

  /// The edges up to the corners, squared, in units of 2^-20.
  private let squaredEdges: [Int]

  /// Finds the edges for boxes of [width, width, width].
  init(width: Int, shells: ShellSettings) {
    self.width = width
    tensorRadius = shells.tensorRadius(boxWidth: width)
    let farthest = (3 * (width / 2) * (width / 2)) << ShellSettings.fractionBits
    var edges = [shells.squaredEdge(of: 0, boxWidth: width)]
    while edges[edges.count - 1] < farthest {
      edges.append(shells.squaredEdge(of: edges.count, boxWidth: width))
    }
    squaredEdges = edges
  }

  /// Replaces every voxel of all channels of a box by the mean of its shell, as ``ShellAverage`` does.
  ///
  /// - Parameters:
  ///   - box: [channel, w, w, w].
  ///   - channelCount: The number of channels.
  ///   - densityChannel: The one whose axes the ellipsoids have.
  func apply(
    to box: UnsafeMutablePointer<Float>, channelCount: Int, densityChannel: Int
  ) {
    let voxelCount = width * width * width
    let metric = EllipsoidMetric(
      ofDensity: UnsafePointer(box + densityChannel * voxelCount), width: width,
      radius: tensorRadius)
    withUnsafeTemporaryAllocation(of: Int32.self, capacity: voxelCount) { labels in
      let counts = label(labels, by: metric)
      for channel in 0..<channelCount {
        ShellAverage.average(
          box + channel * voxelCount, over: UnsafeBufferPointer(labels), counts: counts)
      }
    }
  }

  /// Writes the shell of each voxel, [w, w, w], and returns the number of voxels of each shell.
  private func label(
    _ labels: UnsafeMutableBufferPointer<Int32>, by metric: EllipsoidMetric
  ) -> [Int] {
    let unit = Double(1 << ShellSettings.fractionBits)
    var counts = [Int](repeating: 0, count: squaredEdges.count + 1)
    var (voxel, shell) = (0, 0)
    for x in 0..<width {
      for y in 0..<width {
        for z in 0..<width {
          let radius = metric.squaredRadius(x - width / 2, y - width / 2, z - width / 2)
          let square = Int((radius * unit).rounded())
          // Neighbours are in neighbouring shells.
          while shell > 0, square <= squaredEdges[shell - 1] { shell -= 1 }
          while shell < squaredEdges.count, square > squaredEdges[shell] { shell += 1 }
          labels.initializeElement(at: voxel, to: Int32(shell))
          counts[shell] += 1
          voxel += 1
        }
      }
    }
    return counts
  }
}

/// The elliptical radius of places around the center voxel of a box: r_e^2 = x^T A x with a symmetric matrix A of
/// determinant 1.
///
/// With the eigenvectors e_i of A and its eigenvalues 1/q_i^2 it is the sum of (x e_i)^2 / q_i^2; the axes q_i have the
/// product 1, so that an ellipsoid is as large as the sphere of its radius.
struct EllipsoidMetric: Hashable, Sendable {
  /// The matrix A.
  let matrix: SymmetricMatrix

  /// Finds the axes of the overdensity within a ball.
  ///
  /// They are those of the tensor of its second moments, T_ij = sum of w (x_i x_j + delta_ij / 12), which is the shape
  /// tensor S of Zemp et al., ApJS 197, 30 (2011), doi:10.1088/0067-0049/197/2/30, with q_i^2 proportional to its
  /// eigenvalues, as they are for an ellipsoid of one density. The weight w of a voxel is its standardized density
  /// where it is above the mean, and 0 below: the mass in excess of the mean, since contrasts of initial densities
  /// are too small for the mass itself to have a shape. 1/12 is the second moment of a voxel, and keeps T positive
  /// definite. Without an overdensity the ellipsoids are spheres.
  ///
  /// A = (det T)^(1/3) T^-1, which needs no eigenvectors. Sums are made in double precision in the order of the voxels.
  ///
  /// - Parameters:
  ///   - density: The standardized density, [w, w, w].
  ///   - width: The number of voxels along each axis, w.
  ///   - radius: The radius of the ball [voxels], (w - 1)/2 at most.
  init(ofDensity density: UnsafePointer<Float>, width: Int, radius: Double) {
    let (reach, center) = (Int(radius), width / 2)
    var tensor = SymmetricMatrix()
    for x in -reach...reach {
      for y in -reach...reach {
        for z in -reach...reach where Double(x * x + y * y + z * z) <= radius * radius {
          let voxel = ((center + x) * width + center + y) * width + center + z
          tensor.addMoments(of: Double(max(0, density[voxel])), at: (x, y, z))
        }
      }
    }
    guard tensor.trace > 0, tensor.trace.isFinite else {
      matrix = SymmetricMatrix(xx: 1, yy: 1, zz: 1)
      return
    }
    // Of the trace 1 it has a determinant of 1/27 at most.
    tensor = tensor.divided(by: tensor.trace)
    let root = Self.cubeRoot(tensor.determinant)
    matrix = tensor.adjugate.divided(by: root * root)
  }

  /// The squared elliptical radius of a place [voxels^2].
  func squaredRadius(_ x: Int, _ y: Int, _ z: Int) -> Double {
    let (x, y, z) = (Double(x), Double(y), Double(z))
    return matrix.xx * x * x + matrix.yy * y * y + matrix.zz * z * z
      + 2 * (matrix.xy * x * y + matrix.xz * x * z + matrix.yz * y * z)
  }

  /// The cube root of a positive number of at most 1, by Newton's method from above.
  ///
  /// It is made of plain operations, so that no mathematical library decides the bits.
  static func cubeRoot(_ value: Double) -> Double {
    var root = 1.0
    while true {
      let next = (2 * root + value / (root * root)) / 3
      guard next < root else { return root }
      root = next
    }
  }
}

/// A symmetric matrix of 3 x 3.
struct SymmetricMatrix: Hashable, Sendable {
  var xx = 0.0
  var yy = 0.0
  var zz = 0.0
  var xy = 0.0
  var xz = 0.0
  var yz = 0.0

  /// The sum of the diagonal.
  var trace: Double { xx + yy + zz }

  /// The determinant times the inverse.
  var adjugate: SymmetricMatrix {
    SymmetricMatrix(
      xx: yy * zz - yz * yz, yy: xx * zz - xz * xz, zz: xx * yy - xy * xy, xy: xz * yz - xy * zz,
      xz: xy * yz - xz * yy, yz: xy * xz - yz * xx)
  }

  /// The determinant.
  var determinant: Double {
    let adjugate = adjugate
    return xx * adjugate.xx + xy * adjugate.xy + xz * adjugate.xz
  }

  /// Returns the matrix with all components divided by a number.
  func divided(by divisor: Double) -> SymmetricMatrix {
    SymmetricMatrix(
      xx: xx / divisor, yy: yy / divisor, zz: zz / divisor, xy: xy / divisor, xz: xz / divisor,
      yz: yz / divisor)
  }

  /// Adds the second moments of a voxel: its weight times x_i x_j + delta_ij / 12.
  mutating func addMoments(of weight: Double, at place: (x: Int, y: Int, z: Int)) {
    let (x, y, z) = place
    xx += weight * (Double(x * x) + 1.0 / 12)
    yy += weight * (Double(y * y) + 1.0 / 12)
    zz += weight * (Double(z * z) + 1.0 / 12)
    xy += weight * Double(x * y)
    xz += weight * Double(x * z)
    yz += weight * Double(y * z)
  }
}
