internal import Foundation

/// A target column and two that carry information about it, brought to mean zero and variance one.
struct JointColumns: Sendable {
  /// The standardized columns: the target, and the two that carry information about it.
  let target: [Double]
  let first: [Double]
  let second: [Double]

  private let standardizations: [Columns.Standardization]

  /// The matrix of correlations.
  let correlation: SpatialMixture.Covariance

  init(_ target: [Double], _ first: [Double], _ second: [Double]) throws(InformationError) {
    for (what, column) in [("the second column", first), ("the third column", second)]
    where column.count != target.count {
      throw .unequalLengths(what: what, count: column.count, expected: target.count)
    }
    guard target.count >= Columns.fewestRows else {
      throw .tooFewPoints(count: target.count, needed: Columns.fewestRows)
    }
    let columns = [
      try Columns.standardized(target, .first), try Columns.standardized(first, .second),
      try Columns.standardized(second, .third),
    ]
    self.target = columns[0].0
    self.first = columns[1].0
    self.second = columns[2].0
    standardizations = columns.map(\.1)
    func correlation(_ one: Int, _ other: Int) -> Double {
      zip(columns[one].0, columns[other].0).reduce(0) { $0 + $1.0 * $1.1 } / Double(target.count)
    }
    self.correlation = SpatialMixture.Covariance(
      xx: 1, xy: correlation(0, 1), xz: correlation(0, 2), yy: 1, yz: correlation(1, 2), zz: 1)
    guard self.correlation.smallestVariance > 1e-13 else { throw .collinear }
  }

  /// The points that a mixture is fitted to.
  var points: SpatialPoints { SpatialPoints(x: target, y: first, z: second) }

  /// The information of the two columns about the target, if all three were one Gaussian.
  var gaussian: SpatialMixture.Information {
    let r = correlation
    let determinant =
      1 + 2 * r.xy * r.xz * r.yz - r.xy * r.xy - r.xz * r.xz - r.yz * r.yz
    return SpatialMixture.Information(
      joint: -0.5 * log(determinant / (1 - r.yz * r.yz)), first: -0.5 * log1p(-r.xy * r.xy),
      second: -0.5 * log1p(-r.xz * r.xz), error: 0)
  }

  /// A mixture of the standardized columns in their own units.
  func inOwnUnits(_ mixture: SpatialMixture) -> SpatialMixture {
    let (x, y, z) = (standardizations[0], standardizations[1], standardizations[2])
    return SpatialMixture(
      components: mixture.components.map { component in
        let matrix = component.covariance
        return SpatialMixture.Component(
          weight: component.weight,
          mean: [
            x.center + x.scale * component.mean.x, y.center + y.scale * component.mean.y,
            z.center + z.scale * component.mean.z,
          ],
          covariance: SpatialMixture.Covariance(
            xx: matrix.xx * x.scale * x.scale, xy: matrix.xy * x.scale * y.scale,
            xz: matrix.xz * x.scale * z.scale, yy: matrix.yy * y.scale * y.scale,
            yz: matrix.yz * y.scale * z.scale, zz: matrix.zz * z.scale * z.scale))
      })
  }

  /// The columns whose values are mostly repeated.
  var repeated: [MutualInformation.Warning] {
    [(InformationError.Column.first, target), (.second, first), (.third, second)]
      .compactMap(Columns.repeated)
  }
}
