import Failures
import Foundation
import Information
import Testing

@Suite struct HardEdgesTests {
  /// The reference's transformed truth of the same raw truth, with other noise: that of 1e-3 dex in
  /// 2.4 dex moves u by 8e-4, and t' by 8e-4 / (1 - u^2), so compare in u.
  @Test func theTruthOfTheReferenceIsFoundUpToTheNoise() throws {
    let reference = try StageReference.load()
    let edges = try HardEdges(range: 11...13.4)
    let transformed = try edges.removed(from: reference.rawTruth)
    let differences = zip(transformed, reference.y).map { tanh($0) - tanh($1) }
    #expect(differences.allSatisfy { abs($0) < 6 * 2.0.squareRoot() * 1e-3 / 1.2 })
    let deviation = Bootstrap(values: differences).standardDeviation
    #expect(abs(deviation / (2.0.squareRoot() * 1e-3 / 1.2) - 1) < 0.1)
  }

  @Test func theEndsOfTheRangeStayFinite() throws {
    let edges = try HardEdges(range: 11...13.4, noise: 0)
    let values = try edges.removed(from: [11, 12.2, 13.4])
    // artanh(1 - 1e-4) = 4.9517.
    #expect(abs(values[0] + 4.951_718_775) < 1e-6)
    #expect(abs(values[1]) < 1e-12)
    #expect(abs(values[2] - 4.951_718_775) < 1e-6)
  }

  @Test func noiseAtTheEdgesIsReflected() throws {
    let edges = try HardEdges(range: 0...1, noise: 0.3, seed: 4)
    let values = try edges.removed(from: (0..<2000).map { Double($0 % 2) })
    #expect(values.allSatisfy { abs($0) <= 4.952 })
    #expect(Set(values).count == 2000)
  }

  @Test func valuesOutsideTheRangeAreNamed() throws {
    let edges = try HardEdges(range: 11...13.4)
    #expect(throws: InformationError.outsideRange(row: 1, value: 13.5, range: 11...13.4)) {
      try edges.removed(from: [12, 13.5])
    }
    #expect(throws: InformationError.self) { try edges.removed(from: [.nan]) }
    #expect(throws: SettingOutOfRange.self) { try HardEdges(range: 1...1) }
    #expect(throws: SettingOutOfRange.self) { try HardEdges(range: 0...1, shrinkage: 0) }
  }

  @Test func spreadValuesCanBeToldFromOneAnother() throws {
    let values = (0..<500).map { [1.0, 2, 4, 8][$0 % 4] }
    let spread = try spreadWithinGaps(values, seed: 3)
    for (value, result) in zip(values, spread) {
      let range = [1.0: 0.5...1.5, 2: 1.5...3, 4: 3...6, 8: 6...10][value]
      #expect(range?.contains(result) == true)
    }
    #expect(Set(spread).count == 500)
    #expect(throws: InformationError.constant(column: .first, value: 2)) {
      try spreadWithinGaps([2, 2, 2])
    }
  }
}
