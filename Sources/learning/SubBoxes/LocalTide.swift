internal import Fields

/// Finds the tide of a particle from what its box shows of the initial field.
///
/// The tidal tensor without its trace is, in the order in which an input has them: that of `tides` at the center
/// voxel; the second differences of `potential` around it; or the one that the `density` inside of the box makes,
///
///     T_ij = -1/(4 pi) sum over 0 < r <= R of delta(x) (3 x_i x_j - r^2 delta_ij) / r^5
///
/// which is the second derivative of Green's function of Poisson's equation. R is the radius of ``BoxPerturber``, and
/// lengths are in voxels.
struct LocalTide: Sendable {
  private enum Shown { case tides, potential, density }

  private let shown: Shown
  private let fields: [GridField<Float>]
  private let scales: [Standardization]
  private let width: Int

  /// Looks at an input; `nil` if its boxes show no tide with axes.
  init?(_ input: NetworkInput, boxWidth: Int, standardization: InputStandardization) {
    if input.names.contains(.tides) {
      shown = .tides
    } else if input.names.contains(.density) {
      shown = .density
    } else if input.names.contains(.potential) {
      shown = .potential
    } else {
      return nil
    }
    fields = input.fields
    scales = standardization.channels
    width = boxWidth
  }

  /// Returns the tensor without its trace at the center of a standardized box [channel, w, w, w], along the axes of the
  /// box; of a potential in its unit for voxels of width 1.
  func tensor(of box: UnsafePointer<Float>) -> SymmetricTensor {
    switch shown {
    case .tides: tides(box)
    case .potential: withoutTrace(differences(of: box + voxels(of: .potential), .potential))
    case .density: sum(over: box + voxels(of: .density))
    }
  }

  private var center: Int { (width / 2 * width + width / 2) * width + width / 2 }

  /// The place of a field's first voxel in a box.
  private func voxels(of field: GridField<Float>) -> Int {
    (fields.firstIndex(of: field) ?? 0) * width * width * width
  }

  private func scale(of field: GridField<Float>) -> Standardization {
    scales[fields.firstIndex(of: field) ?? 0]
  }

  private func tides(_ box: UnsafePointer<Float>) -> SymmetricTensor {
    withoutTrace(
      SymmetricTensor { axes in
        guard let field = GridField.tides.first(where: { $0.tensorAxes == axes }) else { return 0 }
        let scale = scale(of: field)
        return Double(box[voxels(of: field) + center]) * scale.standardDeviation + scale.mean
      })
  }

  private func differences(
    of box: UnsafePointer<Float>, _ field: GridField<Float>
  ) -> SymmetricTensor {
    let strides = [width * width, width, 1]
    let deviation = scale(of: field).standardDeviation
    func value(_ offset: Int) -> Double { Double(box[center + offset]) * deviation }
    return SymmetricTensor { axes in
      let (i, j) = (strides[axes.first], strides[axes.second])
      if i == j { return value(i) + value(-i) - 2 * value(0) }
      return (value(i + j) + value(-i - j) - value(i - j) - value(j - i)) / 4
    }
  }

  private func sum(over box: UnsafePointer<Float>) -> SymmetricTensor {
    let radius = (width - 1) / 2
    // xx, yy, zz, xy, xz, yz.
    let pairs = GridField.tides.compactMap(\.tensorAxes)
    var sums = [Double](repeating: 0, count: pairs.count)
    for x in -radius...radius {
      for y in -radius...radius {
        let row = center + (x * width + y) * width
        for z in -radius...radius {
          let square = x * x + y * y + z * z
          guard square > 0, square <= radius * radius else { continue }
          let r2 = Double(square)
          let weight = Double(box[row + z]) / (r2 * r2 * r2.squareRoot())
          let (dx, dy, dz) = (Double(x), Double(y), Double(z))
          sums[0] += weight * (3 * dx * dx - r2)
          sums[1] += weight * (3 * dy * dy - r2)
          sums[2] += weight * (3 * dz * dz - r2)
          sums[3] += weight * 3 * dx * dy
          sums[4] += weight * 3 * dx * dz
          sums[5] += weight * 3 * dy * dz
        }
      }
    }
    let factor = -scale(of: .density).standardDeviation / (4 * .pi)
    return SymmetricTensor { axes in
      factor * (pairs.firstIndex(of: axes).map { sums[$0] } ?? 0)
    }
  }

  private func withoutTrace(_ tensor: SymmetricTensor) -> SymmetricTensor {
    let third = (0..<3).reduce(0) { $0 + tensor[TensorAxes($1, $1)] } / 3
    return SymmetricTensor { tensor[$0] - ($0.first == $0.second ? third : 0) }
  }
}
