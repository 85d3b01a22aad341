import Foundation
import MPI
import TestSupport
import Testing

@testable import Analysis

/// Variants that are all combinations of the values of some settings.
@Suite struct MatrixTests {
  /// The noise of a variant's predictions falls with the width of its boxes, and is larger for averaged ones.
  private static let models: [(variant: String, seed: UInt64, noise: Double)] = [
    ("w9-raw", 1, 0.9), ("w9-averaged", 1, 1.2), ("w11-raw", 1, 0.7), ("w11-averaged", 1, 1.0),
    ("w101-raw", 1, 0.5), ("w101-raw", 2, 0.5), ("w9-raw", 2, 0.9),
  ]

  private static let matrix = VariantMatrix(
    axes: [
      .init(key: "sampling.boxWidth", values: ["9", "11", "101"]),
      .init(key: "training.variant", values: ["raw", "averaged"]),
    ],
    variants: ["w9-raw", "w9-averaged", "w11-raw", "w11-averaged", "w101-raw", "w101-averaged"])

  @Test func linesDifferInOneSettingAlone() {
    let widths = Self.matrix.lines(along: 0)
    #expect(widths.map(\.others) == ["raw", "averaged"])
    #expect(widths[1].variants == ["w9-averaged", "w11-averaged", "w101-averaged"])
    let kinds = Self.matrix.lines(along: 1)
    #expect(kinds.map(\.others) == ["9", "11", "101"])
    #expect(kinds[2].variants == ["w101-raw", "w101-averaged"])
    let cube = VariantMatrix(
      axes: [
        .init(key: "a", values: ["1", "2"]), .init(key: "b", values: ["3"]),
        .init(key: "c", values: ["4", "5"]),
      ], variants: ["134", "135", "234", "235"])
    #expect(cube.lines(along: 0).map(\.variants) == [["134", "234"], ["135", "235"]])
    #expect(cube.lines(along: 0).map(\.others) == ["3, 4", "3, 5"])
  }

  @Test func everyVariantIsComparedWithTheFirstOfItsLine() throws {
    try withWorld { world in
      let input = MockModels(models: Self.models, matrix: Self.matrix).input
      #expect(input.variants.map(\.name) == Array(Self.matrix.variants.dropLast()))
      guard let report = try input.report(creator: "test", threads: 1, on: world) else { return }
      let lines = try #require(report.matrix)
      #expect(
        lines.map(\.key).prefix(3) == [
          "sampling.boxWidth", "sampling.boxWidth", "training.variant",
        ])
      #expect(lines.map(\.others) == ["raw", "averaged", "9", "11", "101"])

      // Without a model there is no number, and the reason why.
      #expect(lines[1].points[2].information.reason == "w101-averaged has no predictions")
      #expect(lines[1].points[2].difference?.value == nil)

      // Differences are those of the estimates of the same models, which other parts of the report have too.
      func information(_ name: String, _ seed: Int = 0) throws -> Double {
        let variant = try #require(report.variants.first { $0.name == name })
        return try #require(variant.seeds[seed].information.value?.value)
      }
      let wide = lines[0].points[2]
      #expect(wide.information.value?.value == (try information("w101-raw")))
      let difference = try #require(wide.difference?.value)
      #expect(abs(difference.value - (try information("w101-raw") - information("w9-raw"))) < 0.02)
      #expect(difference.value > 3 * difference.deviation)
      let seeds = try #require(wide.seedDifferences)
      let bySeed = try (0...1).map { try information("w101-raw", $0) - information("w9-raw", $0) }
      #expect(seeds.count == 2)
      #expect(abs(try #require(seeds.mean.value) - (bySeed[0] + bySeed[1]) / 2) < 1e-12)
      #expect(
        abs(try #require(seeds.deviation.value) - abs(bySeed[0] - bySeed[1]) / 2.0.squareRoot())
          < 1e-12)
      #expect(lines[0].points[1].seedDifferences?.count == 1)
      #expect(lines[0].points[0].difference == nil)

      let table = try #require(report.tables.first { $0.name == "matrix" })
      #expect(table.rows.count == 3 + 3 + 2 + 2 + 2)
      #expect(!report.gaps.contains { $0.subject == "the variant raw" })
    }
  }

  @Test func aReportWithoutAMatrixDoesNotNameOne() throws {
    try withWorld { world in
      guard let report = try MockModels().input.report(creator: "test", threads: 1, on: world)
      else { return }
      #expect(report.matrix == nil && !report.tables.contains { $0.name == "matrix" })
      #expect(!String(decoding: try JSONEncoder().encode(report), as: UTF8.self).contains("matrix"))
    }
  }
}
