internal import CKernels

/// Points of the plane with weights, as the kernels read them.
package struct WeightedPoints: MixturePoints {
  /// The number of points.
  package let count: Int

  /// The sum of the weights.
  package let totalWeight: Double

  /// The mixtures that are fitted to them.
  package typealias Mixture = GaussianMixture

  /// The sums that make a component.
  package typealias Moments = PlanarMoments

  /// Coordinates, filled up with points of weight zero to whole vectors.
  let x: [Double]
  let y: [Double]

  /// The weight of each point, filled up with zeros to whole vectors.
  package let weights: [Double]

  /// Makes points; without weights, each has the weight one.
  ///
  /// All coordinates are finite, and the columns equally long.
  package init(x: [Double], y: [Double], weights: [Double]? = nil) {
    precondition(x.count == y.count && weights?.count ?? x.count == x.count, "a column is short")
    let lanes = Int(HALOMPI_MIXTURE_LANES)
    let filling = (lanes - x.count % lanes) % lanes
    count = x.count
    self.x = x + [Double](repeating: 0, count: filling)
    self.y = y + [Double](repeating: 0, count: filling)
    let own = weights ?? [Double](repeating: 1, count: x.count)
    self.weights = own + [Double](repeating: 0, count: filling)
    totalWeight = own.reduce(0, +)
  }

  /// Returns the points that are drawn; those that are not drawn are left out.
  ///
  /// - Parameter multiplicities: The number of times that each point is drawn, [count].
  /// - Returns: The points with their weights times their multiplicities.
  package func resampled(_ multiplicities: [UInt32]) -> WeightedPoints {
    precondition(multiplicities.count == count, "a multiplicity is missing")
    var x: [Double] = []
    var y: [Double] = []
    var weights: [Double] = []
    for (row, multiplicity) in multiplicities.enumerated() where multiplicity > 0 {
      x.append(self.x[row])
      y.append(self.y[row])
      weights.append(self.weights[row] * Double(multiplicity))
    }
    return WeightedPoints(x: x, y: y, weights: weights)
  }

  /// Returns the point of a row.
  package func place(of row: Int) -> PlanarMoments.Place { (x[row], y[row]) }

  /// Returns the square of the distance of two places.
  package static func squaredDistance(
    _ one: PlanarMoments.Place, _ other: PlanarMoments.Place
  ) -> Double {
    let dx = one.x - other.x
    let dy = one.y - other.y
    return dx * dx + dy * dy
  }
}

/// The sums of shares of points of the plane that make a component, about the origin.
package struct PlanarMoments: ComponentMoments {
  /// A place in the plane.
  package typealias Place = (x: Double, y: Double)

  /// The sum of the shares.
  package private(set) var weight = 0.0
  private var x = 0.0
  private var y = 0.0
  private var xx = 0.0
  private var xy = 0.0
  private var yy = 0.0

  /// Makes the sums of no points.
  package init() {}

  /// The mean of the points, if any were added.
  package var mean: Place { (x / weight, y / weight) }

  /// Adds a share of the point of a row.
  package mutating func add(_ points: WeightedPoints, _ row: Int, _ share: Double) {
    let (px, py) = (points.x[row], points.y[row])
    weight += share
    x += share * px
    y += share * py
    xx += share * px * px
    xy += share * px * py
    yy += share * py * py
  }

  /// Returns the component in a mixture that is fitted to points with the weight `total`.
  func component(of total: Double) -> GaussianMixture.Component {
    let population = max(weight, Double.leastNormalMagnitude)
    let meanX = x / population
    let meanY = y / population
    return GaussianMixture.Component(
      weight: weight / total, meanX: meanX, meanY: meanY,
      varianceX: xx / population - meanX * meanX,
      covariance: xy / population - meanX * meanY,
      varianceY: yy / population - meanY * meanY)
  }
}
