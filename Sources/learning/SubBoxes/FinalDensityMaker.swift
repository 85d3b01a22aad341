internal import CKernels
internal import Fields
internal import Foundation

/// Makes boxes of the final density around particles, standardized.
///
/// A voxel holds log10(rho/rho_mean) at its center, rho the sum of the particles' masses smoothed with
/// the cubic spline over their own lengths (scatter; pynbody's `to_3d_grid`, which the paper's runs use,
/// Section V). Voxel w/2, rounded down, of each axis is centered on the particle. A length is at least half
/// a voxel, so that no particle falls between the centers, and a density at least ``floor``.
struct FinalDensityMaker: Sendable {
  /// The least density [rho/rho_mean], which voxels that no particle reaches have.
  static let floor: Float = 0.01

  private let particles: CellSortedParticles
  private let boxWidth: Int
  private let voxelSize: Double
  private let standardization: Standardization

  init(
    _ particles: CellSortedParticles, boxWidth: Int, voxelSize: Double,
    standardization: Standardization
  ) {
    self.particles = particles
    self.boxWidth = boxWidth
    self.voxelSize = voxelSize
    self.standardization = standardization
  }

  /// Writes the box around the particle of a site.
  ///
  /// - Parameters:
  ///   - site: The index of the particle's site, (ix N + iy) N + iz.
  ///   - box: The destination of the box, [w, w, w].
  func write(around site: Int, into box: UnsafeMutablePointer<Float>) {
    let near = nearParticles(around: site)
    let voxelCount = boxWidth * boxWidth * boxWidth
    box.update(repeating: 0, count: voxelCount)
    near.withUnsafeBufferPointer {
      halompi_smooth_particles(
        $0.baseAddress, $0.count / 4, Int32(boxWidth), box, HALOMPI_FASTEST)
    }
    let volume = Float(particles.particleVolume / (voxelSize * voxelSize * voxelSize))
    for voxel in 0..<voxelCount {
      box[voxel] = standardization(log10(max(box[voxel] * volume, Self.floor)))
    }
  }

  /// The particles whose kernels may reach a voxel's center, [particle, 4]: positions from the center of
  /// voxel (0, 0, 0), and smoothing lengths, in voxels; periodic images of their own.
  private func nearParticles(around site: Int) -> [Float] {
    let center = particles.particles + 4 * particles.place(ofSite: site)
    let (xLayers, yLayers, zLayers) = (
      layers(around: center[0]), layers(around: center[1]), layers(around: center[2])
    )
    let side = particles.grid.cellsPerSide
    var near: [Float] = []
    for x in xLayers {
      for y in yLayers {
        for z in zLayers {
          let cell = (x.cell * side + y.cell) * side + z.cell
          let members = Int(particles.starts[cell])..<Int(particles.starts[cell + 1])
          let reach = reach(of: particles.reaches[cell])
          guard !members.isEmpty, max(x.distance, y.distance, z.distance) <= reach else { continue }
          for member in members {
            let particle = particles.particles + 4 * member
            near.append(Float((Double(particle[0]) + x.shift) / voxelSize))
            near.append(Float((Double(particle[1]) + y.shift) / voxelSize))
            near.append(Float((Double(particle[2]) + z.shift) / voxelSize))
            near.append(Float(self.reach(of: particle[3]) / (2 * voxelSize)))
          }
        }
      }
    }
    return near
  }

  /// The cells of one axis whose particles may reach the box, those of periodic images too.
  private func layers(around coordinate: Float) -> [Layer] {
    let first = Double(coordinate) - Double(boxWidth / 2) * voxelSize
    let last = first + Double(boxWidth - 1) * voxelSize
    let (size, side) = (particles.grid.cellSize, particles.grid.cellsPerSide)
    let reach = reach(of: Float(particles.largestSmoothingLength))
    let range =
      Int(((first - reach) / size).rounded(.down))...Int(((last + reach) / size).rounded(.down))
    return range.map { index in
      let cell = (index % side + side) % side
      let low = Double(index) * size
      return Layer(
        cell: cell, shift: Double((index - cell) / side) * particles.grid.boxSize - first,
        distance: max(0, low - last, first - (low + size)))
    }
  }

  /// Returns the radius of a kernel: twice the smoothing length, or one voxel if larger [Mpc/h].
  private func reach(of smoothingLength: Float) -> Double {
    2 * max(Double(smoothingLength), voxelSize / 2)
  }

  /// The cells of one index along an axis.
  private struct Layer {
    /// The index in the box.
    let cell: Int

    /// The number added to particles' coordinates to count them from the center of voxel 0 [Mpc/h].
    let shift: Double

    /// The distance from the range of the voxels' centers, zero inside it [Mpc/h].
    let distance: Double
  }
}
