import Analysis
import Foundation
import TestSupport
import Testing
import Text

@testable import Figures
@testable import SubBoxes
@testable import Training

/// Figures as values, and what gnuplot makes of them.
struct FigureTests {
  /// All figures of a report, of a training and of slices.
  private func figures(of report: Analysis.Report) throws -> [Figure] {
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
    ] + ResponseFigure.figures(of: responses, model: "raw-seed1", massEdges: [11, 12, 13, 14])
      + SensitivityFigure.figures(of: sensitivity, model: "raw-seed1")
  }

  /// Two densities, the larger first, and a tide of five particles in two of three bins.
  private var responses: ResponseTable {
    let samples = [11.2, 11.4, 12.1, 12.3, 12.8].map {
      Sample(simulation: 0, site: 1, logMass: $0, radius: 0, halo: 0)
    }
    return ResponseTable(
      perturbations: [
        Perturbation(density: 0.2), Perturbation(density: -0.2),
        Perturbation(tide: 0.1, along: .own(1)), Perturbation(phasesAbove: 2, seed: 3),
      ], modelChecksum: "",
      unperturbed: PredictionTable(
        simulations: ["a"], fingerprints: nil, samples: samples,
        predictions: [Float](repeating: 12, count: 5)),
      perturbed: (0..<5).flatMap { [12 + Float($0) / 4, 11.5, 12.25, 12 - Float($0)] })
  }

  /// Of a bin with particles and one without.
  private var sensitivity: SensitivityTable {
    SensitivityTable(
      header: SensitivityTable.Header(
        simulations: ["a"], fingerprints: [""], modelChecksum: "", channels: ["density"],
        massEdges: [11, 12, 13], voxelSize: 0.5), counts: [7, 0], width: 3,
      maps: (0..<27).map { Float($0) } + [Float](repeating: .nan, count: 27))
  }

  @Test func responsesAndSensitivitiesAreTables() throws {
    let figures = ResponseFigure.figures(
      of: responses, model: "raw-seed1", massEdges: [11, 12, 13, 14])
    #expect(figures.map(\.name) == ["response-raw-seed1", "phases-raw-seed1"])
    let response = try #require(figures[0].plot.value)
    let scatter = try #require(figures[1].plot.value)
    // The deviations of (0, 1) and (2, 3, 4), and their errors: over sqrt 2 and over 2.
    let half = 0.5.squareRoot()
    let rows = scatter.tables.map { $0.blocks[0][0].map { $0 ?? .nan } }
    #expect(scatter.tables[0].columns[0] == "k [h/Mpc]")
    for (row, expected) in zip(rows, [[2, half, half * half, 2], [2, 1, 0.5, 3]]) {
      #expect(zip(row, expected).allSatisfy { abs($0 - $1) < 1e-12 }, "\(row)")
    }
    let tables = Dictionary(uniqueKeysWithValues: response.tables.map { ($0.name, $0) })
    #expect(
      tables.keys.sorted() == ["1-1", "1-2", "2-1", "2-2"].map { "response-raw-seed1-\($0)" })
    // Means by hand, strengths ascending: of 0, 1/4 and of 2/4, 3/4, 4/4.
    #expect(
      tables["response-raw-seed1-1-1"]?.blocks[0].map { $0[..<2] } == [
        [-0.2, -0.5], [0.2, 0.125],
      ])
    #expect(tables["response-raw-seed1-1-2"]?.blocks[0].map { $0[1] } == [-0.5, 0.75])
    #expect(tables["response-raw-seed1-2-2"]?.blocks[0] == [[0.1, 0.25, 0, 3]])
    let maps = SensitivityFigure.figures(of: sensitivity, model: "raw-seed1")
    #expect(maps.map(\.name) == ["sensitivity-raw-seed1-density"])
    let plot = try #require(maps[0].plot.value)
    // The plane y = 1 of [x, y, z], and no panel without particles.
    #expect(plot.tables.count == 1)
    #expect(
      plot.tables[0].blocks.map { $0.map { $0[2] } }
        == [[3, 4, 5], [12, 13, 14], [21, 22, 23]])
    #expect(plot.tables[0].columns[0] == "axis 1 [Mpc/h]")
  }

  @Test(.enabled(if: Gnuplot().program != nil, "gnuplot is not installed: nothing is drawn"))
  func gnuplotDrawsEveryFigureInBothFormats() throws {
    try withScratchFolder { folder in
      let figures = try figures(of: MockReport().report())
      #expect(figures.count == 14, "\(figures.map(\.name))")
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
