internal import Foundation

/// A Gaussian that cells of a map are smoothed with.
package struct CellSmoothing: Codable, Hashable, Sendable {
  /// The values that are assumed beyond the edges of a map.
  package enum Edge: String, Codable, Hashable, Sendable {
    /// Zeros.
    case empty

    /// The mirror image, as beyond a limit by which particles were chosen: nothing is lost there.
    case mirrored
  }

  /// The standard deviation [cells]; 0 leaves cells as they are.
  package var width = 1.0

  /// The values that are assumed beyond the first and the last column.
  var columnEdge = Edge.mirrored

  /// The values that are assumed beyond the first and the last row.
  var rowEdge = Edge.empty

  /// Makes a smoothing, by default for true masses cut at both ends in columns.
  package init(width: Double = 1, columnEdge: Edge = .mirrored, rowEdge: Edge = .empty) {
    self.width = width
    self.columnEdge = columnEdge
    self.rowEdge = rowEdge
  }

  /// Smooths cells [columns, rows], each axis with the Gaussian cut at four standard deviations and
  /// normalized to 1.
  func smooth(_ cells: [Double], rows: Int) -> [Double] {
    guard width > 0 else { return cells }
    let reach = Int((4 * width).rounded())
    let heights = (-reach...reach).map { exp(-0.5 * Double($0 * $0) / (width * width)) }
    let sum = heights.reduce(0, +)
    let kernel = heights.map { $0 / sum }
    let columns = cells.count / rows
    let along = convolve(
      cells, kernel, lines: columns, length: rows, lineStride: rows, stride: 1, rowEdge)
    return convolve(
      along, kernel, lines: rows, length: columns, lineStride: 1, stride: rows, columnEdge)
  }

  private func convolve(
    _ cells: [Double], _ kernel: [Double], lines: Int, length: Int, lineStride: Int, stride: Int,
    _ edge: Edge
  ) -> [Double] {
    var result = [Double](repeating: 0, count: cells.count)
    let reach = kernel.count / 2
    for line in 0..<lines {
      for place in 0..<length {
        var sum = 0.0
        for (offset, weight) in kernel.enumerated() {
          let source = place + offset - reach
          guard let inside = Self.place(source, in: length, edge) else { continue }
          sum += weight * cells[line * lineStride + inside * stride]
        }
        result[line * lineStride + place * stride] = sum
      }
    }
    return result
  }

  /// The cell whose value a place has: itself, its mirror image, or none.
  private static func place(_ place: Int, in length: Int, _ edge: Edge) -> Int? {
    if (0..<length).contains(place) { return place }
    guard edge == .mirrored else { return nil }
    let period = 2 * length
    let wrapped = ((place % period) + period) % period
    return wrapped < length ? wrapped : period - 1 - wrapped
  }
}
