/// Points with weights that a mixture of Gaussians can be fitted to.
///
/// The search for the number of components, the starts and the fits are the same in the plane
/// (``WeightedPoints``) and in space (``SpatialPoints``).
package protocol MixturePoints: Sendable {
  /// A mixture of as many dimensions.
  associatedtype Mixture: FittableMixture where Mixture.Points == Self

  /// The sums that make a component of it.
  associatedtype Moments: ComponentMoments where Moments.Points == Self

  /// The number of points.
  var count: Int { get }

  /// The sum of the weights.
  var totalWeight: Double { get }

  /// The weight of each point, filled up with zeros to whole vectors.
  var weights: [Double] { get }

  /// Returns the points that are drawn, each with its weight times the number of times, [count].
  func resampled(_ multiplicities: [UInt32]) -> Self

  /// Returns the point of a row.
  func place(of row: Int) -> Moments.Place

  /// Returns the square of the distance of two places.
  static func squaredDistance(_ one: Moments.Place, _ other: Moments.Place) -> Double
}

extension MixturePoints {
  /// Returns the points of the rows for which `isIncluded` is true.
  package func filtered(_ isIncluded: (Int) -> Bool) -> Self {
    resampled((0..<count).map { isIncluded($0) ? 1 : 0 })
  }

  /// Returns at most `maximum` of the points, evenly spaced.
  func thinned(to maximum: Int) -> Self {
    maximum < count ? filtered { $0 * maximum % count < maximum } : self
  }
}

/// The sums over points, about the origin, that make a component of a mixture.
package protocol ComponentMoments {
  /// The points that are added.
  associatedtype Points

  /// A place among the points.
  associatedtype Place: Sendable

  /// Makes the sums of no points.
  init()

  /// The sum of the shares.
  var weight: Double { get }

  /// The mean of the points, if any were added.
  var mean: Place { get }

  /// Adds a share of the point of a row.
  mutating func add(_ points: Points, _ row: Int, _ share: Double)
}

/// A mixture of Gaussians that expectation maximization can improve.
package protocol FittableMixture: Hashable, Sendable {
  /// The points that it is fitted to.
  associatedtype Points: MixturePoints

  /// Makes a mixture with a component for each of the moments, which share `total` of weight.
  init(moments: [Points.Moments], of total: Double)

  /// The number of components.
  var componentCount: Int { get }

  /// Returns the mixture of the other components; the weights again sum to one.
  func without(_ number: Int) -> Self

  /// Returns how narrow a component is: about the smallest eigenvalue of its covariance matrix.
  func smallestVariance(of component: Int) -> Double

  /// Returns the mean of ln p over points, by their weights.
  ///
  /// - Throws: ``InformationError/singular(component:)``.
  func meanLogDensity(of points: Points) throws(InformationError) -> Double

  /// Does one iteration of expectation maximization.
  ///
  /// - Parameters:
  ///   - points: The points.
  ///   - regularization: The term that is added to the variances, in the units of the points squared.
  ///   - precision: The precision of the arithmetic for each point.
  /// - Returns: The mean of ln p over the points under the parameters before it [nats].
  /// - Throws: ``InformationError/singular(component:)``.
  mutating func improve(
    on points: Points, regularization: Double, precision: FitPrecision
  ) throws(InformationError) -> Double

  /// Checks that all covariances are positive definite.
  ///
  /// - Throws: ``InformationError/singular(component:)``.
  func check() throws(InformationError)
}
