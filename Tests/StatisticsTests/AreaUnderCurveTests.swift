import Foundation
import Randomness
import Statistics
import Testing

@Suite struct AreaUnderCurveTests {
  /// Draws whole numbers, so that many are equal.
  private func scores(_ count: Int, below limit: Int, seed: UInt64) -> [Double] {
    var stream = RandomStream(seed: seed, for: .test)
    return (0..<count).map { _ in (stream.uniform() * Double(limit)).rounded(.down) }
  }

  @Test(arguments: [(1, 1, 3), (7, 40, 5), (60, 9, 1000), (50, 50, 2), (5, 6, 1)])
  func placementsAreSharesOfPairs(members: Int, others: Int, limit: Int) {
    let (a, b) = (scores(members, below: limit, seed: 1), scores(others, below: limit, seed: 2))
    func share(_ x: Double, above values: [Double]) -> Double {
      values.reduce(0) { $0 + ($1 < x ? 1 : $1 == x ? 0.5 : 0) } / Double(values.count)
    }
    let curve = AreaUnderCurve(members: a, others: b)
    #expect(zip(curve.memberPlacements, a).allSatisfy { abs($0 - share($1, above: b)) < 1e-12 })
    #expect(zip(curve.otherPlacements, b).allSatisfy { abs($0 - 1 + share($1, above: a)) < 1e-12 })
    let mean = a.map { share($0, above: b) }.reduce(0, +) / Double(members)
    #expect(abs(curve.value - mean) < 1e-12)
    let reversed = AreaUnderCurve(members: b, others: a)
    #expect(abs(reversed.value - (1 - curve.value)) < 1e-12)
  }

  @Test func endsAreExact() {
    #expect(AreaUnderCurve(members: [3, 4], others: [1, 2]).value == 1)
    #expect(AreaUnderCurve(members: [1, 2], others: [3, 4]).value == 0)
    #expect(AreaUnderCurve(members: [1, 1], others: [1, 1, 1]).value == 0.5)
    #expect(AreaUnderCurve(members: [], others: [1]).value.isNaN)
    #expect(AreaUnderCurve(members: [1], others: []).value.isNaN)
  }

  /// Of two normal distributions of unit width, a distance d apart, it is the normal distribution's at d / sqrt 2.
  @Test(arguments: [0, 0.5, 1, 2]) func ofGaussiansItIsKnown(distance: Double) {
    var stream = RandomStream(seed: 5, for: .test)
    func normal() -> Double {
      let (u, v) = (stream.uniform(), stream.uniform())
      return (-2 * log(1 - u)).squareRoot() * cos(2 * Double.pi * v)
    }
    let curve = AreaUnderCurve(
      members: (0..<20_000).map { _ in distance + normal() },
      others: (0..<20_000).map { _ in normal() })
    // Its standard deviation is below 0.003.
    #expect(abs(curve.value - 0.5 * (1 + erf(distance / 2))) < 0.012)
  }
}
