/// Replaces every voxel of a box by the mean of its spherical shell.
///
/// The distance r of a voxel is taken in voxels from the center voxel w/2 (rounded down on each
/// axis), and the edges of the shells are those of ``ShellSettings``: by default shell 0 is the filled
/// ball r <= 2, and shell n is e_(n-1) < r <= e_n with
///
///     e_n = 2 + n (w/2 - 2) / 19
///
/// where w/2 is not rounded. Shells 0 to 19 fit inside the box; the same spacing continues to its
/// corners, with the voxels inside the box only (labels up to 34 for w = 75).
///
/// A box of w <= 4 voxels ends inside the ball r <= 2, and no shell fits around it: its voxels
/// beyond the ball, which only w = 4 has, make one shell. From w = 5 on the rule holds as it is;
/// below about w = 23 the shells are thinner than half a voxel and many of them are empty.
///
/// Lucie-Smith et al., Phys. Rev. D 109, 063524 (2024), doi:10.1103/PhysRevD.109.063524,
/// section IV.
package struct ShellAverage: Sendable {
  /// The number of voxels along each axis of a box, w.
  package let width: Int

  /// The number of voxels of each shell.
  package let counts: [Int]

  /// The shell of each voxel, [w, w, w].
  package let labels: [Int32]

  /// Finds the shell of every voxel of a box of [width, width, width].
  package init(width: Int, shells settings: ShellSettings = ShellSettings()) {
    precondition(width > 0, "a box has at least one voxel, not \(width)")
    self.width = width
    let squares = (0..<width).map { ($0 - width / 2) * ($0 - width / 2) }
    let farthest = 3 * (width / 2) * (width / 2)
    let shells = Self.shells(settings, ofSquaredDistancesTo: farthest, width: width)
    var labels: [Int32] = []
    labels.reserveCapacity(width * width * width)
    var counts = [Int](repeating: 0, count: Int(shells[farthest]) + 1)
    for x in squares {
      for y in squares {
        for z in squares {
          let label = shells[x + y + z]
          labels.append(label)
          counts[Int(label)] += 1
        }
      }
    }
    self.labels = labels
    self.counts = counts
  }

  /// The shell of each squared distance from zero to `farthest`.
  private static func shells(
    _ settings: ShellSettings, ofSquaredDistancesTo farthest: Int, width: Int
  ) -> [Int32] {
    var shell = 0
    var edge = settings.squaredEdge(of: shell, boxWidth: width)
    return (0...farthest).map { square in
      while square << ShellSettings.fractionBits > edge {
        shell += 1
        edge = settings.squaredEdge(of: shell, boxWidth: width)
      }
      return Int32(shell)
    }
  }

  /// Replaces every voxel of a box by the mean of its shell.
  ///
  /// The sums are made in double precision in the order of the voxels, and the means are rounded
  /// to single precision. A constant box stays as it is.
  ///
  /// - Parameter box: [w, w, w].
  package func apply(to box: UnsafeMutablePointer<Float>) {
    labels.withUnsafeBufferPointer { Self.average(box, over: $0, counts: counts) }
  }

  /// Replaces every voxel of a box by the mean of those with its label.
  ///
  /// - Parameters:
  ///   - box: The voxels, as many as there are labels.
  ///   - labels: The shell of each voxel.
  ///   - counts: The number of voxels of each shell.
  static func average(
    _ box: UnsafeMutablePointer<Float>, over labels: UnsafeBufferPointer<Int32>, counts: [Int]
  ) {
    withUnsafeTemporaryAllocation(of: Double.self, capacity: counts.count) { sums in
      withUnsafeTemporaryAllocation(of: Float.self, capacity: counts.count) { means in
        sums.initialize(repeating: 0)
        means.initialize(repeating: 0)
        for voxel in labels.indices { sums[Int(labels[voxel])] += Double(box[voxel]) }
        for shell in counts.indices where counts[shell] > 0 {
          means[shell] = Float(sums[shell] / Double(counts[shell]))
        }
        for voxel in labels.indices { box[voxel] = means[Int(labels[voxel])] }
      }
    }
  }
}
