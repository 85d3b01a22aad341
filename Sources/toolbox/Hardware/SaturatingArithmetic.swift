extension Int {
  /// Returns this times a number, or the largest integer if the product is none: a size that no machine has.
  package func saturatingTimes(_ factor: Int) -> Int {
    let (product, overflows) = multipliedReportingOverflow(by: factor)
    return overflows ? .max : product
  }

  /// Returns this and a number, or the largest integer if the sum is none: a size that no machine has.
  func saturatingPlus(_ other: Int) -> Int {
    let (sum, overflows) = addingReportingOverflow(other)
    return overflows ? .max : sum
  }
}

extension Sequence<Int> {
  /// The sum, or the largest integer if the sum is none: a size that no machine has.
  package var saturatingSum: Int { reduce(0) { $0.saturatingPlus($1) } }
}
