import Testing

@testable import Analysis

struct ReportTableTests {
  private let table = ReportTable(
    name: "example", title: "An example", columns: ["model", "MI [nats]", "a, b"],
    rows: [
      [.text("raw"), .number(0.37049, digits: 3), .count(7)],
      [.text("a,b"), .missing("there are no particles here"), .missing("one \"seed\"")],
    ])

  @Test func valuesAreSeparatedByCommasAndQuotedWhereNeeded() {
    #expect(
      table.csv == """
        model,MI [nats],"a, b",missing because
        raw,0.37049,7,
        "a,b",,,"there are no particles here; one ""seed\"""

        """)
  }

  @Test func markdownRoundsAndExplainsWhatIsMissing() {
    #expect(
      table.markdown == """
        ## An example

        | model | MI [nats] | a, b |
        | --- | --- | --- |
        | raw | 0.370 | 7 |
        | a,b | — [1] | — [2] |

        [1] there are no particles here\u{20}\u{20}
        [2] one "seed"\u{20}\u{20}

        """)
  }

  @Test func everyTableOfAReportIsRectangular() throws {
    let report = try MockModels(count: 120).report()
    #expect(Set(report.tables.map(\.name)).count == report.tables.count)
    for table in report.tables {
      #expect(table.rows.allSatisfy { $0.count == table.columns.count }, "\(table.name)")
    }
    #expect(report.markdown.hasPrefix("# mock"))
  }

  @Test func absurdSettingsAreNamed() {
    #expect(AnalysisSettings().problems.isEmpty)
    func expect(_ key: String, _ change: (inout AnalysisSettings) -> Void) {
      var settings = AnalysisSettings()
      change(&settings)
      #expect(settings.problems.map(\.key) == [key])
    }
    expect("massEdges") { $0.massEdges = [12, 11] }
    expect("radiusEdges") { $0.radiusEdges = [-1] }
    expect("noiseLevels") { $0.noiseLevels = [0] }
    expect("minimumLogMass") { $0.minimumLogMass = 14 }
    expect("information.bootstraps") { $0.information.bootstraps = 1 }
    expect("collapse.minimumMass") { $0.collapse.minimumMass = 1e16 }
  }
}
