internal import CKernels
internal import Foundation

/// The average of ln p over one Gaussian of a mixture in space with the density p, by adaptive quadrature.
///
/// As ``GaussianQuadrature``, in the three coordinates in which the Gaussian is round and of width one: cells with
/// Gauss's rule of eight points an axis are halved across the axis that matters most, as long as that changes their
/// share by too much, and in any case while a far thinner Gaussian lies in them unresolved.
struct SpatialQuadrature {
  /// A box of the whitened coordinates.
  private struct Cell {
    var center: SIMD3<Double>
    var half: SIMD3<Double>

    func halves(across axis: Int) -> (Cell, Cell) {
      var (one, other) = (self, self)
      let quarter = 0.5 * half[axis]
      (one.half[axis], other.half[axis]) = (quarter, quarter)
      one.center[axis] -= quarter
      other.center[axis] += quarter
      return (one, other)
    }
  }

  /// Another Gaussian as seen from this one: its whitened coordinates at the origin, and along each axis.
  private struct Neighbour {
    var origin: SIMD3<Double>
    var along: [SIMD3<Double>]
  }

  /// Beyond this distance along an axis a Gaussian has a share of 6e-9.
  private static let reach = 6.0

  /// The cells that an average may take; where they end, what is left is in its error.
  private static let mostCells = 4000

  private let gaussians: [halompi_spatial_gaussian]
  private let mean: [Double]
  private let factor: [Double]
  private let neighbours: [Neighbour]

  init(
    of gaussians: [halompi_spatial_gaussian], over mean: SIMD3<Double>, _ factor: CholeskyFactor
  ) {
    self.gaussians = gaussians
    self.mean = [mean.x, mean.y, mean.z]
    self.factor = factor.elements
    let columns: [SIMD3<Double>] = [
      [factor.xx, factor.yx, factor.zx], [0, factor.yy, factor.zy], [0, 0, factor.zz],
    ]
    neighbours = gaussians.map { other in
      Neighbour(
        origin: other.whitened(mean - [other.mean_x, other.mean_y, other.mean_z]),
        along: columns.map(other.whitened))
    }
  }

  /// Computes the average.
  ///
  /// - Parameter tolerance: A cell is halved if that changes its share of the average by more.
  /// - Returns: The average, with the sum of the last changes of all cells as its error.
  func average(tolerance: Double) -> GaussianQuadrature.Average {
    var average = GaussianQuadrature.Average(value: 0, error: 0)
    let half = 0.5 * Self.reach
    var cells: [(cell: Cell, share: Double)] = (0..<8).map { corner in
      let center = SIMD3(
        corner & 1 == 0 ? -half : half, corner & 2 == 0 ? -half : half,
        corner & 4 == 0 ? -half : half)
      let cell = Cell(center: center, half: SIMD3(repeating: half))
      return (cell, share(of: cell))
    }
    var next = 0
    while next < cells.count {
      let (cell, whole) = cells[next]
      next += 1
      let unresolved = unresolvedExtents(in: cell)
      // The changes across the axes are of different errors of the rule, so that their sum mends all.
      var (sum, largest) = (0.0, 0.0)
      var parts: [(Cell, Double)] = []
      for number in 0..<3 {
        if let unresolved, unresolved[number] < unresolved.max() { continue }
        let (one, other) = cell.halves(across: number)
        let shares = (share(of: one), share(of: other))
        let change = shares.0 + shares.1 - whole
        sum += change
        if parts.isEmpty || abs(change) > largest {
          largest = abs(change)
          parts = [(one, shares.0), (other, shares.1)]
        }
        if unresolved != nil { break }
      }
      let isFull = cells.count >= Self.mostCells
      if !isFull, largest > tolerance || unresolved != nil {
        cells += parts
      } else {
        average.value += whole + sum
        average.error += largest
      }
    }
    return average
  }

  /// Half the extents of the cell in the widths of the Gaussian that is thinnest in it, if that is too thin.
  private func unresolvedExtents(in cell: Cell) -> SIMD3<Double>? {
    // Eight points in six widths of a Gaussian see it; four widths from its center it matters little.
    let (resolved, reach) = (3.0, 4.0)
    var worst: SIMD3<Double>?
    for neighbour in neighbours {
      var extents = SIMD3<Double>()
      var center = neighbour.origin
      for axis in 0..<3 {
        extents[axis] = cell.half[axis] * length(neighbour.along[axis])
        center += cell.center[axis] * neighbour.along[axis]
      }
      guard extents.max() > max(resolved, worst?.max() ?? 0) * (1 + 1e-12) else { continue }
      if length(center) - extents.sum() < reach { worst = extents }
    }
    return worst
  }

  private func length(_ vector: SIMD3<Double>) -> Double { (vector * vector).sum().squareRoot() }

  /// The integral of ln p times the Gaussian over a cell.
  private func share(of cell: Cell) -> Double {
    var places: [Double] = []
    var weights: [Double] = []
    for axis in 0..<3 {
      let scale = cell.half[axis] / (2 * Double.pi).squareRoot()
      for (node, weight) in zip(GaussianQuadrature.nodes, GaussianQuadrature.weights) {
        let place = cell.center[axis] + cell.half[axis] * node
        places.append(place)
        weights.append(scale * weight * exp(-0.5 * place * place))
      }
    }
    return halompi_spatial_mixture_cell(
      gaussians, gaussians.count, mean, factor, places, weights, HALOMPI_FASTEST)
  }
}

extension halompi_spatial_gaussian {
  /// A difference of places in the coordinates in which this Gaussian is round and of width one.
  fileprivate func whitened(_ difference: SIMD3<Double>) -> SIMD3<Double> {
    [
      inverse_xx * difference.x, inverse_yx * difference.x + inverse_yy * difference.y,
      inverse_zx * difference.x + inverse_zy * difference.y + inverse_zz * difference.z,
    ]
  }
}
