/// Adjacent bins [e0, e1), [e1, e2), ..., of which the last is closed.
package struct Bins: Codable, Hashable, Sendable {
  /// The edges in ascending order, one more than there are bins.
  package let edges: [Double]

  /// Makes bins between the given edges, at least two, which ascend.
  package init(edges: [Double]) {
    precondition(
      edges.count > 1 && zip(edges, edges.dropFirst()).allSatisfy { $0 < $1 },
      "\(edges) are not the edges of bins")
    self.edges = edges
  }

  /// Makes `count` bins of equal width, with edges start + i (end - start) / count.
  package init(_ count: Int, over range: ClosedRange<Double>) {
    precondition(count > 0, "\(count) bins")
    let step = (range.upperBound - range.lowerBound) / Double(count)
    self.init(
      edges: (0..<count).map { range.lowerBound + Double($0) * step } + [range.upperBound])
  }

  /// The number of bins.
  package var count: Int { edges.count - 1 }

  /// The middle of each bin.
  package var centers: [Double] { (0..<count).map { (edges[$0] + edges[$0 + 1]) / 2 } }

  /// The ends of a bin.
  package func range(_ bin: Int) -> ClosedRange<Double> { edges[bin]...edges[bin + 1] }

  /// The bin of a value; `nil` if it is outside or NaN.
  package func index(of value: Double) -> Int? {
    guard value >= edges[0], value <= edges[count] else { return nil }
    var (low, high) = (0, count)
    while high - low > 1 {
      let middle = (low + high) / 2
      if value >= edges[middle] { low = middle } else { high = middle }
    }
    return low
  }

  /// The numbers of the values in each bin, in their order.
  package func members(of values: [Double]) -> [[Int]] {
    var members = [[Int]](repeating: [], count: count)
    for (number, value) in values.enumerated() {
      if let bin = index(of: value) { members[bin].append(number) }
    }
    return members
  }
}
