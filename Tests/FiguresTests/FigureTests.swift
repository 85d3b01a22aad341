import Analysis
import Foundation
import TestSupport
import Testing
import Text
import Training

@testable import Figures

/// Figures as values, and what gnuplot makes of them.
struct FigureTests {
  /// All figures of a report, of a training and of slices.
  private func figures(of report: Report) throws -> [Figure] {
    var metrics = TrainingMetrics()
    let steps = (1...900).map {
      "{\"kind\":\"step\",\"epoch\":0,\"step\":\($0),\"likelihood\":\(1 / Double($0)),\"penalty\":2,\"gamma\":0.2}\n"
    }
    let epoch =
      "{\"kind\":\"epoch\",\"epoch\":0,\"step\":900,\"trainingLikelihood\":0.3,"
      + "\"validation\":{\"likelihood\":0.4,\"penalty\":1,\"correlation\":0.5},\"gamma\":0.2,\"isBest\":true}\n"
    try metrics.add(Data((steps.joined() + epoch).utf8), from: "metrics.jsonl")
    let panel = SliceFigure.Panel(
      name: "plane", columns: 3, rows: 2, values: [0, 1, 2, .nan, -1, 0.5], spacing: 0.5,
      quantity: SliceFigure.densityContrast, scale: .aboutZero(end: 2),
      points: [SliceFigure.Point(x: 0.2, y: 0.3, value: 1)])
    return report.figures + [
      TrainingFigure.figure(of: TrainingFigure.Run(name: "raw-seed1", metrics: metrics)),
      SliceFigure.figure(of: .known([panel, panel]), name: "slice", title: "A slice", caption: ""),
    ]
  }

  @Test(.enabled(if: Gnuplot().program != nil, "gnuplot is not installed: nothing is drawn"))
  func gnuplotDrawsEveryFigureInBothFormats() throws {
    try withScratchFolder { folder in
      let figures = try figures(of: MockReport().report())
      #expect(figures.count == 11, "\(figures.map(\.name))")
      #expect(Set(figures.map(\.name)).count == figures.count, "two figures have one name")
      for figure in figures {
        guard case .svg(let text) = try Gnuplot().draw(figure, in: folder) else {
          Issue.record("\(figure.name): \(try Gnuplot().draw(figure, in: folder))")
          continue
        }
        #expect(text.contains("<svg") && text.hasSuffix("</svg>\n\n") || text.contains("</svg>"))
        let pdf = FileManager.default.contents(atPath: "\(folder)/\(figure.name).pdf")
        #expect(pdf?.starts(with: Data("%PDF".utf8)) == true, "\(figure.name)")
      }
    }
  }

  @Test func withoutGnuplotScriptAndTablesAreLeftAndTheReasonIsSaid() throws {
    try withScratchFolder { folder in
      let gnuplot = Gnuplot(searching: folder)
      #expect(gnuplot.program == nil)
      let figure = MockReport().report().figures[0]
      guard case .missing(let reason) = try gnuplot.draw(figure, in: folder) else {
        Issue.record("something was drawn")
        return
      }
      #expect(reason.contains("gnuplot is not installed"))
      let names = try FileManager.default.contentsOfDirectory(atPath: folder).sorted()
      #expect(names == ["information-noise.csv", "information.csv", "information.gp"])
    }
  }

  @Test func aProgramThatFailsIsToldWithItsWords() throws {
    try withScratchFolder { folder in
      let program = "\(folder)/gnuplot"
      try writeExecutable(
        "#!/bin/sh\necho 'line 7: no such terminal' >&2\nexit 1\n", to: program)
      let drawing = try Gnuplot(searching: folder).draw(
        MockReport().report().figures[0], in: "\(folder)/figures")
      guard case .missing(let reason) = drawing else {
        Issue.record("something was drawn")
        return
      }
      #expect(reason.contains("information.svg") && reason.contains("no such terminal"))
    }
  }

