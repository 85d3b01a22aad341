internal import Text

/// A small chart of characters: a line of Braille dots, and marks upon it.
///
/// A character has two dots beside each other and four above each other. The line shows the mean of the
/// points that share a column of dots; columns next to each other are joined.
package struct BrailleChart: Hashable, Sendable {
  /// A point of a series.
  struct Point: Hashable, Sendable {
    var x: Double
    var y: Double
  }

  /// The points of the line; those that are not finite are left out.
  var line: [Point]

  /// Points that are drawn as a character each.
  var marks: [(point: Point, sign: Character)]

  /// The values along the horizontal axis.
  var xRange: ClosedRange<Double>

  /// Makes a chart.
  init(line: [Point], marks: [(point: Point, sign: Character)] = [], xRange: ClosedRange<Double>) {
    self.line = line.filter { $0.x.isFinite && $0.y.isFinite }
    self.marks = marks.filter { $0.point.x.isFinite && $0.point.y.isFinite }
    self.xRange = xRange
  }

  package static func == (left: BrailleChart, right: BrailleChart) -> Bool {
    left.line == right.line && left.xRange == right.xRange
      && left.marks.map(\.point) == right.marks.map(\.point)
      && left.marks.map(\.sign) == right.marks.map(\.sign)
  }

  package func hash(into hasher: inout Hasher) {
    hasher.combine(line)
    hasher.combine(xRange)
    hasher.combine(marks.map(\.point))
    hasher.combine(marks.map(\.sign))
  }

  /// The rows of the chart with the ends of the vertical axis at its left.
  ///
  /// - Parameters:
  ///   - width: Characters of a row, labels included.
  ///   - height: Rows.
  /// - Returns: The rows, none of which is longer than `width`.
  func rows(width: Int, height: Int) -> [String] {
    let columns = max(4, width - Self.labelWidth - 2)
    guard let range = yRange else {
      return [String(repeating: " ", count: Self.labelWidth) + " no finite number yet"]
    }
    var dots = [[Bool]](
      repeating: [Bool](repeating: false, count: 2 * columns), count: 4 * height)
    func place(_ value: Double, _ range: ClosedRange<Double>, _ count: Int) -> Int {
      let length = range.upperBound - range.lowerBound
      let fraction = length > 0 ? (value - range.lowerBound) / length : 0.5
      return Int(max(0, min(1, fraction)) * Double(count - 1) + 0.5)
    }
    var before: Int?
    for (column, mean) in means(columns: 2 * columns).sorted(by: { $0.key < $1.key }) {
      let row = 4 * height - 1 - place(mean, range, 4 * height)
      for filled in min(row, before ?? row)...max(row, before ?? row) {
        dots[filled][column] = true
      }
      before = row
    }
    var cells = (0..<height).map { row in
      (0..<columns).map { column in Self.character(dots, row: row, column: column) }
    }
    for mark in marks {
      let row = height - 1 - place(mark.point.y, range, height)
      cells[row][place(mark.point.x, xRange, columns)] = mark.sign
    }
    return cells.enumerated().map { row, cells in
      let label =
        switch row {
        case 0: short(range.upperBound)
        case height - 1: short(range.lowerBound)
        default: ""
        }
      let gap = String(repeating: " ", count: max(0, Self.labelWidth - label.count))
      return "\(gap)\(label) ┤\(String(cells))"
    }
  }

  /// The characters at the left of the axis.
  static let labelWidth = 8

  /// From the lowest to the highest value without the outermost percent of the line.
  private var yRange: ClosedRange<Double>? {
    let sorted = line.map(\.y).sorted()
    let marked = marks.map(\.point.y)
    let cut = sorted.count / 100
    let values = sorted.dropFirst(cut).dropLast(cut) + marked
    guard let low = values.min(), let high = values.max() else { return nil }
    return low...high
  }

  private func means(columns: Int) -> [Int: Double] {
    let length = xRange.upperBound - xRange.lowerBound
    var sums: [Int: (sum: Double, count: Double)] = [:]
    for point in line where xRange.contains(point.x) {
      let fraction = length > 0 ? (point.x - xRange.lowerBound) / length : 0
      let column = min(columns - 1, Int(fraction * Double(columns)))
      let old = sums[column] ?? (0, 0)
      sums[column] = (old.sum + point.y, old.count + 1)
    }
    return sums.mapValues { $0.sum / $0.count }
  }

  /// The Braille pattern of 2 x 4 dots (Unicode, chapter 21.1: U+2800 and a bit for each dot).
  private static func character(_ dots: [[Bool]], row: Int, column: Int) -> Character {
    let bits: [[UInt32]] = [[0x01, 0x08], [0x02, 0x10], [0x04, 0x20], [0x40, 0x80]]
    var pattern: UInt32 = 0
    for down in 0..<4 {
      for right in 0..<2 where dots[4 * row + down][2 * column + right] {
        pattern |= bits[down][right]
      }
    }
    guard pattern != 0, let scalar = Unicode.Scalar(0x2800 + pattern) else { return " " }
    return Character(scalar)
  }
}

/// A row of blocks of eight heights, one for each part of the values.
///
/// - Parameters:
///   - values: The values to show; those that are not finite are left out.
///   - width: The most blocks.
/// - Returns: The blocks.
func sparkline(_ values: [Double], width: Int) -> String {
  let values = values.filter(\.isFinite)
  let count = min(width, values.count)
  guard count > 0, let low = values.min(), let high = values.max() else { return "" }
  let blocks: [Character] = ["▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"]
  return String(
    (0..<count).map { place -> Character in
      let part = values[(place * values.count / count)..<((place + 1) * values.count / count)]
      let mean = part.reduce(0, +) / Double(part.count)
      let fraction = high > low ? (mean - low) / (high - low) : 0
      return blocks[min(7, Int(fraction * 8))]
    })
}

/// A number with three or four digits that matter, in at most eight characters.
private func short(_ value: Double) -> String { digits(value) }
