import Testing

@testable import Figures

/// Lines of equal density.
struct ContourTests {
  private let places = (0...40).map { -2 + Double($0) * 0.1 }

  private func lines(level: Double, _ density: (Double, Double) -> Double) -> [[ContourLines.Point]]
  {
    ContourLines(
      of: places.flatMap { x in places.map { density(x, $0) } }, horizontal: places,
      vertical: places, level: level
    ).lines
  }

  @Test func theContourOfAConeIsACircle() {
    let lines = lines(level: -1) { x, y in -(x * x + y * y).squareRoot() }
    #expect(lines.count == 1)
    let circle = lines.first ?? []
    #expect(circle.first == circle.last, "it closes")
    // Linear interpolation of a cone between places 0.1 apart errs by 0.1^2 / 8 / radius at most.
    for point in circle {
      #expect(abs((point.x * point.x + point.y * point.y).squareRoot() - 1) < 0.0013)
    }
  }

  @Test func twoPeaksHaveTwoLinesAndNoneIsLostAtASaddle() {
    func peaks(_ x: Double, _ y: Double) -> Double { x * y }
    let lines = lines(level: 0.05, peaks)
    #expect(lines.count == 2, "two opposite corners")
    #expect(lines.joined().allSatisfy { abs(peaks($0.x, $0.y) - 0.05) < 1e-12 })
  }

  @Test func aSaddleIsConnectedWhereItsMiddleIsInside() {
    // Opposite corners 1 and 1, the others 0: the mean is 0.5.
    let values = [1.0, 0, 0, 1]
    let low = ContourLines(of: values, horizontal: [0, 1], vertical: [0, 1], level: 0.4).lines
    let high = ContourLines(of: values, horizontal: [0, 1], vertical: [0, 1], level: 0.6).lines
    #expect(low.count == 2 && high.count == 2)
    // Connected, the lines go around the corners that are outside, (0, 1) and (1, 0).
    let corner = low.first { line in line.allSatisfy { $0.x <= 0.5 && $0.y >= 0.5 } }
    #expect(corner != nil)
    #expect(!high.contains { line in line.allSatisfy { $0.x <= 0.5 && $0.y >= 0.5 } })
  }

  @Test func aLevelOutsideHasNoLines() {
    #expect(lines(level: 10) { x, y in x + y }.isEmpty)
    #expect(ContourLines(of: [], horizontal: [], vertical: [], level: 0).lines.isEmpty)
  }
}
