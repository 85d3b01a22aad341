import Foundation
import TestSupport
import Testing

/// A folder with simulations, an experiment on them, and what jobs make of it.
///
/// It is removed with the value. A test that changes files has a workspace of its own; fields and
/// results that many tests start from are made once, and copied.
final class Workspace: Sendable {
  private let scratch: ScratchFolder

  private init() throws { scratch = try ScratchFolder() }

  /// The folder, in which jobs are started.
  var folder: URL { scratch.url }

  /// Returns the path of a file in the folder.
  func path(_ file: String) -> String { folder.appending(path: file).path }

  /// The folder of the training.
  var training: String { path("runs/small/training/raw-seed1") }

  /// The field file of a simulation.
  func field(_ simulation: String) -> String { path("runs/small/fields/\(simulation).h5") }

  /// The predictions.
  var predictions: String { path("runs/small/predictions/raw-seed1/predictions.h5") }

  /// The bytes of a file of the training.
  func trained(_ file: String) throws -> Data {
    try Data(contentsOf: URL(filePath: "\(training)/\(file)"))
  }

  /// The number of lines in the metrics of the training; 0 if there are none yet.
  var metricsLineCount: Int { metricsLineCount(below: "") }

  /// The same, where the files of the folder are seen below `root`.
  func metricsLineCount(below root: String) -> Int {
    let data = FileManager.default.contents(atPath: "\(root)\(training)/metrics.jsonl") ?? Data()
    return data.count { $0 == UInt8(ascii: "\n") }
  }

  /// The names of all files and folders below the run directory.
  var resultFiles: [String] {
    let files = FileManager.default.enumerator(atPath: path("runs"))
    return files?.compactMap { $0 as? String } ?? []
  }
}

// MARK: - Simulations and results to start from

extension Workspace {
  /// The four simulations: two to train on, one to validate on, one to test.
  static let simulations: [(name: String, role: String)] = [
    ("A", "training"), ("B", "training"), ("C", "validation"), ("D", "test"),
  ]

  /// Simulations of 16^3 particles with five halos of 150 to 900 of them.
  static func simulation(_ name: String) -> SyntheticSimulation {
    let index = simulations.firstIndex { $0.name == name } ?? 0
    var simulation = SyntheticSimulation()
    simulation.side = 16
    simulation.phase = 0.7 * Double(index)
    simulation.groups = [900, 600, 400, 250, 150].map { length in
      let members = length + 10 * index
      return (members, [members - 40, 20])
    }
    return simulation
  }

  /// Options of `analyze`: little work, in a range of masses that the halos of the workspace have.
  static let analysisOptions = [
    "analysis.maximumLogMass=16", "analysis.massEdges=[13, 14, 14.5, 16]",
    "analysis.noiseLevels=[1]", "analysis.information.bootstraps=2",
    "analysis.information.maximumComponents=2", "analysis.information.randomStarts=1",
    "analysis.information.kMeansStarts=1", "analysis.collapse.massCount=12",
    "analysis.collapse.maximumMass=2.0e+15",
  ].flatMap { ["--set", $0] }

  /// A new folder with the snapshots, catalogues and the experiment file.
  static func withSimulations() throws -> Workspace {
    let workspace = try Workspace()
    for (name, _) in simulations { try workspace.write(simulation(name), name) }
    try workspace.write(experiment, to: "experiment.yaml")
    return workspace
  }

  /// A new folder with an experiment file alone.
  static func with(experiment: String) throws -> Workspace {
    let workspace = try Workspace()
    try workspace.write(experiment, to: "experiment.yaml")
    return workspace
  }

  /// A new folder in which the fields have been made too.
  static func withFields() throws -> Workspace { try copy(of: prepared.get()) }

  /// A new folder in which the network has been trained too, without interruption.
  static func withModel() throws -> Workspace { try copy(of: trained.get()) }

  /// A new folder in which the test particles have been predicted too.
  static func withPredictions() throws -> Workspace { try copy(of: predicted.get()) }

