internal import CKernels
internal import Foundation

/// The average of ln p over one Gaussian of a mixture with the density p, by adaptive quadrature.
///
/// The plane is that of the Gaussian's own coordinates (u, v), in which it is round and of width one. It is
/// divided into cells with Gauss's rule of eight points an axis in each. A cell is halved, across the axis
/// that matters more, as long as that changes its share by too much; and in any case while another Gaussian
/// of the mixture, which may be far thinner, lies in it unresolved. Nothing lies between the points unseen.
struct GaussianQuadrature {
  /// An average and how well it is known.
  struct Average {
    var value: Double
    var error: Double
  }

  /// A rectangle of the (u, v) plane.
  private struct Cell {
    var centerU: Double
    var centerV: Double
    var halfU: Double
    var halfV: Double

    var halvesInU: (Cell, Cell) {
      var (one, other) = (self, self)
      (one.halfU, other.halfU) = (0.5 * halfU, 0.5 * halfU)
      (one.centerU, other.centerU) = (centerU - 0.5 * halfU, centerU + 0.5 * halfU)
      return (one, other)
    }

    var halvesInV: (Cell, Cell) {
      var (one, other) = (self, self)
      (one.halfV, other.halfV) = (0.5 * halfV, 0.5 * halfV)
      (one.centerV, other.centerV) = (centerV - 0.5 * halfV, centerV + 0.5 * halfV)
      return (one, other)
    }

    /// The distance from the origin of the point that is nearest to it.
    var distance: Double {
      hypot(max(0, abs(centerU) - halfU), max(0, abs(centerV) - halfV))
    }
  }

  /// Another Gaussian as seen from this one: its whitened coordinates at the origin, and along u and v.
  private struct Neighbour {
    var origin: SIMD2<Double>
    var alongU: SIMD2<Double>
    var alongV: SIMD2<Double>
  }

  /// Beyond this radius a Gaussian has a share of 2e-11.
  private static let radius = 7.0

  /// The cells that an average may take; where they end, what is left is in its error.
  private static let mostCells = 6000

  /// Gauss's rule of eight points on [-1, 1], Abramowitz, Stegun 1964, table 25.4.
  static let nodes: [Double] = {
    let positive = [
      0.183_434_642_495_649_8, 0.525_532_409_916_329_0, 0.796_666_477_413_626_7,
      0.960_289_856_497_536_3,
    ]
    return positive.reversed().map { -$0 } + positive
  }()

  /// The weights of the rule.
  static let weights: [Double] = {
    let positive = [
      0.362_683_783_378_362_0, 0.313_706_645_877_887_3, 0.222_381_034_453_374_5,
      0.101_228_536_290_376_3,
    ]
    return positive.reversed() + positive
  }()

  private let gaussians: [halompi_gaussian]
  private let mean: SIMD2<Double>
  private let factor: (xx: Double, yx: Double, yy: Double)
  private let neighbours: [Neighbour]
  private let isLine: Bool

  /// Points and weights of a cell, as the kernel reads them.
  private var x: [Double]
  private var y: [Double]
  private var pointWeights: [Double]

  /// An average over the plane, for the Gaussian with this mean and covariance L L^T.
  init(
    of gaussians: [halompi_gaussian], over mean: SIMD2<Double>,
    _ factor: (xx: Double, yx: Double, yy: Double)
  ) {
    self.init(gaussians, mean, factor, isLine: false)
  }

  /// An average over a line: of the logarithm of a density of one coordinate.
  init(ofLine gaussians: [halompi_gaussian], over mean: Double, _ deviation: Double) {
    self.init(gaussians, [mean, 0], (deviation, 0, 0), isLine: true)
  }

  private init(
    _ gaussians: [halompi_gaussian], _ mean: SIMD2<Double>,
    _ factor: (xx: Double, yx: Double, yy: Double), isLine: Bool
  ) {
    self.gaussians = gaussians
    self.mean = mean
    self.factor = factor
    self.isLine = isLine
    neighbours = gaussians.map { other in
      let dx = mean.x - other.mean_x
      let dy = mean.y - other.mean_y
      return Neighbour(
        origin: [other.inverse_xx * dx, other.inverse_yx * dx + other.inverse_yy * dy],
        alongU: [
          other.inverse_xx * factor.xx, other.inverse_yx * factor.xx + other.inverse_yy * factor.yx,
        ],
        alongV: [0, other.inverse_yy * factor.yy])
    }
    let points = isLine ? 8 : 64
    x = [Double](repeating: 0, count: points)
    y = x
    pointWeights = x
  }