  @Test func noDataGiveAReasonAndNoPicture() throws {
    var mock = MockReport()
    mock.isBroken = true
    mock.hasCollapse = false
    try withScratchFolder { folder in
      for figure in mock.report().figures {
        #expect(figure.plot.reason?.isEmpty == false, "\(figure.name)")
        guard case .missing = try Gnuplot().draw(figure, in: folder) else {
          Issue.record("\(figure.name) was drawn")
          continue
        }
      }
    }
  }

  @Test func oneSeedAndTenParticlesAreDrawnAsFarAsTheyGo() throws {
    var mock = MockReport()
    mock.particles = 10
    mock.variants = [("raw", [3], 0.5)]
    mock.hasCollapse = false
    try withScratchFolder { folder in
      for figure in mock.report().figures {
        let drawing = try Gnuplot().draw(figure, in: folder)
        guard let reason = figure.plot.reason else {
          if Gnuplot().program != nil {
            guard case .svg = drawing else {
              Issue.record("\(figure.name): \(drawing)")
              continue
            }
          }
          continue
        }
        #expect(!reason.isEmpty)
      }
    }
  }

  @Test func aTableHasUnitsBlocksAndNothingForWhatIsMissing() {
    let table = PlotTable(
      name: "t", columns: ["x [dex]", "y, really"], blocks: [[[1, nil]], [[.nan, 2.5]]])
    #expect(table.text == "x [dex],\"y, really\"\n1.0,\n\nNaN,2.5\n")
  }

  @Test(arguments: [
    ("raw", "'raw'"), ("it's", #"'it'."\047".'s'"#), ("a_b^{c}", "'a\\_b\\^\\{c\\}'"),
    ("x\ny", "'x y'"), ("`rm`", "'`rm`'"), ("\\n", "'\\\\n'"),
  ])
  func aNameCannotLeaveItsQuotes(name: String, text: String) {
    #expect(Quoting.gnuplot(name) == text)
  }

  @Test(
    .enabled(if: Gnuplot().program != nil, "gnuplot is not installed: nothing is drawn"),
    arguments: [
      "x'; system(\"touch PWNED\"); '", "x''; system(\"touch PWNED\"); '",
      "\u{600}'; system('touch PWNED'); '", "`touch PWNED`",
    ])
  func noNameOfAModelRunsACommand(name: String) throws {
    try withScratchFolder { folder in
      var metrics = TrainingMetrics()
      let steps = (1...900).map {
        "{\"kind\":\"step\",\"epoch\":0,\"step\":\($0),\"likelihood\":1,\"penalty\":2,\"gamma\":0.2}\n"
      }
      try metrics.add(Data(steps.joined().utf8), from: "metrics.jsonl")
      let figure = TrainingFigure.figure(of: TrainingFigure.Run(name: name, metrics: metrics))
      _ = try Gnuplot().draw(figure, in: folder)
      let files = try FileManager.default.contentsOfDirectory(atPath: folder)
      #expect(files.contains { $0.hasSuffix(".gp") })
      #expect(!files.contains("PWNED"), "\(files)")
    }
  }

  @Test(arguments: [(0.37, "0.370"), (-0.0125, "-0.013"), (2.0, "2.000"), (-0.0001, "0.000")])
  func numbersHaveThreeDigits(value: Double, text: String) {
    #expect(PlotStyle.threeDigits(value) == text)
  }

  @Test func theMapOfAFigureIsTheDensityOfTheReport() throws {
    let variant = MockReport().report().variants[0]
    let map = try #require(variant.figures.map.value)
    let tables = MapTables(map, stem: "m")
    let cells = tables.tables[0].blocks.joined().compactMap { $0[2] }
    #expect(cells == map.density)
    // Contours are where the smoothed density is that of their level, and end outside the window.
    let edges = map.horizontal.edges
    for (contour, table) in zip(map.contours, tables.tables.dropFirst()) {
      #expect(table.name == "m-contour\(Int((contour.share * 100).rounded()))")
      let places = table.blocks.joined().compactMap { $0[0] }
      #expect(places.allSatisfy { $0 > edges[0] - 0.03 && $0 < edges[edges.count - 1] + 0.03 })
    }
  }
}
