/// Lines of equal density by marching squares.
///
/// Values are those of cell centers, and change linearly along the sides of the squares between four of
/// them. Where two opposite corners are inside and two outside, the mean of the four decides whether the
/// inside is connected. Lorensen and Cline 1987, doi:10.1145/37402.37422, in two dimensions.
struct ContourLines {
  /// A point of a line.
  struct Point: Hashable {
    var x: Double
    var y: Double
  }

  /// The lines, each joined as far as it goes; a closed one ends where it begins.
  let lines: [[Point]]

  /// Finds the lines.
  ///
  /// - Parameters:
  ///   - values: [horizontal.count, vertical.count].
  ///   - horizontal: Places of the first axis.
  ///   - vertical: Places of the second axis.
  ///   - level: Cells of this value and higher are inside.
  init(of values: [Double], horizontal: [Double], vertical: [Double], level: Double) {
    precondition(values.count == horizontal.count * vertical.count, "the grid has other values")
    var segments: [(Point, Point)] = []
    for i in 0..<max(0, horizontal.count - 1) {
      for j in 0..<max(0, vertical.count - 1) {
        let corners = [(i, j), (i + 1, j), (i + 1, j + 1), (i, j + 1)].map { i, j in
          (
            point: Point(x: horizontal[i], y: vertical[j]), value: values[i * vertical.count + j]
          )
        }
        segments += Self.segments(corners, level)
      }
    }
    lines = Self.join(segments)
  }

  /// The parts of the lines in the square of four corners, which go around it.
  private static func segments(
    _ corners: [(point: Point, value: Double)], _ level: Double
  ) -> [(Point, Point)] {
    let crossings = (0..<4).compactMap { side -> Point? in
      // From the same end in both squares of a side, so that they find the same bits.
      let (a, b) = (corners[side], corners[(side + 1) % 4])
      let (from, to) = (a.point.x, a.point.y) <= (b.point.x, b.point.y) ? (a, b) : (b, a)
      guard (from.value >= level) != (to.value >= level) else { return nil }
      let t = (level - from.value) / (to.value - from.value)
      return Point(
        x: (1 - t) * from.point.x + t * to.point.x, y: (1 - t) * from.point.y + t * to.point.y)
    }
    if crossings.count == 2 { return [(crossings[0], crossings[1])] }
    guard crossings.count == 4 else { return [] }
    let isConnected = corners.reduce(0) { $0 + $1.value } / 4 >= level
    // Crossing k is on the side after corner k: cut off the corners that are not with the middle.
    let cutsFirst = (corners[0].value >= level) != isConnected
    return cutsFirst
      ? [(crossings[3], crossings[0]), (crossings[1], crossings[2])]
      : [(crossings[0], crossings[1]), (crossings[2], crossings[3])]
  }

  private static func join(_ segments: [(Point, Point)]) -> [[Point]] {
    var ends: [Point: [Int]] = [:]
    // A corner that is at the level exactly makes parts of no length.
    let segments = segments.filter { $0.0 != $0.1 }
    for (number, segment) in segments.enumerated() {
      ends[segment.0, default: []].append(number)
      ends[segment.1, default: []].append(number)
    }
    var isUsed = [Bool](repeating: false, count: segments.count)
    func extended(_ line: [Point]) -> [Point] {
      var line = line
      while let last = line.last, let next = ends[last]?.first(where: { !isUsed[$0] }) {
        isUsed[next] = true
        line.append(segments[next].0 == last ? segments[next].1 : segments[next].0)
      }
      return line
    }
    var lines: [[Point]] = []
    for number in segments.indices where !isUsed[number] {
      isUsed[number] = true
      let forward = extended([segments[number].0, segments[number].1])
      lines.append(extended(forward.reversed()))
    }
    return lines
  }
}
