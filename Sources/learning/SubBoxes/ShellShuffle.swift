internal import Randomness

/// Permutes the voxels of a box within their spherical shells.
///
/// A shell keeps its voxels, but not their places: its mean is that of ``ShellAverage`` and its scatter that of the
/// raw box, while directions are lost. The permutation is a function of the particle's site alone, so that no
/// network can learn to undo it.
struct ShellShuffle: Sendable {
  /// The voxels of each shell, one shell after the other.
  private let voxels: [Int32]

  /// The place in `voxels` at which each shell begins, and the end.
  private let starts: [Int]

  /// Finds the shells of a box of [width, width, width], those of ``ShellAverage``.
  init(width: Int, shells settings: ShellSettings = ShellSettings()) {
    let shells = ShellAverage(width: width, shells: settings)
    var starts = [0]
    for count in shells.counts { starts.append(starts[starts.count - 1] + count) }
    var next = starts
    var voxels = [Int32](repeating: 0, count: shells.labels.count)
    for (voxel, shell) in shells.labels.enumerated() {
      voxels[next[Int(shell)]] = Int32(voxel)
      next[Int(shell)] += 1
    }
    self.voxels = voxels
    self.starts = starts
  }

  /// The memory of the tables [bytes].
  var bytes: Int { voxels.count * MemoryLayout<Int32>.stride }

  /// Permutes the voxels of a box; the same way for the same site.
  ///
  /// - Parameters:
  ///   - box: [w, w, w].
  ///   - site: The site of the particle that the box is centered on.
  func apply(to box: UnsafeMutablePointer<Float>, around site: Int64) {
    var stream = RandomStream(seed: 0, for: .shellShuffle, index: UInt64(site))
    voxels.withUnsafeBufferPointer { voxels in
      for shell in 0..<starts.count - 1 {
        let first = starts[shell]
        // Each voxel is exchanged with one of those up to it: all permutations are as likely.
        for last in stride(from: starts[shell + 1] - 1, to: first, by: -1) {
          let chosen = first + Int(stream.uniform() * Double(last - first + 1))
          let (a, b) = (Int(voxels[last]), Int(voxels[chosen]))
          (box[a], box[b]) = (box[b], box[a])
        }
      }
    }
  }
}
