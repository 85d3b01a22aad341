internal import CKernels

/// Points of the plane with weights, as the kernels read them.
package struct WeightedPoints: Sendable {
  /// How many points there are.
  package let count: Int

  /// The sum of the weights.
  let totalWeight: Double

  /// Coordinates and weights, filled up with points of weight zero to whole vectors.
  let x: [Double]
  let y: [Double]
  let weights: [Double]

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

  /// The points that are drawn, each with the number of times; points that are not drawn are left out.
  ///
  /// - Parameter multiplicities: How often each point is drawn, [count].
  /// - Returns: The points with their weights times their multiplicities.
  func resampled(_ multiplicities: [UInt32]) -> WeightedPoints {
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

  /// The points of the rows for which `isIncluded` is true.
  package func filtered(_ isIncluded: (Int) -> Bool) -> WeightedPoints {
    resampled((0..<count).map { isIncluded($0) ? 1 : 0 })
  }
}