  /// Computes the average.
  ///
  /// - Parameter tolerance: A cell is halved if that changes its share of the average by more.
  /// - Returns: The average, with the sum of the last changes of all cells as its error.
  mutating func average(tolerance: Double) -> Average {
    var average = Average(value: 0, error: 0)
    let half = 0.25 * Self.radius
    let places = [-3 * half, -half, half, 3 * half]
    var cells: [(cell: Cell, share: Double)] = []
    for u in places {
      for v in isLine ? [0] : places {
        let cell = Cell(centerU: u, centerV: v, halfU: half, halfV: isLine ? 0 : half)
        if cell.distance < Self.radius { cells.append((cell, share(of: cell))) }
      }
    }
    var next = 0
    while next < cells.count {
      let (cell, whole) = cells[next]
      next += 1
      let (one, other, change, acrossBoth) = halved(cell, whole)
      let isFull = cells.count >= Self.mostCells
      if !isFull, abs(change) > tolerance || unresolvedExtents(in: cell) != nil {
        cells.append(one)
        cells.append(other)
      } else {
        average.value += whole + acrossBoth
        average.error += abs(change)
      }
    }
    return average
  }

  /// A cell with the integral over it.
  private typealias Share = (cell: Cell, share: Double)

  /// Halves a cell across the axis along which there is more to resolve.
  ///
  /// The changes across the two axes are of different errors of the rule, so that their sum mends both.
  private mutating func halved(
    _ cell: Cell, _ whole: Double
  ) -> (one: Share, other: Share, change: Double, acrossBoth: Double) {
    func parts(
      _ halves: (Cell, Cell), _ share: (Cell) -> Double
    ) -> (one: Share, other: Share, change: Double, acrossBoth: Double) {
      let (one, other) = (share(halves.0), share(halves.1))
      let change = one + other - whole
      return ((halves.0, one), (halves.1, other), change, change)
    }
    if isLine { return parts(cell.halvesInU) { share(of: $0) } }
    if let extents = unresolvedExtents(in: cell) {
      return parts(extents.u > extents.v ? cell.halvesInU : cell.halvesInV) { share(of: $0) }
    }
    let inU = parts(cell.halvesInU) { share(of: $0) }
    let inV = parts(cell.halvesInV) { share(of: $0) }
    var larger = abs(inU.change) > abs(inV.change) ? inU : inV
    larger.acrossBoth = inU.change + inV.change
    return larger
  }

  /// Half the extents of the cell in the widths of the Gaussian that is thinnest in it, if that is too thin.
  private func unresolvedExtents(in cell: Cell) -> (u: Double, v: Double)? {
    // Eight points in six widths of a Gaussian see it; four widths from its center it matters little.
    let (resolved, reach) = (3.0, 4.0)
    var worst: (u: Double, v: Double)?
    for neighbour in neighbours {
      let u = cell.halfU * length(neighbour.alongU)
      let v = cell.halfV * length(neighbour.alongV)
      guard max(u, v) > max(resolved, worst.map { max($0.u, $0.v) } ?? 0) else { continue }
      let center =
        neighbour.origin + cell.centerU * neighbour.alongU + cell.centerV * neighbour.alongV
      if length(center) - u - v < reach { worst = (u, v) }
    }
    return worst
  }

  private func length(_ vector: SIMD2<Double>) -> Double { (vector * vector).sum().squareRoot() }

  /// The integral of ln p times the Gaussian over a cell.
  private mutating func share(of cell: Cell) -> Double {
    let scale = cell.halfU / (2 * Double.pi).squareRoot()
    let scaleV = isLine ? 1 : cell.halfV / (2 * Double.pi).squareRoot()
    var point = 0
    for (nodeV, weightV) in isLine ? [(0, 1)] : Array(zip(Self.nodes, Self.weights)) {
      let v = cell.centerV + cell.halfV * nodeV
      for (nodeU, weightU) in zip(Self.nodes, Self.weights) {
        let u = cell.centerU + cell.halfU * nodeU
        x[point] = mean.x + factor.xx * u
        y[point] = mean.y + factor.yx * u + factor.yy * v
        pointWeights[point] = scale * scaleV * weightU * weightV * exp(-0.5 * (u * u + v * v))
        point += 1
      }
    }
    return halompi_mixture_step(
      gaussians, gaussians.count, x, y, pointWeights, x.count, nil, HALOMPI_DOUBLE,
      HALOMPI_FASTEST)
  }
}
