internal import Experiments
internal import Foundation
internal import Runs
internal import Settings
internal import Text
internal import Training

/// An experiment below a folder, as the files of its run directory tell it.
struct CatalogueEntry: Sendable {
  /// A state, with its place among others.
  struct State: Hashable, Sendable {
    var text: String
    var rank: Double
  }

  /// The information of a variant about the true masses.
  struct Information: Hashable, Sendable {
    var variant: String
    var value: Double
    var deviation: Double?
  }

  /// The path of the run directory, relative to the folder of the catalogue.
  let path: String

  /// The settings with their values, in the order of the file; empty if it cannot be read.
  private(set) var settings: [(key: String, value: String)] = []

  /// The reason why the settings cannot be read; `nil` if they can.
  private(set) var problem: String?

  /// How far the experiment has come.
  let state: State

  /// When a job was last started for it, in UTC (ISO 8601).
  let lastStart: String?

  /// The lowest validation loss of all trainings [nats], and the training that has it.
  let bestLoss: (value: Double, training: String)?

  /// The information of each variant, as the report has it.
  let information: [Information]

  /// The files of the report, relative to the run directory.
  let reports: [String]

  /// Reads the files of a run directory.
  ///
  /// - Parameters:
  ///   - path: The run directory, relative to the folder.
  ///   - folder: The folder of the catalogue.
  init(_ path: String, in folder: String) {
    self.path = path
    let place = path.isEmpty ? folder : "\(folder)/\(path)"
    do {
      settings = try Experiment(contentsOf: "\(place)/experiment.yaml").settings()
        .map { ($0.path, $0.value) }
    } catch {
      problem = error.description
    }
    let trainings = Self.folders(in: "\(place)/training")
    let predictions = Self.folders(in: "\(place)/predictions")
    state = Self.state(of: place, trainings: trainings, predictions: predictions)
    let records =
      ["simulations", "fields", "report"].map { "\(place)/\($0)" }
      + trainings.map { "\(place)/training/\($0)" }
      + predictions.map { "\(place)/predictions/\($0)" }
    lastStart = records.compactMap { Self.lastStart(in: "\($0)/provenance.json") }.max()
    let losses = trainings.compactMap { name -> (value: Double, training: String)? in
      let metrics = try? TrainingMetrics(contentsOf: "\(place)/training/\(name)/metrics.jsonl")
      guard let loss = metrics?.best?.loss, loss.isFinite else { return nil }
      return (loss, name)
    }
    bestLoss = losses.min { $0.value < $1.value }
    information = Self.information(in: "\(place)/report/report.json")
    reports = ["report/report.html", "report/tables.md", "report/report.json"].filter {
      FileManager.default.fileExists(atPath: "\(place)/\($0)")
    }
  }

  private static func folders(in path: String) -> [String] {
    ((try? FileManager.default.contentsOfDirectory(atPath: path)) ?? [])
      .filter { TrainingName(folder: $0) != nil }.sorted()
  }

  private static func state(
    of place: String, trainings: [String], predictions: [String]
  ) -> State {
    func isThere(_ file: String) -> Bool {
      FileManager.default.fileExists(atPath: "\(place)/\(file)")
    }
    let locks =
      ["simulations", "fields", "report", "ablation"] + trainings.map { "training/\($0)" }
      + predictions.map { "predictions/\($0)" }
    let isRunning = locks.contains { DirectoryLock.isHeld("\(place)/\($0)/lock") }
    let trained = trainings.count { isThere("training/\($0)/model.h5") }
    let failed = trainings.filter { isThere("training/\($0)/failure.json") }
    let predicted = predictions.count { isThere("predictions/\($0)/predictions.h5") }
    var (text, rank) = ("begun", 0.0)
    if !folders(of: "simulations", in: place).isEmpty { (text, rank) = ("simulated", 1) }
    if isThere("fields/provenance.json") { (text, rank) = ("prepared", 2) }
    if !trainings.isEmpty {
      (text, rank) = ("trained \(trained) of \(trainings.count)", trained == 0 ? 3 : 4)
    }
    if predicted > 0, predicted >= trained {
      (text, rank) = ("predicted \(predicted) of \(max(predicted, trainings.count))", 5)
    }
    if isThere("report/report.json") { (text, rank) = ("reported", 6) }
    if !failed.isEmpty, !isRunning {
      text += ", failed: \(failed.joined(separator: ", "))"
      rank -= 0.5
    }
    if isRunning { text = "running, \(text)" }
    return State(text: text, rank: rank)
  }

  /// The folders in one of a run directory.
  private static func folders(of name: String, in place: String) -> [String] {
    let names = (try? FileManager.default.contentsOfDirectory(atPath: "\(place)/\(name)")) ?? []
    return names.filter { FileManager.default.fileExists(atPath: "\(place)/\(name)/\($0)/.") }
  }

  private static func lastStart(in file: String) -> String? {
    struct Start: Decodable { var started: String }
    let data = FileManager.default.contents(atPath: file) ?? Data()
    let starts = (try? JSONDecoder().decode([Start].self, from: data)) ?? []
    return starts.map(\.started).max()
  }

  /// The parts of a report that the catalogue shows, which reports of all versions have.
  private struct Outline: Decodable {
    struct Number: Decodable { var value: Double? }
    struct Summary: Decodable {
      var value: Double?
      var deviation: Number?
      var haloDeviation: Number?
    }
    struct Outcome: Decodable { var value: Summary? }
    struct Seed: Decodable { var information: Outcome }
    struct Variant: Decodable {
      var name: String
      var seeds: [Seed]
    }
    var variants: [Variant]
  }

  private static func information(in file: String) -> [Information] {
    guard let data = FileManager.default.contents(atPath: file),
      let report = try? JSONDecoder().decode(Outline.self, from: data)
    else { return [] }
    return report.variants.compactMap { variant in
      let known = variant.seeds.compactMap(\.information.value)
      guard let first = known.first, let value = first.value else { return nil }
      return Information(
        variant: variant.name, value: value,
        deviation: first.haloDeviation?.value ?? first.deviation?.value)
    }
  }
}
