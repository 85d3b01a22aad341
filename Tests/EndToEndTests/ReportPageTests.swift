import Foundation
import TestSupport
import Testing

extension EndToEnd {
  /// The page of a real report against the file `report.json` beside it.
  @Suite struct ReportPageTests {
    @Test func everyNumberOfThePageIsThatOfTheReport() throws {
      let workspace = try Workspace.withModel()
      try workspace.run("predict", ranks: 2)
      try workspace.run("analyze", Workspace.analysisOptions, ranks: 2)
      let report = try JSONValue(contentsOf: workspace.path("runs/small/report/report.json"))
      let page = try String(
        contentsOfFile: workspace.path("runs/small/report/report.html"), encoding: .utf8)

      var known = Set(report.numbers)
      // Shares are shown in per cent, and masses of barriers by their logarithms.
      known.formUnion(known.map { 100 * $0 })
      known.formUnion(known.filter { $0 > 0 }.map { log10($0) })
      let shown = page.matches(of: /<data value="([^"]*)">([^<]*)<\/data>/)
      #expect(shown.count > 100)
      for match in shown {
        let value = try #require(Double(match.output.1))
        let isKnown = known.contains(value)
        #expect(isKnown, "\(value) is not in report.json")
        #expect(isRounding(String(match.output.2), of: value), "\(match.output)")
      }

      // Cell by cell, so that a number that belongs elsewhere is found.
      let tables = HTMLTables(page)
      let variant = report["variants"][0]
      let seed = variant["seeds"][0]
      #expect(
        try tables.numbers("Predictions", row: 0)
          == information(seed["information"], after: ["statistics", "count"], of: seed)
          + residuals(seed["statistics"]))
      let network = seed["network"]["value"]
      let names = ["voxelSize", "parameters", "trainingSamples", "epoch", "step"]
      #expect(
        try tables.numbers("Networks", row: 0)
          == (names.map { network[$0].number } + [
            network["validationLoss"]["value"].number, network["gamma"].number,
            network["labelRange"][0].number, network["labelRange"][1].number,
          ]).compactMap { $0 })
      let shells = variant["shells"]
      for shell in 0..<shells.count where shells[shell]["information"]["value"].isThere {
        #expect(
          try tables.numbers("By distance from the halo's center, reference seeds", row: shell)
            == information(
              shells[shell]["information"], after: ["statistics", "count"], of: shells[shell])
            + residuals(shells[shell]["statistics"]))
      }
      let noise = report["noise"][0]
      let line = try tables.numbers("Information left by Gaussian noise on the true mass", row: 0)
      #expect(line.first == noise["sigma"].number)
      #expect(line.dropFirst().first == noise["exact"]["value"].number)
      for (number, model) in [report["collapse"]["value"][0], report["collapse"]["value"][1]]
        .enumerated()
      {
        let row = try tables.numbers(
          "Collapse models and networks on the particles that each has a prediction for",
          row: 2 * number)
        #expect(row.first == model["shareWithout"]["value"].number.map { 100 * $0 })
        #expect(row.dropFirst().first == model["count"].number)
      }

      // The captions of slices tell of the particle that the report names.
      let example = report["particles"]["example"]["value"]
      let site = try #require(example["site"].number)
      let mass = try #require(example["logMass"].number)
      let caption =
        "around site \(Int(site)) of D, whose particle ends in a halo of log10 M/Msun = "
      let isSaid = page.contains("\(caption)\(String(format: "%.2f", mass)):")
      #expect(isSaid, "site \(site), mass \(mass)")
    }

    /// Whether a text shows a number up to half a unit of its last digit.
    private func isRounding(_ text: String, of value: Double) -> Bool {
      let plain = text.replacing("−", with: "-").replacing("\u{202F}", with: "")
      guard let rounded = Double(plain) else { return false }
      let digits = plain.split(separator: ".").dropFirst().first?.count ?? 0
      return abs(rounded - value) <= 0.5000001 * pow(10, -Double(digits))
    }

    /// The numbers of a row of the table from the count to the second estimator.
    private func information(
      _ estimate: JSONValue, after path: [String], of owner: JSONValue
    ) -> [Double] {
      let count = path.reduce(owner) { $0[$1] }.number
      let estimate = estimate["value"]
      let names = ["deviation", "haloDeviation", "equivalentScatter", "nearestNeighbours"]
      return [count, estimate["value"].number].compactMap { $0 }
        + names.compactMap { estimate[$0]["value"].number }
    }

    private func residuals(_ statistics: JSONValue) -> [Double] {
      let names = ["correlation", "scatter", "bias", "rootMeanSquare"]
      let outside = statistics["outliers"]["value"]["aboutMean"].number.map { 100 * $0 }
      return (names.map { statistics[$0]["value"].number } + [outside]).compactMap { $0 }
    }
  }
}

/// The tables of a page, by their headings.
private struct HTMLTables {
  private let page: String

  init(_ page: String) { self.page = page }

  /// The whole numbers behind the cells of a row, from zero, without those that are missing.
  func numbers(_ heading: String, row: Int) throws -> [Double] {
    let escaped = heading.replacing("'", with: "&#39;")
    let start = try #require(page.firstRange(of: "<h3>\(escaped)</h3>"), "no table \(heading)")
    let rest = page[start.upperBound...]
    let end = try #require(rest.firstRange(of: "</table>"))
    let body = rest[..<end.lowerBound].split(separator: "<tbody>")
    let rows = try #require(body.last).split(separator: "</tr>")
    try #require(row < rows.count, "\(heading) has no row \(row)")
    return rows[row].matches(of: /<data value="([^"]*)">/).compactMap { Double($0.output.1) }
  }
}

/// A value of a JSON file; numbers are what `Double` reads of their digits.
indirect enum JSONValue: Decodable, Equatable {
  case nothing
  case truth(Bool)
  case number(Double)
  case text(String)
  case list([JSONValue])
  case object([String: JSONValue])

  /// Reads a file.
  init(contentsOf path: String) throws {
    self = try JSONDecoder().decode(Self.self, from: Data(contentsOf: URL(filePath: path)))
  }

  init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    if container.decodeNil() {
      self = .nothing
    } else if let number = try? container.decode(Double.self) {
      self = .number(number)
    } else if let text = try? container.decode(String.self) {
      self = .text(text)
    } else if let list = try? container.decode([JSONValue].self) {
      self = .list(list)
    } else if let truth = try? container.decode(Bool.self) {
      self = .truth(truth)
    } else {
      self = .object(try container.decode([String: JSONValue].self))
    }
  }

  /// Whether there is a value that is not null.
  var isThere: Bool { self != .nothing }

  /// The number, if it is one.
  var number: Double? { if case .number(let number) = self { number } else { nil } }

  /// How many members a list has.
  var count: Int { if case .list(let list) = self { list.count } else { 0 } }

  /// A member of an object.
  subscript(name: String) -> JSONValue {
    if case .object(let members) = self { members[name] ?? .nothing } else { .nothing }
  }

  /// A member of a list.
  subscript(index: Int) -> JSONValue {
    if case .list(let list) = self, list.indices.contains(index) { list[index] } else { .nothing }
  }

  /// Every number anywhere in it.
  var numbers: [Double] {
    switch self {
    case .number(let number): [number]
    case .list(let list): list.flatMap(\.numbers)
    case .object(let members): members.values.flatMap(\.numbers)
    case .nothing, .truth, .text: []
    }
  }
}
