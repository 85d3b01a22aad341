/// Turns maps of the voxels around particles into the frames of their tides.
///
/// The axes of the frame are the principal axes of the particle's tidal tensor (``LocalTide``), that of the largest
/// eigenvalue first: the axis along which its surroundings are pressed together the most. A turned map has a width of
/// 2 R + 1 voxels, R = (w - 1)/2 rounded down, so that its center is the particle.
package struct TideFrame: Sendable {
  private let tide: LocalTide
  private let boxWidth: Int
  private let channels: Int

  /// The number of voxels along each axis of a turned map.
  package var width: Int { Self.width(boxWidth: boxWidth) }

  /// The number of voxels along each axis of a turned map of a box.
  package static func width(boxWidth: Int) -> Int { (boxWidth - 1) / 2 * 2 + 1 }

  /// Looks at an input; `nil` if its boxes show no axes of a tide, or channels change with directions.
  package init?(_ input: NetworkInput, boxWidth: Int, standardization: InputStandardization) {
    guard !input.hasDirections,
      let tide = LocalTide(input, boxWidth: boxWidth, standardization: standardization)
    else { return nil }
    self.tide = tide
    self.boxWidth = boxWidth
    channels = input.channelCount
  }

  /// Turns a map into the frame of the particle of a box.
  ///
  /// Between the centers of voxels it is interpolated linearly along each axis; beyond the box it is 0.
  ///
  /// - Parameters:
  ///   - map: The map on the voxels of the box, [channel, w, w, w].
  ///   - box: The standardized box, [channel, w, w, w].
  ///   - turned: The destination, [channel, m, m, m] with m of ``width``.
  package func turn(
    _ map: UnsafePointer<Float>, of box: UnsafePointer<Float>,
    into turned: UnsafeMutablePointer<Float>
  ) {
    let axes = tide.tensor(of: box).principalAxes
    let radius = width / 2
    let center = SIMD3(repeating: Double(boxWidth / 2))
    for channel in 0..<channels {
      let voxels = map + channel * boxWidth * boxWidth * boxWidth
      var place = channel * width * width * width
      for first in -radius...radius {
        for second in -radius...radius {
          let line = center + Double(first) * axes[0] + Double(second) * axes[1]
          for third in -radius...radius {
            turned[place] = Float(value(of: voxels, at: line + Double(third) * axes[2]))
            place += 1
          }
        }
      }
    }
  }

  /// The value between the voxels around a point.
  private func value(of voxels: UnsafePointer<Float>, at point: SIMD3<Double>) -> Double {
    let low = point.rounded(.down)
    let part = point - low
    let (x, y, z) = (Int(low.x), Int(low.y), Int(low.z))
    var sum = 0.0
    for corner in 0..<8 {
      let (i, j, k) = (x + corner >> 2, y + (corner >> 1 & 1), z + (corner & 1))
      guard min(i, j, k) >= 0, max(i, j, k) < boxWidth else { continue }
      let weight =
        (corner >> 2 == 1 ? part.x : 1 - part.x) * (corner >> 1 & 1 == 1 ? part.y : 1 - part.y)
        * (corner & 1 == 1 ? part.z : 1 - part.z)
      sum += weight * Double(voxels[(i * boxWidth + j) * boxWidth + k])
    }
    return sum
  }
}
