internal import Analysis
internal import DurableFiles
internal import Experiments
internal import Figures
internal import Foundation
internal import Progress
internal import Runs
internal import Training

/// Draws the figures of a report, and writes the page that holds them.
///
/// Works on one rank.
struct PageTask {
  let directory: RunDirectory

  /// The models whose predictions are compared.
  let names: [TrainingName]

  /// The edges of the bins of the true mass in which responses are averaged [log10 Msun].
  let massEdges: [Double]

  /// The page.
  var page: String { "\(directory.report.path)/report.html" }

  /// Draws and writes.
  ///
  /// - Parameters:
  ///   - report: All numbers.
  ///   - slices: The figures that need fields.
  ///   - progress: Is told how far it is.
  /// - Throws: `FileError` if a file cannot be written.
  func write(_ report: Report, slices: [Figure], progress: ProgressReporter) throws {
    let figures =
      report.figures + (try trainings()) + slices + (try responses(progress))
    let gnuplot = Gnuplot()
    if gnuplot.program == nil {
      progress.say(
        "note: gnuplot is not installed, so figures are scripts and tables without pictures")
    }
    progress.begin(ProgressPhase("drawing figures", unit: "figures", total: figures.count))
    var pictures: [ReportPage.Picture] = []
    for figure in figures {
      let drawing = try gnuplot.draw(figure, in: "\(directory.report.path)/figures")
      if case .missing(let reason) = drawing, figure.plot.value != nil, gnuplot.program != nil {
        progress.say("note: \(reason)")
      }
      pictures.append(ReportPage.Picture(figure, drawing))
      progress.advance(to: pictures.count)
    }
    progress.end()
    let html = ReportPage(report, pictures: pictures, runs: runs()).html
    try DurableFile.write(Data(html.utf8), to: page)
  }

  /// A figure for each training whose numbers are there.
  private func trainings() throws -> [Figure] {
    try names.map { name in
      let path = directory.training(name).metrics
      guard FileManager.default.fileExists(atPath: path) else {
        return TrainingFigure.missing(
          name: name.description, because: "training/\(name)/metrics.jsonl is not there")
      }
      do {
        let metrics = try TrainingMetrics(contentsOf: path)
        return TrainingFigure.figure(
          of: TrainingFigure.Run(name: name.description, metrics: metrics))
      } catch let error as TrainingError {
        return TrainingFigure.missing(name: name.description, because: "\(error)")
      }
    }
  }

  /// The figures of responses and sensitivities of the present models; those of other models are told and left out.
  private func responses(_ progress: ProgressReporter) throws -> [Figure] {
    try names.flatMap { name -> [Figure] in
      let (folder, model) = (directory.responses(of: name), directory.training(name).model)
      let checksum =
        FileManager.default.fileExists(atPath: model)
        ? try Checksum.ofFile(model).description : nil
      func isOfModel(_ found: String, _ path: String) -> Bool {
        if let checksum, checksum != found {
          progress.say("note: \(path) is of another model than \(model), and is left out")
          return false
        }
        return true
      }
      var figures: [Figure] = []
      if FileManager.default.fileExists(atPath: folder.responses) {
        let table = try ResponseTable(contentsOf: folder.responses)
        if isOfModel(table.modelChecksum, folder.responses) {
          figures += ResponseFigure.figures(
            of: table, model: name.description, massEdges: massEdges)
        }
      }
      if FileManager.default.fileExists(atPath: folder.sensitivity) {
        let table = try SensitivityTable(contentsOf: folder.sensitivity)
        if isOfModel(table.modelChecksum, folder.sensitivity) {
          figures += SensitivityFigure.figures(of: table, model: name.description)
        }
      }
      return figures
    }
  }

  /// Returns the runs behind the report: the records of all jobs whose results it draws on.
  private func runs() -> [ReportPage.Run] {
    let simulations = names.isEmpty ? [] : ["simulations", "fields"]
    let folders =
      simulations + names.map { "training/\($0)" } + names.map { "predictions/\($0)" }
      + names.map { "predictions/\($0)/responses" } + ["report"]
    return folders.flatMap { folder -> [ReportPage.Run] in
      let path = "\(directory.path)/\(folder)/provenance.json"
      guard let data = FileManager.default.contents(atPath: path),
        let starts = try? JSONDecoder().decode([Provenance].self, from: data)
      else { return [] }
      return starts.map { ReportPage.Run(name: "\(folder), \($0.started)", facts: facts($0)) }
    }
  }

  private func facts(_ start: Provenance) -> [ReportPage.Run.Fact] {
    let hosts = start.hosts.map { "\($0.name) (\($0.ranks))" }.joined(separator: ", ")
    let inputs = start.inputs.map { "\($0.path) \($0.checksum)" }.joined(separator: "\n")
    var facts = [
      ReportPage.Run.Fact("command", start.command.joined(separator: " ")),
      ReportPage.Run.Fact("in", start.folder),
      ReportPage.Run.Fact(
        "program",
        "halompi \(start.program.version), \(start.program.executable), checksum \(start.program.checksum)"
          + (start.program.commit.map { ", commit \($0)" } ?? "")),
      ReportPage.Run.Fact(
        "ranks", "\(start.ranks)" + (start.threadsPerRank.map { ", \($0) threads each" } ?? "")),
      ReportPage.Run.Fact("hosts", hosts),
      ReportPage.Run.Fact(
        "processor", "\(start.processor), \(start.processorsPerHost) for each host"),
      ReportPage.Run.Fact("MPI", start.mpiLibrary),
    ]
    if !inputs.isEmpty { facts.append(ReportPage.Run.Fact("inputs", inputs)) }
    return facts
  }
}