  /// The results of an uninterrupted training, to compare with; not to be changed.
  static func uninterrupted() throws -> Workspace { try trained.get() }

  nonisolated(unsafe) private static let prepared = Result {
    let workspace = try withSimulations()
    try workspace.run("prepare", ranks: 2)
    return workspace
  }

  nonisolated(unsafe) private static let trained = Result {
    let workspace = try withFields()
    try workspace.run("train", ranks: 2)
    return workspace
  }

  nonisolated(unsafe) private static let predicted = Result {
    let workspace = try withModel()
    try workspace.run("predict", ranks: 2)
    return workspace
  }

  private static func copy(of original: Workspace) throws -> Workspace {
    let workspace = try Workspace()
    for file in try FileManager.default.contentsOfDirectory(atPath: original.folder.path) {
      try FileManager.default.copyItem(atPath: original.path(file), toPath: workspace.path(file))
    }
    return workspace
  }

  /// Writes the files of a simulation, replacing those that are there.
  func write(_ simulation: SyntheticSimulation, _ name: String) throws {
    try simulation.writeInitial(in: path(name))
    try simulation.writeFinal(in: path(name))
    try simulation.writeCatalogue(in: path(name))
  }

  /// Writes a text file.
  func write(_ text: String, to file: String) throws {
    try Data(text.utf8).write(to: URL(filePath: path(file)))
  }

  /// The experiment: steps of some ten milliseconds, a checkpoint after every second one.
  static var experiment: String {
    var text = "name: small\nsimulations:\n"
    for (name, role) in simulations {
      text += """
          - name: \(name)
            role: \(role)
            initial: \(name)/snapdir_000/snapshot_000.hdf5
            final: \(name)/snapdir_001/snapshot_001.hdf5
            catalogue: \(name)/groups_001/fof_subhalo_tab_001.hdf5

        """
    }
    return text + """
      sampling:
        boxWidth: 9
        trainingSamples: 320
        validationSamples: 48
        testSamples: 100
        maximumLogMass: 16
      network:
        convolutionChannels: [16, 16]
        hiddenUnits: [8, 4]
      training:
        batchSize: 32
        epochs: 3
        threadsPerRank: 1
        checkpointSteps: 2

      """
  }
}

// MARK: - Jobs

extension Workspace {
  /// Starts a command on the experiment.
  func start(
    _ command: String, _ options: [String] = [], ranks: Int, fileSizeLimit: Int? = nil,
    launcher: [String]? = nil
  ) throws -> Job {
    try Job(
      command.split(separator: " ").map(String.init) + ["experiment.yaml"] + options, ranks: ranks,
      in: folder,
      fileSizeLimit: fileSizeLimit, launcher: launcher)
  }

  /// Runs a command on the experiment, which must end with the given code.
  @discardableResult
  func run(
    _ command: String, _ options: [String] = [], ranks: Int, fileSizeLimit: Int? = nil,
    code: Int32 = 0, at location: SourceLocation = #_sourceLocation
  ) throws -> Job.End {
    let end = try start(command, options, ranks: ranks, fileSizeLimit: fileSizeLimit).wait()
    try #require(
      end.code == code, "\(command) on \(ranks) ranks: \(end.messages)", sourceLocation: location)
    return end
  }

  /// Runs a command that must fail with the given code and one sentence that has the given words.
  func expectFailure(
    of command: String, _ options: [String] = [], ranks: Int = 0, fileSizeLimit: Int? = nil,
    code: Int32, saying words: [String], at location: SourceLocation = #_sourceLocation
  ) throws {
    let end = try start(command, options, ranks: ranks, fileSizeLimit: fileSizeLimit).wait()
    #expect(end.code == code, "\(command): \(end.messages)", sourceLocation: location)
    #expect(end.failures.count == 1, "\(end.messages)", sourceLocation: location)
    for word in words {
      #expect(end.messages.contains(word), "\(word) in \(end.messages)", sourceLocation: location)
    }
  }
}
