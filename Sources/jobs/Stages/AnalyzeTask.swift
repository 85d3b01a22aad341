package import Analysis
internal import DurableFiles
package import Experiments
internal import Figures
internal import Foundation
package import MPI
package import Progress
package import Runs
internal import Simulations
internal import Text
internal import Training

/// Turns the predictions of a run directory into tables, figures, and a page with both.
package struct AnalyzeTask: Sendable {
  private let experiment: Experiment
  private let directory: RunDirectory
  private let missingRuns: @Sendable () throws -> [Gap]

  /// Makes the task; it takes the predictions of all models that are there.
  ///
  /// - Parameters:
  ///   - experiment: The experiment, with the settings of the analysis.
  ///   - directory: The run directory, where predictions are found and the report is written.
  ///   - missingRuns: Returns what the report lacks of an ablation, read from the files of its runs.
  package init(
    _ experiment: Experiment, in directory: RunDirectory,
    missingRuns: @escaping @Sendable () throws -> [Gap] = { [] }
  ) {
    self.experiment = experiment
    self.directory = directory
    self.missingRuns = missingRuns
  }

  /// The report: every number.
  package var reportFile: String { "\(directory.report.path)/report.json" }

  /// The page with all tables and figures.
  package var page: String { pages([]).page }

  private var tableFolder: String { "\(directory.report.path)/tables" }
  private var textFile: String { "\(directory.report.path)/tables.md" }

  /// Analyzes, and writes the report.
  ///
  /// Collective.
  ///
  /// - Parameters:
  ///   - world: The ranks.
  ///   - progress: Is told how far it is; it speaks on rank 0.
  /// - Returns: The report on rank 0, and `nil` on the others.
  /// - Throws: A ``JobFailure``, in an `AgreedFailure` if all ranks know of it.
  package func run(
    on world: borrowing Communicator, progress: ProgressReporter
  ) throws -> Report? {
    let stage = Stage(
      name: "analyze", lockFile: directory.report.lockFile,
      provenanceFile: directory.report.provenanceFile,
      threadsPerRank: experiment.analysis.threadsPerRank,
      recordSettings: { try directory.record(experiment) })
    var marks: [FileMark] = []
    return try stage.run(on: world, progress: progress) {
      let names = try world.agree { try directory.predictedTrainings() }
      marks = try world.agree { world.isRoot ? try files().inputMarks() : [] }
      return (names, Stage.Inputs(files: names.map(directory.prediction)))
    } work: { names in
      progress.say("models: \(names.map(\.description).joined(separator: ", "))")
      let input = try input(names, on: world, progress)
      progress.say(
        "particles: \(input.particles.count) that all models predicted, with "
          + "\(experiment.analysis.minimumLogMass) <= log10 M/Msun <= "
          + "\(experiment.analysis.maximumLogMass)")
      let threads = try threads(on: world)
      var hasBegun = false
      let report = try input.report(
        creator: "halompi \(halompiVersion)", threads: threads, on: world
      ) { done, total in
        if !hasBegun {
          progress.begin(
            ProgressPhase("estimating information", unit: "estimates of rank 0", total: total))
          hasBegun = true
        }
        progress.advance(to: done)
      }
      progress.end()
      let slices = try SliceTask(experiment: experiment, directory: directory)
        .figures(of: input, on: world)
      try world.agree {
        guard let report else { return }
        try pages(names).write(report, slices: slices, progress: progress)
        try write(report)
        try files().writeRecord(of: marks)
      }
      return report
    }
  }

  /// The report, and what it is made of: all predictions that are in the run directory.
  ///
  /// - Throws: `SettingsError` if the experiment cannot be written.
  package func files() throws -> ResultFiles {
    let names = (try? directory.predictedTrainings()) ?? []
    let models = names.flatMap { name in
      let training = directory.training(name)
      return [
        MarkedFile("the predictions of \(name)", directory.prediction(of: name)),
        MarkedFile("the model of \(name)", training.model),
        MarkedFile("the metrics of \(name)", training.metrics),
      ] + responses(of: name)
    }
    let roles = Set(experiment.prediction.roles + [.twin])
    let fields = experiment.simulations.filter { roles.contains($0.role) }.flatMap { simulation in
      [
        MarkedFile(
          "the fields of \(simulation.name)", directory.field(of: simulation.name), .field),
        MarkedFile(
          "the linear density of \(simulation.name)",
          directory.simulation(simulation.name).linearDensity),
      ]
    }
    let settings = try experiment.lines(
      of: [
        "name", "analysis", "ablation.matrix", "universe.cosmology", "universe.spectrum",
        "simulations[].name",
        "simulations[].role", "simulations[].reseedAbove",
      ], without: ["analysis.threadsPerRank"])
    return ResultFiles(
      recordFile: directory.report.recordFile,
      settings: settings + ["gnuplot = \(Gnuplot().program == nil ? "missing" : "installed")"],
      inputs: models + fields,
      outputs: [
        MarkedFile("report.json", reportFile), MarkedFile("report.html", page),
        MarkedFile("tables.md", textFile),
      ])
  }

  /// The responses of a model that are there, which a report can be without.
  private func responses(of name: TrainingName) -> [MarkedFile] {
    let folder = directory.responses(of: name)
    return [("responses", folder.responses), ("sensitivity", folder.sensitivity)]
      .filter { FileManager.default.fileExists(atPath: $0.1) }
      .map { MarkedFile("the \($0.0) of \(name)", $0.1) }
  }

  private func pages(_ names: [TrainingName]) -> PageTask {
    PageTask(directory: directory, names: names, massEdges: experiment.analysis.massEdges)
  }

  private func threads(on world: borrowing Communicator) throws -> Int {
    let available = try availableThreads(on: world)
    return experiment.analysis.threadsPerRank ?? available
  }

  private func input(
    _ names: [TrainingName], on world: borrowing Communicator, _ progress: ProgressReporter
  ) throws -> AnalysisInput {
    let window = experiment.analysis.window
    let comparable = ComparableModels(
      of: try world.agree { try names.map(directory.modelPredictions) }, window: window)
    let particles = CommonParticles(of: comparable.models, window: window)
    let collapse = try CollapseTask(
      experiment: experiment, directory: directory, threads: try threads(on: world)
    ).run(for: particles, on: world, progress: progress)
    let twins = try TwinTask(experiment: experiment, directory: directory)
      .run(for: particles, on: world)
    var gaps = try world.agree {
      try missingRuns() + comparable.gaps + twins.gaps
    }
    if let reason = particles.halos.reason {
      gaps.append(
        Gap(
          subject: "errors over halos", reason: reason,
          remedy: "halompi predict, with the same experiment file, --set and --runs"))
    }
    if let reason = collapse.reason {
      gaps.append(
        Gap(
          subject: "EPS and Sheth-Tormen", reason: reason,
          remedy: "halompi simulate or halompi prepare, with the same experiment file and --runs"))
    }
    return AnalysisInput(
      experiment: experiment.name, settings: experiment.analysis,
      models: comparable.models, particles: particles, halos: particles.halos, collapse: collapse,
      twins: twins.predictions, matrix: experiment.ablation.variantMatrix, gaps: gaps)
  }

  /// Writes the tables and then the report: where it is, all is complete.
  private func write(_ report: Report) throws {
    try DurableFile.createDirectory(tableFolder)
    for table in report.tables {
      try DurableFile.write(Data(table.csv.utf8), to: "\(tableFolder)/\(table.name).csv")
    }
    try DurableFile.write(Data(report.markdown.utf8), to: textFile)
    try DurableFile.write(
      JSONEncoder.stable(isIndented: false).encode(report) + Data("\n".utf8), to: reportFile)
  }
}
