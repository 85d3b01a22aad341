import Foundation
import TestSupport
import Testing

extension EndToEnd {
  /// `halompi information` on tables of its own.
  @Suite struct InformationTests {
    private let scratch: ScratchFolder

    private var folder: URL { scratch.url }

    init() throws {
      scratch = try ScratchFolder()
      // Two waves of incommensurate frequency: y follows x up to a part that does not.
      let rows = (0..<400).map { row -> String in
        let x = sin(Double(row) * 1.1) + 0.3 * cos(Double(row) * 2.7)
        return "\(x),\(x + cos(Double(row) * 3.9)),\(row / 8),12"
      }
      try (["x,y,halo,same"] + rows).joined(separator: "\n")
        .write(to: folder.appending(path: "table.csv"), atomically: true, encoding: .utf8)
    }

    private func run(_ arguments: [String], ranks: Int = 0) throws -> Job.End {
      try Job(["information", "table.csv"] + arguments, ranks: ranks, in: folder).wait()
    }

    @Test func bothEstimatesArePrintedAndTheSameForAnyRanksAndThreads() throws {
      let options = ["--columns", "x,y", "--groups", "halo", "--bootstraps", "4"]
      let one = try run(options + ["--threads", "1"])
      #expect(one.code == 0, "\(one.messages)")
      for word in ["Gaussian mixtures", "over groups", "50 groups", "nearest neighbours", "[nats]"]
      {
        #expect(one.output.contains(word), "\(one.output)")
      }
      #expect(try run(options + ["--threads", "3"]).output == one.output)
      #expect(try run(options, ranks: 2).output == one.output)
    }

    @Test func whatAColumnSaysBeyondAnotherIsPrintedAndTheSameForAnyThreads() throws {
      let options = [
        "--columns", "x,y", "--given", "halo", "--groups", "halo", "--bootstraps", "3",
      ]
      let one = try run(options + ["--threads", "1"])
      #expect(one.code == 0, "\(one.messages)")
      for name in ["I(x; y, halo)", "I(x; y | halo)", "I(x; halo | y)", "over groups"] {
        #expect(one.output.contains(name), "\(one.output)")
      }
      #expect(try run(options, ranks: 2).output == one.output)
      let twice = try run(["--columns", "x,y", "--given", "y", "--bootstraps", "0"])
      #expect(twice.code == 65 && twice.messages.contains("linear function of the others"))
    }

    @Test func theReportAsJSONHasTheNumbersOfTheText() throws {
      let options = ["--columns", "x,y", "--bootstraps", "4", "--estimator", "gmm"]
      let json = try run(options + ["--json"])
      let report = try #require(
        try JSONSerialization.jsonObject(with: Data(json.output.utf8)) as? [String: Any])
      let mixtures = try #require(report["mixtures"] as? [String: Any])
      let mean = try #require(mixtures["mean"] as? Double)
      #expect((mixtures["bootstraps"] as? [Double])?.count == 4)
      #expect(mixtures["failedBootstraps"] as? Int == 0)
      #expect(mixtures["reducedBootstraps"] as? Int == 0)
      #expect(report["nearestNeighbours"] == nil)
      #expect(try run(options).output.contains(String(format: "%.5f", mean)))
    }

    @Test func fitsWithoutAComponentThatShrankAreCounted() throws {
      // In each of ten halos x is the same up to 1e-3: a component of its own, without rows in draws that lack it.
      let rows = (0..<200).map { row -> String in
        let x = 2 * sin(Double(row % 10) * 1.7) + 1e-3 * sin(Double(row) * 1.1)
        return "\(x),\(x + 0.5 * cos(Double(row) * 3.9)),\(row % 10)"
      }
      try (["x,y,halo"] + rows).joined(separator: "\n")
        .write(to: folder.appending(path: "table.csv"), atomically: true, encoding: .utf8)
      let json = try run([
        "--columns", "x,y", "--groups", "halo", "--bootstraps", "10", "--estimator", "gmm",
        "--json",
      ])
      let report = try #require(
        try JSONSerialization.jsonObject(with: Data(json.output.utf8)) as? [String: Any])
      let mixtures = try #require(report["mixtures"] as? [String: Any])
      let failed = try #require(mixtures["failedBootstraps"] as? Int)
      let reduced = try #require(mixtures["reducedBootstraps"] as? Int)
      // All ten halos are in one draw of ten out of 2,755.
      #expect(reduced > 0)
      let values = ["bootstraps", "groupBootstraps"].compactMap { mixtures[$0] as? [Double] }
      #expect(failed + values.reduce(0) { $0 + $1.count } == 20)
      let warnings = try #require(mixtures["warnings"] as? [String])
      let isSaid = warnings.contains { $0.contains("in \(reduced) of 20 fits") }
      #expect(isSaid, "\(warnings)")
    }

    @Test(arguments: [
      (["--columns", "x,z"], 64, "there is no column `z`"),
      (["--columns", "x"], 64, "The value 'x' is invalid"),
      (["--columns", "x,same"], 65, "the second column is 12.0 in every row"),
      (["--columns", "x,y", "--edges", "x=0:1"], 65, "outside 0.0 to 1.0"),
      (["--columns", "x,y", "--bootstraps", "1"], 64, "with bootstraps 1: it must be"),
    ])
    func mistakesAreToldInOneLine(arguments: [String], code: Int, words: String) throws {
      let end = try run(arguments)
      #expect(end.code == Int32(code), "\(end.messages)")
      #expect(end.messages.contains(words), "\(end.messages)")
      #expect(end.output.isEmpty)
    }
  }
}
