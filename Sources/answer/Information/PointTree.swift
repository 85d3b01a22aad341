/// A k-d tree of points that finds neighbours in the maximum norm, in any number of dimensions.
///
/// Each node halves its points at the median of one coordinate after the other: Bentley 1975,
/// doi:10.1145/361002.361007.
struct PointTree: Sendable {
  /// The points one after the other in the order of the tree, [point, dimension], and their rows.
  private let sorted: [Double]
  private let rows: [Int]

  /// The place of each row in the order of the tree.
  private let places: [Int]

  private let dimensions: Int

  /// The number of points up to which a node is searched point by point.
  private static let leaf = 16

  /// Makes a tree of the points whose coordinates are the columns, [dimension][row].
  init(_ columns: [[Double]]) {
    dimensions = columns.count
    var rows = Array(columns[0].indices)
    Self.sort(&rows, columns, 0..<rows.count, axis: 0)
    self.rows = rows
    sorted = rows.flatMap { row in columns.map { $0[row] } }
    var places = rows
    for (place, row) in rows.enumerated() { places[row] = place }
    self.places = places
  }

  private static func sort(
    _ rows: inout [Int], _ columns: [[Double]], _ range: Range<Int>, axis: Int
  ) {
    guard range.count > leaf else { return }
    let column = columns[axis]
    rows[range].sort { (column[$0], $0) < (column[$1], $1) }
    let middle = (range.lowerBound + range.upperBound) / 2
    let next = (axis + 1) % columns.count
    sort(&rows, columns, range.lowerBound..<middle, axis: next)
    sort(&rows, columns, middle + 1..<range.upperBound, axis: next)
  }

  /// The distance from the point of `row` to its neighbour number `count`, in the maximum norm.
  ///
  /// - Complexity: O(log n) for points without many at the same place.
  func distance(from row: Int, toNeighbour count: Int) -> Double {
    var nearest = [Double](repeating: .infinity, count: count)
    search(0..<rows.count, axis: 0, places[row], &nearest)
    return nearest[count - 1]
  }

  /// Returns the number of points nearer to that of `row` than `distance`, itself included.
  func count(nearerThan distance: Double, to row: Int) -> Int {
    var count = 0
    add(0..<rows.count, axis: 0, places[row], distance, to: &count)
    return count
  }

  private func search(
    _ range: Range<Int>, axis: Int, _ own: Int, _ nearest: inout [Double]
  ) {
    guard range.count > Self.leaf else {
      for place in range { consider(place, own, &nearest) }
      return
    }
    let middle = (range.lowerBound + range.upperBound) / 2
    consider(middle, own, &nearest)
    let offset = sorted[own * dimensions + axis] - sorted[middle * dimensions + axis]
    let below = range.lowerBound..<middle
    let above = middle + 1..<range.upperBound
    let next = axis + 1 == dimensions ? 0 : axis + 1
    search(offset < 0 ? below : above, axis: next, own, &nearest)
    if abs(offset) <= nearest[nearest.count - 1] {
      search(offset < 0 ? above : below, axis: next, own, &nearest)
    }
  }

  /// Puts a point among the nearest ones, which are sorted, if it belongs there.
  private func consider(_ place: Int, _ own: Int, _ nearest: inout [Double]) {
    let distance = distance(place, own)
    guard distance < nearest[nearest.count - 1], place != own else { return }
    var last = nearest.count - 1
    while last > 0, nearest[last - 1] > distance {
      nearest[last] = nearest[last - 1]
      last -= 1
    }
    nearest[last] = distance
  }

  /// Adds the points of a node that are nearer than a limit.
  private func add(
    _ range: Range<Int>, axis: Int, _ own: Int, _ limit: Double, to count: inout Int
  ) {
    guard range.count > Self.leaf else {
      for place in range where distance(place, own) < limit { count += 1 }
      return
    }
    let middle = (range.lowerBound + range.upperBound) / 2
    if distance(middle, own) < limit { count += 1 }
    let offset = sorted[own * dimensions + axis] - sorted[middle * dimensions + axis]
    let next = axis + 1 == dimensions ? 0 : axis + 1
    if offset < limit {
      add(range.lowerBound..<middle, axis: next, own, limit, to: &count)
    }
    if -offset < limit {
      add(middle + 1..<range.upperBound, axis: next, own, limit, to: &count)
    }
  }

  private func distance(_ one: Int, _ other: Int) -> Double {
    var largest = 0.0
    for axis in 0..<dimensions {
      largest = max(
        largest, abs(sorted[one * dimensions + axis] - sorted[other * dimensions + axis]))
    }
    return largest
  }
}
