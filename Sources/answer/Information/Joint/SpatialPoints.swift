internal import CKernels

/// Points in space with weights, as the kernels read them.
package struct SpatialPoints: MixturePoints {
  /// The mixtures that are fitted to them.
  package typealias Mixture = SpatialMixture

  /// The sums that make a component.
  package typealias Moments = SpatialMoments

  /// The number of points.
  package let count: Int

  /// The sum of the weights.
  package let totalWeight: Double

  /// Coordinates, filled up with points of weight zero to whole vectors.
  let x: [Double]
  let y: [Double]
  let z: [Double]

  /// The weight of each point, filled up with zeros to whole vectors.
  package let weights: [Double]

  /// Makes points; without weights, each has the weight one.
  ///
  /// All coordinates are finite, and the columns equally long.
  package init(x: [Double], y: [Double], z: [Double], weights: [Double]? = nil) {
    precondition(
      y.count == x.count && z.count == x.count && weights?.count ?? x.count == x.count,
      "a column is short")
    let lanes = Int(HALOMPI_MIXTURE_LANES)
    let filling = [Double](repeating: 0, count: (lanes - x.count % lanes) % lanes)
    let own = weights ?? [Double](repeating: 1, count: x.count)
    count = x.count
    totalWeight = own.reduce(0, +)
    self.x = x + filling
    self.y = y + filling
    self.z = z + filling
    self.weights = own + filling
  }

  /// Returns the points that are drawn, each with its weight times the number of times, [count].
  package func resampled(_ multiplicities: [UInt32]) -> SpatialPoints {
    precondition(multiplicities.count == count, "a multiplicity is missing")
    let rows = multiplicities.indices.filter { multiplicities[$0] > 0 }
    return SpatialPoints(
      x: rows.map { x[$0] }, y: rows.map { y[$0] }, z: rows.map { z[$0] },
      weights: rows.map { weights[$0] * Double(multiplicities[$0]) })
  }

  /// Returns the point of a row.
  package func place(of row: Int) -> SpatialMoments.Place { (x[row], y[row], z[row]) }

  /// Returns the square of the distance of two places.
  package static func squaredDistance(
    _ one: SpatialMoments.Place, _ other: SpatialMoments.Place
  ) -> Double {
    let (dx, dy, dz) = (one.x - other.x, one.y - other.y, one.z - other.z)
    return dx * dx + dy * dy + dz * dz
  }
}

/// The sums of shares of points in space that make a component, about the origin.
package struct SpatialMoments: ComponentMoments {
  /// A place in space.
  package typealias Place = (x: Double, y: Double, z: Double)

  /// The sum of the shares.
  package private(set) var weight = 0.0
  private var x = 0.0
  private var y = 0.0
  private var z = 0.0
  private var xx = 0.0
  private var xy = 0.0
  private var xz = 0.0
  private var yy = 0.0
  private var yz = 0.0
  private var zz = 0.0

  /// Makes the sums of no points.
  package init() {}

  /// The mean of the points, if any were added.
  package var mean: Place { (x / weight, y / weight, z / weight) }

  /// Adds a share of the point of a row.
  package mutating func add(_ points: SpatialPoints, _ row: Int, _ share: Double) {
    let (px, py, pz) = (points.x[row], points.y[row], points.z[row])
    weight += share
    x += share * px
    y += share * py
    z += share * pz
    xx += share * px * px
    xy += share * px * py
    xz += share * px * pz
    yy += share * py * py
    yz += share * py * pz
    zz += share * pz * pz
  }

  /// Returns the component in a mixture that is fitted to points with the weight `total`.
  func component(of total: Double) -> SpatialMixture.Component {
    let population = max(weight, Double.leastNormalMagnitude)
    let (mx, my, mz) = (x / population, y / population, z / population)
    return SpatialMixture.Component(
      weight: weight / total, mean: [mx, my, mz],
      covariance: SpatialMixture.Covariance(
        xx: xx / population - mx * mx, xy: xy / population - mx * my,
        xz: xz / population - mx * mz, yy: yy / population - my * my,
        yz: yz / population - my * mz, zz: zz / population - mz * mz))
  }
}
