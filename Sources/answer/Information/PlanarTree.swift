/// A k-d tree of points in the plane that finds nearest neighbours in the maximum norm.
///
/// Each node halves its points at the median of x and of y in turn: Bentley 1975,
/// doi:10.1145/361002.361007.
struct PlanarTree: Sendable {
  /// The point of each row before the tree was built.
  private let points: [SIMD2<Double>]

  /// The same points in the order of the tree, and their rows.
  private let sorted: [SIMD2<Double>]
  private let rows: [Int]

  /// Nodes of so many points are searched one by one.
  private static let leaf = 16

  init(_ points: [SIMD2<Double>]) {
    self.points = points
    var rows = Array(points.indices)
    Self.sort(&rows, points, 0..<points.count, axis: 0)
    self.rows = rows
    sorted = rows.map { points[$0] }
  }

  private static func sort(
    _ rows: inout [Int], _ points: [SIMD2<Double>], _ range: Range<Int>, axis: Int
  ) {
    guard range.count > leaf else { return }
    rows[range].sort { (points[$0][axis], $0) < (points[$1][axis], $1) }
    let middle = (range.lowerBound + range.upperBound) / 2
    sort(&rows, points, range.lowerBound..<middle, axis: 1 - axis)
    sort(&rows, points, middle + 1..<range.upperBound, axis: 1 - axis)
  }

  /// The distance from the point of `row` to its neighbour number `count`, in the maximum norm.
  ///
  /// - Complexity: O(log n) for points without many at the same place.
  func distance(from row: Int, toNeighbour count: Int) -> Double {
    var nearest = [Double](repeating: .infinity, count: count)
    search(0..<sorted.count, axis: 0, points[row], row, &nearest)
    return nearest[count - 1]
  }

  private func search(
    _ range: Range<Int>, axis: Int, _ point: SIMD2<Double>, _ row: Int, _ nearest: inout [Double]
  ) {
    guard range.count > Self.leaf else {
      for place in range { consider(place, point, row, &nearest) }
      return
    }
    let middle = (range.lowerBound + range.upperBound) / 2
    consider(middle, point, row, &nearest)
    let offset = point[axis] - sorted[middle][axis]
    let below = range.lowerBound..<middle
    let above = middle + 1..<range.upperBound
    search(offset < 0 ? below : above, axis: 1 - axis, point, row, &nearest)
    if abs(offset) <= nearest[nearest.count - 1] {
      search(offset < 0 ? above : below, axis: 1 - axis, point, row, &nearest)
    }
  }

  /// Puts a point among the nearest ones, which are sorted, if it belongs there.
  private func consider(
    _ place: Int, _ point: SIMD2<Double>, _ row: Int, _ nearest: inout [Double]
  ) {
    let difference = sorted[place] - point
    let distance = max(abs(difference.x), abs(difference.y))
    guard distance < nearest[nearest.count - 1], rows[place] != row else { return }
    var last = nearest.count - 1
    while last > 0, nearest[last - 1] > distance {
      nearest[last] = nearest[last - 1]
      last -= 1
    }
    nearest[last] = distance
  }
}
