/// The maximum over windows of 2^3 voxels with stride 2, each channel by itself.
///
/// [w, w, w, channels] -> [o, o, o, channels] with o = w/2 rounded up: the last window of an odd
/// axis holds one voxel. Of equal voxels the first in memory wins; NaN wins over every
/// number.
struct MaxPool {
  /// The width of the input [voxels].
  let width: Int

  /// The number of channels.
  let channels: Int

  /// The width of the output [voxels].
  var outputWidth: Int { Self.outputWidth(of: width) }

  /// The number of elements of the output.
  var outputCount: Int { outputWidth * outputWidth * outputWidth * channels }

  /// The width of the pooled activations of a width.
  static func outputWidth(of width: Int) -> Int { (width + 1) / 2 }

  /// Pools, and notes in `winners` which voxel of its window, (dz*2 + dy)*2 + dx, each output is.
  func forward(
    _ input: UnsafePointer<Float>, output: UnsafeMutablePointer<Float>,
    winners: UnsafeMutablePointer<UInt8>
  ) {
    forEachWindow { window, origin in
      let best = output + window * channels
      let winner = winners + window * channels
      best.update(from: input + origin.voxel * channels, count: channels)
      winner.update(repeating: 0, count: channels)
      for place in UInt8(1)..<8 {
        guard let voxel = origin.voxel(at: place, width: width) else { continue }
        let values = input + voxel * channels
        for channel in 0..<channels {
          let (value, old) = (values[channel], best[channel])
          let wins = value > old || value != value
          best[channel] = wins ? value : old
          winner[channel] = wins ? place : winner[channel]
        }
      }
    }
  }

  /// Gives the gradient of each output to the voxel that won, and zero to the others.
  func backward(
    outputGradient: UnsafePointer<Float>, winners: UnsafePointer<UInt8>,
    inputGradient: UnsafeMutablePointer<Float>
  ) {
    inputGradient.update(repeating: 0, count: width * width * width * channels)
    forEachWindow { window, origin in
      for channel in 0..<channels {
        let place = Int(winners[window * channels + channel])
        let voxel = origin.voxel + ((place >> 2) * width + (place >> 1 & 1)) * width + (place & 1)
        inputGradient[voxel * channels + channel] = outputGradient[window * channels + channel]
      }
    }
  }

  /// The first voxel of a window.
  private struct Origin {
    let z: Int
    let y: Int
    let x: Int
    let voxel: Int

    /// The voxel at a place of the window, or nil if that is beyond the box.
    func voxel(at place: UInt8, width: Int) -> Int? {
      let (dz, dy, dx) = (Int(place >> 2), Int(place >> 1 & 1), Int(place & 1))
      guard z + dz < width, y + dy < width, x + dx < width else { return nil }
      return voxel + (dz * width + dy) * width + dx
    }
  }

  private func forEachWindow(_ body: (_ window: Int, _ origin: Origin) -> Void) {
    var window = 0
    for z in stride(from: 0, to: width, by: 2) {
      for y in stride(from: 0, to: width, by: 2) {
        for x in stride(from: 0, to: width, by: 2) {
          body(window, Origin(z: z, y: y, x: x, voxel: (z * width + y) * width + x))
          window += 1
        }
      }
    }
  }
}
