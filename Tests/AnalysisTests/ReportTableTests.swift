import Analysis
import Testing

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

  @Test(
    arguments: [
      ("massEdges", { (settings: inout AnalysisSettings) in settings.massEdges = [12, 11] }),
      ("radiusEdges", { $0.radiusEdges = [-1] }),
      ("noiseLevels", { $0.noiseLevels = [0] }),
      ("minimumLogMass", { $0.minimumLogMass = 14 }),
      ("information.bootstraps", { $0.information.bootstraps = 1 }),
      ("information.maximumParticles", { $0.information.maximumParticles = 3 }),
      ("collapse.massCount", { $0.collapse.massCount = 1 }),
      ("collapse.minimumMass", { $0.collapse.minimumMass = 1e16 }),
    ] as [(String, @Sendable (inout AnalysisSettings) -> Void)])
  func absurdSettingsAreNamed(
    key: String, change: @Sendable (inout AnalysisSettings) -> Void
  ) {
    var settings = AnalysisSettings()
    #expect(settings.problems.isEmpty)
    change(&settings)
    #expect(settings.problems.map(\.key) == [key])
  }
}
