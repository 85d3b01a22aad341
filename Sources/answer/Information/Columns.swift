internal import Foundation

/// Two columns of numbers, checked and brought to mean zero and variance one.
///
/// Mutual information does not change with the units of a column. Standardized, the starts by k-means see both
/// columns alike, and the regularization of the fits is a share of the variance.
struct Columns: Sendable {
  /// The map of a standardized value z to one of the column: center + scale z.
  struct Standardization: Sendable {
    let center: Double
    let scale: Double
  }

  /// The least number of rows for an estimate.
  static let fewestRows = 10

  let x: [Double]
  let y: [Double]
  let standardizationX: Standardization
  let standardizationY: Standardization

  /// The correlation of the columns.
  let correlation: Double

  init(_ x: [Double], _ y: [Double]) throws(InformationError) {
    guard x.count == y.count else {
      throw .unequalLengths(what: "the second column", count: y.count, expected: x.count)
    }
    guard x.count >= Self.fewestRows else {
      throw .tooFewPoints(count: x.count, needed: Self.fewestRows)
    }
    (self.x, standardizationX) = try Self.standardized(x, .first)
    (self.y, standardizationY) = try Self.standardized(y, .second)
    correlation = zip(self.x, self.y).reduce(0) { $0 + $1.0 * $1.1 } / Double(x.count)
    guard 1 - abs(correlation) > 1e-13 else { throw .linear }
  }

  /// The smaller eigenvalue of the covariance matrix of the standardized columns.
  var smallestVariance: Double { 1 - abs(correlation) }

  /// The mutual information if the columns were one Gaussian [nats].
  var gaussianValue: Double { -0.5 * log1p(-correlation * correlation) }

  /// A mixture of the standardized columns in their own units.
  func inOwnUnits(_ mixture: GaussianMixture) -> GaussianMixture {
    var mixture = mixture
    for number in mixture.components.indices {
      mixture.components[number].meanX =
        standardizationX.center + standardizationX.scale * mixture.components[number].meanX
      mixture.components[number].meanY =
        standardizationY.center + standardizationY.scale * mixture.components[number].meanY
      mixture.components[number].varianceX *= standardizationX.scale * standardizationX.scale
      mixture.components[number].covariance *= standardizationX.scale * standardizationY.scale
      mixture.components[number].varianceY *= standardizationY.scale * standardizationY.scale
    }
    return mixture
  }

  /// The columns whose values are mostly repeated.
  var repeated: [MutualInformation.Warning] {
    [(InformationError.Column.first, x), (.second, y)].compactMap(Self.repeated)
  }

  /// A warning if the values of a column are mostly repeated.
  static func repeated(
    _ column: InformationError.Column, _ values: [Double]
  ) -> MutualInformation.Warning? {
    let distinct = Set(values).count
    guard distinct * 2 < values.count else { return nil }
    return .repeatedValues(column: column.rawValue, distinct: distinct, rows: values.count)
  }

  /// A column with mean zero and variance one, and the way back.
  static func standardized(
    _ values: [Double], _ column: InformationError.Column
  ) throws(InformationError) -> ([Double], Standardization) {
    if let row = values.firstIndex(where: { !$0.isFinite }) {
      throw .notFinite(column: column, row: row)
    }
    // About the first value, and in units of the largest difference, no sum overflows or cancels.
    let origin = values[0]
    let largest = values.reduce(0) { max($0, abs($1 * 0.5 - origin * 0.5)) }
    guard largest > 0 else { throw .constant(column: column, value: origin) }
    let differences = values.map { ($0 * 0.5 - origin * 0.5) / largest }
    let mean = differences.reduce(0, +) / Double(values.count)
    let squares = differences.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
    let deviation = (squares / Double(values.count)).squareRoot()
    return (
      differences.map { ($0 - mean) / deviation },
      Standardization(center: origin + mean * largest * 2, scale: deviation * largest * 2)
    )
  }
}
