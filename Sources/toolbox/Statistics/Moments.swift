/// Returns the mean of at least one number, added in their order.
package func mean(_ values: [Double]) -> Double { values.reduce(0, +) / Double(values.count) }

/// Returns the standard deviation of at least two numbers, with n - 1.
package func standardDeviation(_ values: [Double]) -> Double {
  let center = mean(values)
  let squares = values.reduce(0) { $0 + ($1 - center) * ($1 - center) }
  return (squares / Double(values.count - 1)).squareRoot()
}

/// Returns Pearson's correlation of two equally long rows of numbers, added in their order.
///
/// It is NaN without numbers, and if all numbers of a row are the same.
package func pearsonCorrelation(_ first: [Double], _ second: [Double]) -> Double {
  precondition(first.count == second.count, "a number has no partner")
  let (firstMean, secondMean) = (mean(first), mean(second))
  var (both, firstSquares, secondSquares) = (0.0, 0.0, 0.0)
  for (x, y) in zip(first, second) {
    let (x, y) = (x - firstMean, y - secondMean)
    both += x * y
    firstSquares += x * x
    secondSquares += y * y
  }
  return both / (firstSquares * secondSquares).squareRoot()
}
